"""Which reminders fall due, written once each to the outbox."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from scheduler.database import Database


def arm(db: Database, assignment_ids: Iterable[int], *, now: datetime) -> int:
    """Note what these published assignments are to be reminded of; the past is never reminded of. Gives how many."""
    raise NotImplementedError


def disarm(db: Database, assignment_ids: Iterable[int], *, now: datetime) -> int:
    """Make obsolete whatever has not left yet for these assignments."""
    raise NotImplementedError


def queue_due(db: Database, *, base_url: str, now: datetime) -> int:
    """Put every due reminder into the outbox, once; gives how many."""
    raise NotImplementedError
