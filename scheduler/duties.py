"""Duty templates, and the dated shifts they ask for in a period."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from scheduler.audit import Actor
from scheduler.database import Database, Row


@dataclass(frozen=True, slots=True)
class Generated:
    """What generating did, in shifts. `kept` differ from their template but are already drafted with people or published."""

    added: int
    changed: int
    removed: int
    kept: int


def add_template(
    db: Database,
    *,
    unit_id: int,
    name: str,
    activity: str,
    places: Iterable[int],
    days: str,
    weekdays: Iterable[int] = (),
    starts: time,
    ends: time,
    headcount: int = 1,
    party: bool = False,
    roles: Iterable[str] = (),
    skills: Iterable[str] = (),
    units: Iterable[int] = (),
    tasks: str = "",
    weight: int = 1,
    valid_from: date,
    valid_to: date | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Add a duty template. `weekdays` are 0 for Monday to 6 for Sunday; an end at or before the start is on the next day."""
    raise NotImplementedError


def generate(db: Database, unit_id: int, first: date, last: date, *, by: Actor, now: datetime) -> Generated:
    """Make the unit's shifts of a period what its templates ask for; doing it again changes nothing."""
    raise NotImplementedError


def shift(db: Database, shift_id: int) -> Row:
    """One shift with place, place_kind, activity (code), unit, requires (a dict), procedure. NotFound."""
    raise NotImplementedError
