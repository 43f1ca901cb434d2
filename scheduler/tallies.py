"""Sums over the ledger: by person, unit, place, activity, month."""

from __future__ import annotations

from datetime import date

from scheduler.database import Database, Row


def tally(db: Database, by_what: str, *, within: int, first: date, last: date) -> list[Row]:
    """Rows of key, label, trips (person-trips), people, sessions, minutes; `by_what` is person, unit, place, activity or month."""
    raise NotImplementedError
