"""iCalendar text for a person's, a place's or a unit's duties."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from scheduler.audit import Actor
from scheduler.database import Database, run, write


def touch(db: Database, *, people: Iterable[int] = (), places: Iterable[int] = ()) -> int:
    """Mark the calendars of these people and places as stale, in the transaction that changes them."""
    with write(db):
        return run(
            db,
            """
            UPDATE calendar SET stale = stale + 1
            WHERE person_id IN (SELECT value FROM json_each(:people))
               OR place_id IN (SELECT value FROM json_each(:places))
            """,
            people=str(list(people)),
            places=str(list(places)),
        )


def subscribe(
    db: Database,
    *,
    owner_id: int,
    person_id: int | None = None,
    place_id: int | None = None,
    lang: str,
    by: Actor,
    now: datetime,
) -> str:
    """A new secret address's token for a person's or a place's calendar; only its hash is kept."""
    raise NotImplementedError


def refresh(db: Database, *, base_url: str, now: datetime) -> int:
    """Render every stale calendar; gives how many changed."""
    raise NotImplementedError
