"""The installation's one organisation row: its zone, and whether its people are invented."""

from __future__ import annotations

from datetime import datetime

from scheduler import audit, clock
from scheduler.audit import Actor
from scheduler.database import Database, insert, value, write
from scheduler.errors import Conflict


def is_founded(db: Database) -> bool:
    """Whether the database belongs to an organisation yet."""
    return value(db, "SELECT id FROM organisation") is not None


def found_organisation(db: Database, *, is_demo: bool = False, by: Actor, now: datetime) -> None:
    """Make the database an organisation's; its local dates are in the database's zone from now on. Refused twice."""
    with write(db):
        if is_founded(db):
            raise Conflict("already_founded")
        insert(db, "organisation", id=1, zone=db.zone.key, is_demo=int(is_demo), made_at=clock.to_text(now))
        audit.record(db, "found", "organisation", 1, by=by, now=now, is_demo=is_demo)
