"""Units, the people in them, and the days they are away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from scheduler.audit import Actor
from scheduler.database import Database, Row


def add_unit(
    db: Database, *, name: str, kind: str, parent_id: int | None = None, district: str = "", by: Actor, now: datetime
) -> int:
    """Add a unit to the tree."""
    raise NotImplementedError


def units(db: Database, within: int | None = None) -> list[Row]:
    """Units in tree order: id, parent_id, name, kind, district, depth, people, version."""
    raise NotImplementedError


def add(
    db: Database,
    *,
    staff_no: str,
    name: str,
    unit_id: int,
    role: str = "staff",
    party: bool = False,
    skills: Iterable[str] = (),
    email: str = "",
    mobile: str = "",
    lang: str = "zh",
    joined_on: date,
    left_on: date | None = None,
    max_per_week: int | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Add a person."""
    raise NotImplementedError


def person(db: Database, person_id: int) -> Row:
    """One person with unit (name) and skills (a sorted list). NotFound."""
    raise NotImplementedError


def add_away(
    db: Database,
    person_id: int,
    *,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    note: str = "",
    by: Actor,
    now: datetime,
) -> int:
    """Note days or hours in which a person may not be assigned."""
    raise NotImplementedError
