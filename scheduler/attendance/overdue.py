"""Shifts that nobody confirmed in time, closed as all present."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from scheduler import clock
from scheduler.attendance.confirming import confirm_all
from scheduler.audit import SYSTEM
from scheduler.database import Database, IntegrityError, at_hand, rows
from scheduler.errors import Refusal, Unavailable

log = logging.getLogger(__name__)

CLOSED_TOGETHER = 100  # others may write in between
TOUCHED = 32  # MiB, of a ledger of ten million: each entry is put into a dozen indexes and totals


def close_overdue(db: Database, *, after: timedelta, now: datetime) -> int:
    """Confirm as all present each published shift that ended longer ago than `after`; gives how many.

    One where everybody checked in waits for nobody: it is confirmed once it is over.

    One that cannot be closed is logged and stays on the coordinators' list, the others are closed all
    the same. A few together are one transaction, so that thousands do not wait for the disk thousands of times.
    """
    waiting = _unconfirmed(db, clock.to_text(now - after), clock.to_text(now))
    starts = range(0, len(waiting), CLOSED_TOGETHER)
    with at_hand(db, TOUCHED):
        return sum(_closed(db, waiting[start : start + CLOSED_TOGETHER], now) for start in starts)


def _closed(db: Database, shift_ids: Sequence[int], now: datetime) -> int:
    """How many of the shifts could be confirmed. Of one that could not nothing is written; halving finds it."""
    try:
        confirm_all(db, shift_ids, absent={}, by=SYSTEM, now=now, source="default")
    except Unavailable:
        raise
    except (Refusal, IntegrityError) as error:
        if len(shift_ids) > 1:
            middle = len(shift_ids) // 2
            return _closed(db, shift_ids[:middle], now) + _closed(db, shift_ids[middle:], now)
        log.error("shift %d cannot be closed: %s", shift_ids[0], error)
        return 0
    return len(shift_ids)


def _unconfirmed(db: Database, ended_by: str, now: str) -> list[int]:
    """Ended long ago, or over now and everybody was there by their own check-in; the oldest first."""
    found = rows(
        db,
        """
        SELECT shift.id
        FROM shift
        JOIN roster ON roster.id = shift.roster_id AND roster.state <> 'draft'
        WHERE shift.state = 'planned' AND shift.ends_at <= :now AND (
            shift.ends_at <= :ended_by
            OR (
                SELECT COUNT(*) > 0 AND COUNT(*) = COUNT(check_in.id)
                FROM standing
                LEFT JOIN check_in ON check_in.assignment_id = standing.id
                WHERE standing.shift_id = shift.id
            )
        )
        ORDER BY shift.ends_at, shift.id
        """,
        ended_by=ended_by,
        now=now,
    )
    return [row["id"] for row in found]
