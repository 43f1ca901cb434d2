"""An urgent call-up: so many people are wanted at a place, now; everybody who may stand is told at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from scheduler import clock, duties
from scheduler.audit import Actor
from scheduler.config import Duty
from scheduler.database import Database, write
from scheduler.errors import Invalid
from scheduler.openings.opening import open_seats


def call_up(
    db: Database,
    roster_id: int,
    *,
    place_id: int,
    activity: str,
    day: date,
    starts: time,
    ends: time,
    seats: int,
    party: bool = False,
    skills: Iterable[str] = (),
    units: Iterable[int] = (),
    tasks: str = "",
    note: str = "",
    closes_at: datetime | None = None,
    base_url: str,
    by: Actor,
    now: datetime,
    duty: Duty | None = None,
) -> tuple[int, int]:
    """Add a shift of so many seats to a published roster and open all of them, first come; gives the shift and how
    many are told.

    Signing up ends at `closes_at`, or when the shift begins. Refused as `duties.add_shifts` and `open_seats` are.
    """
    begins, _ = clock.span(day, starts, ends, db.zone)
    if begins <= now:
        raise Invalid("call_up_is_over", field="day")
    with write(db):
        (shift_id,) = duties.add_shifts(
            db, roster_id, day=day, activity=activity, places=[place_id], starts=starts, ends=ends, headcount=seats,
            tasks=tasks, is_call_up=True, by=by, now=now,
        )  # fmt: skip
        told = open_seats(
            db, shift_id, seats=seats, party=party, skills=skills, units=units, note=note,
            closes_at=closes_at or begins, tell=True, urgent=True, base_url=base_url, by=by, now=now, duty=duty,
        )  # fmt: skip
    return shift_id, told
