"""Who stands which slot: seat, release, fix."""

from __future__ import annotations

from datetime import date, datetime

from scheduler.audit import Actor
from scheduler.database import Database, Row


def seat(db: Database, shift_id: int, person_id: int, *, by: Actor, now: datetime, source: str = "hand") -> int:
    """Put a person into the shift's first free slot. Refused, naming the cause: Conflict."""
    raise NotImplementedError


def release(db: Database, assignment_id: int, *, by: Actor, now: datetime) -> None:
    """Free the slot."""
    raise NotImplementedError


def duties_of(db: Database, person_id: int, first: date, last: date) -> list[Row]:
    """A person's published duties by start: assignment_id, shift_id, day, starts_at, ends_at, place_id, place, place_kind, address, contact, phone, activity, tasks, procedure, state, with_whom."""
    raise NotImplementedError
