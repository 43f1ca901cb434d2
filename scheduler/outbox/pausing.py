"""Sending stopped by hand: nothing leaves, nothing is lost, and what is over by then is obsolete."""

from __future__ import annotations

from datetime import datetime

from scheduler import accounts, audit, clock
from scheduler.audit import Actor
from scheduler.database import Database, Row, one, run, value, write
from scheduler.errors import Conflict, NotAllowed

SUBJECT = 1  # there is one way out: what the audit speaks of


def pause(db: Database, *, by: Actor, now: datetime) -> None:
    """Keep every message back from now on; the one in hand still leaves. Refused where it is paused already."""
    with write(db):
        _refuse_others(db, by, now)
        if (standing := paused(db)) is not None:
            when = f"{clock.local(standing['at'], db.zone):%Y-%m-%d %H:%M}"
            raise Conflict("sending_is_paused", who=standing["by"], when=when)
        run(db, "INSERT INTO pause (name, at, by) VALUES ('send', :at, :by)", at=clock.to_text(now), by=by.name)
        audit.record(db, "pause", "outbox", SUBJECT, by=by, now=now)


def resume(db: Database, *, by: Actor, now: datetime) -> None:
    """Let messages leave again: those that are still of use, at once. Refused where it is not paused."""
    with write(db):
        _refuse_others(db, by, now)
        if not run(db, "DELETE FROM pause WHERE name = 'send'"):
            raise Conflict("sending_is_not_paused")
        audit.record(db, "resume", "outbox", SUBJECT, by=by, now=now)


def paused(db: Database) -> Row | None:
    """Since when and by whom sending is paused: at, by; None where messages leave."""
    return one(db, "SELECT at, by FROM pause WHERE name = 'send'")


def may_pause(db: Database, by: Actor, *, now: datetime) -> bool:
    """Whether somebody administers a whole organisation: a pause keeps everybody's messages back."""
    return bool(
        value(
            db,
            f"""
            SELECT 1
            FROM access
            JOIN unit ON unit.id = access.unit_id
            WHERE access.person_id = :person_id AND access.role = 'administrator' AND unit.parent_id IS NULL
              AND {accounts.IN_FORCE}
            """,
            person_id=by.person_id,
            day=clock.today(now, db.zone).isoformat(),
        )
    )


def _refuse_others(db: Database, by: Actor, now: datetime) -> None:
    if by.person_id is not None and not may_pause(db, by, now=now):
        raise NotAllowed("not_allowed")
