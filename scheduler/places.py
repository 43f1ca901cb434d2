"""Outlets, communities, villages; which unit sponsors which."""

from __future__ import annotations

from datetime import date, datetime

from scheduler.audit import Actor
from scheduler.database import Database, Row


def add(
    db: Database,
    *,
    name: str,
    kind: str,
    unit_id: int,
    district: str = "",
    address: str = "",
    contact: str = "",
    phone: str = "",
    responsible_id: int | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Add a place."""
    raise NotImplementedError


def place(db: Database, place_id: int) -> Row:
    """One place with unit (name) and responsible (name). NotFound."""
    raise NotImplementedError


def sponsor(
    db: Database,
    place_id: int,
    *,
    unit_id: int,
    starts_on: date,
    ends_on: date | None = None,
    responsible_id: int | None = None,
    procedure: str = "",
    by: Actor,
    now: datetime,
) -> int:
    """Let a unit answer for a community over dated months, by a working procedure."""
    raise NotImplementedError


def sponsorship_on(db: Database, place_id: int, day: date) -> Row | None:
    """Who sponsors the place on a day: unit_id, unit, responsible, procedure."""
    raise NotImplementedError
