"""iCalendar text for a person's, a place's or a unit's duties."""

from __future__ import annotations

from collections.abc import Iterable

from scheduler.database import Database, run, write
from scheduler.feeds.addresses import (
    Served,
    address,
    client,
    dump,
    dump_with_addresses,
    fetch,
    note_fetch,
    revoke,
    set_alarms,
    subscribe,
    subscription,
)
from scheduler.feeds.calendars import refresh

__all__ = [
    "Served",
    "address",
    "client",
    "dump",
    "dump_with_addresses",
    "fetch",
    "note_fetch",
    "refresh",
    "revoke",
    "set_alarms",
    "subscribe",
    "subscription",
    "touch",
]


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
