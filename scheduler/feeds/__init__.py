"""iCalendar text for a person's, a place's or a unit's duties."""

from __future__ import annotations

import json
from collections.abc import Iterable

from scheduler.database import Database, run, write
from scheduler.feeds.addresses import (
    NAME_MOST,
    address,
    dump,
    dump_with_addresses,
    once,
    rename,
    revoke,
    set_alarms,
    subscribe,
    subscription,
    subscriptions,
)
from scheduler.feeds.attaching import attached
from scheduler.feeds.calendars import refresh
from scheduler.feeds.scopes import Scope, Shown
from scheduler.feeds.serving import Served, client, fetch, note_fetch

__all__ = [
    "NAME_MOST",
    "Scope",
    "Served",
    "Shown",
    "address",
    "attached",
    "client",
    "dump",
    "dump_with_addresses",
    "fetch",
    "note_fetch",
    "once",
    "refresh",
    "rename",
    "revoke",
    "set_alarms",
    "subscribe",
    "subscription",
    "subscriptions",
    "touch",
]


def touch(db: Database, *, people: Iterable[int] = (), shifts: Iterable[int] = ()) -> int:
    """Mark as stale, in the transaction that changes them, the calendars of these people and those that show these
    shifts: their places' and those of the units over them.
    """
    with write(db):
        return run(
            db,
            """
            UPDATE calendar SET stale = stale + 1
            WHERE person_id IN (SELECT value FROM json_each(:people))
               OR place_id IN (SELECT place_id FROM shift WHERE id IN (SELECT value FROM json_each(:shifts)))
               OR unit_id IS NOT NULL AND EXISTS (
                   SELECT 1 FROM shift_of_unit
                   WHERE shift_of_unit.unit_id = calendar.unit_id
                     AND shift_of_unit.shift_id IN (SELECT value FROM json_each(:shifts))
                     AND (calendar.scope = 'unit' OR shift_of_unit.is_visit)
               )
            """,
            people=json.dumps(list(people)),
            shifts=json.dumps(list(shifts)),
        )
