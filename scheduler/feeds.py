"""iCalendar text for a person's, a place's or a unit's duties."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from scheduler.audit import Actor
from scheduler.database import Database


def touch(db: Database, *, people: Iterable[int] = (), places: Iterable[int] = ()) -> int:
    """Mark the calendars of these people and places as stale, in the transaction that changes them."""
    raise NotImplementedError


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
