"""Seats of confirmed shifts, and how many of them nobody came to."""

from __future__ import annotations

from typing import Unpack

from scheduler.database import Database, Row, one
from scheduler.tallies.cuts import Cut, where
from scheduler.tallies.rates import SEATS


def seated(db: Database, **cut: Unpack[Cut]) -> Row:
    """due: seats of confirmed shifts; absent: those whose person did not come. Absence has no source."""
    condition, values = where(db, cut, set(cut) - {"source"})
    found = one(db, f"SELECT COUNT(*) AS due, SUM(part) AS absent FROM {SEATS} AS fact WHERE {condition}", **values)
    return {"due": found["due"], "absent": found["absent"] or 0} if found else {"due": 0, "absent": 0}
