"""The person-trip ledger: who attended what; corrections are new entries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from scheduler.audit import Actor
from scheduler.database import Database


def credit(
    db: Database, shift_id: int, assignment_ids: Sequence[int], *, source: str, by: Actor, now: datetime
) -> list[int]:
    """One entry for each assignment of the shift, with unit, role and party membership as they are now; gives their ids."""
    raise NotImplementedError


def correct(db: Database, entry_id: int, *, reason: str, by: Actor, now: datetime) -> int:
    """Reverse an entry by a new one with a reason."""
    raise NotImplementedError


def verify(db: Database) -> int | None:
    """The id of the first entry that does not fit the chain of hashes, or None."""
    raise NotImplementedError
