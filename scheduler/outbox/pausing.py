"""Sending stopped by hand: nothing leaves, nothing is lost, and what is over by then is obsolete."""

from __future__ import annotations

from datetime import datetime

from scheduler import accounts, audit, clock
from scheduler.audit import Actor
from scheduler.database import Database, Row, one, run, write
from scheduler.errors import Conflict

SUBJECT = 1  # there is one way out: what the audit speaks of


def pause(db: Database, *, by: Actor, now: datetime) -> None:
    """Keep every message back from now on; the one in hand still leaves. Refused where it is paused already."""
    with write(db):
        accounts.require_all(db, by, now=now)
        if (standing := paused(db)) is not None:
            when = f"{clock.local(standing['at'], db.zone):%Y-%m-%d %H:%M}"
            raise Conflict("sending_is_paused", who=standing["by"], when=when)
        run(db, "INSERT INTO pause (name, at, by) VALUES ('send', :at, :by)", at=clock.to_text(now), by=by.name)
        audit.record(db, "pause", "outbox", SUBJECT, by=by, now=now)


def resume(db: Database, *, by: Actor, now: datetime) -> None:
    """Let messages leave again: those that are still of use, at once. Refused where it is not paused."""
    with write(db):
        accounts.require_all(db, by, now=now)
        if not run(db, "DELETE FROM pause WHERE name = 'send'"):
            raise Conflict("sending_is_not_paused")
        audit.record(db, "resume", "outbox", SUBJECT, by=by, now=now)


def paused(db: Database) -> Row | None:
    """Since when and by whom sending is paused: at, by; None where messages leave."""
    return one(db, "SELECT at, by FROM pause WHERE name = 'send'")
