"""What happened at a shift: who was present, who absent; confirming it writes the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from scheduler.audit import Actor
from scheduler.database import Database, Row


def sheet(db: Database, shift_id: int) -> list[Row]:
    """The attendance list: assignment_id, person_id, name, staff_no, unit, state, absence."""
    raise NotImplementedError


def confirm(db: Database, shift_id: int, *, absent: Mapping[int, str], by: Actor, now: datetime) -> int:
    """Confirm who attended: all but the assignments named absent (with a reason each). Gives the entries written."""
    raise NotImplementedError


def close_overdue(db: Database, *, after: timedelta, now: datetime) -> int:
    """Confirm as all present each published shift that ended longer ago than `after`; gives how many."""
    raise NotImplementedError
