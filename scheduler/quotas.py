"""What leaders and units owe a week or period, and whether they met it."""

from __future__ import annotations

from datetime import date, datetime

from scheduler.audit import Actor
from scheduler.database import Database, Row


def add(
    db: Database,
    *,
    unit_id: int,
    role: str,
    activity: str,
    min_per_week: int,
    starts_on: date,
    ends_on: date | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Let the people of a role owe so many visits in each ISO week."""
    raise NotImplementedError


def weeks(db: Database, unit_id: int, first: date, last: date) -> list[Row]:
    """Leader by ISO week: person_id, name, role, monday, need, done (ledger), planned (roster), state (met, planned, missed, waived, open)."""
    raise NotImplementedError
