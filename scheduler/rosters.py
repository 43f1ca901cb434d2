"""A period's roster: drafted, filled, compared, published, closed."""

from __future__ import annotations

from datetime import date, datetime

from scheduler.audit import Actor
from scheduler.database import Database


def draft(db: Database, *, unit_id: int, starts_on: date, ends_on: date, by: Actor, now: datetime) -> int:
    """Open the roster of a unit and period: its shifts are generated and taken into it."""
    raise NotImplementedError


def ask_fill(db: Database, roster_id: int, *, by: Actor, now: datetime) -> None:
    """Ask the background process to fill the draft."""
    raise NotImplementedError


def fill(db: Database, roster_id: int, *, by: Actor, now: datetime) -> None:
    """Fill the draft with the engine: solved with no lock held, written only if nothing changed meanwhile."""
    raise NotImplementedError


def fill_asked(db: Database, *, now: datetime) -> int:
    """Fill every draft that was asked for; gives how many."""
    raise NotImplementedError


def publish(db: Database, roster_id: int, *, by: Actor, now: datetime) -> None:
    """Publish a draft: feeds and reminders follow in the same transaction."""
    raise NotImplementedError


def close(db: Database, roster_id: int, *, by: Actor, now: datetime) -> None:
    """Archive a published roster whose shifts have all been confirmed."""
    raise NotImplementedError
