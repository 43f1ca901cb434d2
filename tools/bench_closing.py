"""Shifts that wait to be closed, on a large ledger, and what closing them costs: really written, each time anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from scheduler import attendance, clock
from scheduler.audit import SYSTEM
from scheduler.database import Database, insert, rows, value, write

ATTENDANCES = 10_000
BIG = 99  # the most that one shift holds


def measure(db: Database, tell: Callable[[str, Callable[[], object]], None]) -> None:
    """10,000 attendances closed by default in shifts of three, then 10,000 confirmed by hand in shifts of 99."""
    first = date.fromisoformat(value(db, "SELECT MAX(day) FROM ledger")) + timedelta(days=1)
    shifts, over = planned(db, first, 3)
    tell(
        f"closing {ATTENDANCES:,} attendances, {len(shifts):,} shifts overdue",
        lambda: attendance.close_overdue(db, after=timedelta(hours=1), now=over),
    )
    shifts, over = planned(db, clock.local(clock.to_text(over), db.zone).date() + timedelta(days=1), BIG)
    tell(
        f"closing {ATTENDANCES:,} attendances, {len(shifts):,} shifts by hand",
        lambda: [attendance.confirm(db, shift_id, absent={}, by=SYSTEM, now=over) for shift_id in shifts],
    )


def planned(db: Database, first: date, size: int) -> tuple[list[int], datetime]:
    """Shifts of `size` people each of another unit, as many days as it takes, and a moment at which all are over."""
    people = [row["id"] for row in rows(db, "SELECT id FROM person ORDER BY id % 30, id")]
    place = rows(db, "SELECT id, unit_id FROM place WHERE kind = 'community' ORDER BY id LIMIT 1")[0]
    activity = value(db, "SELECT id FROM activity WHERE code = 'community'")
    a_day = len(people) // size
    shifts = []
    with write(db):
        for number in range(-(-ATTENDANCES // size)):
            day, at = first + timedelta(days=number // a_day), number % a_day * size
            text = day.isoformat()
            times = {"starts_at": f"{text}T01:00:00Z", "ends_at": f"{text}T03:30:00Z"}
            if at == 0:
                roster = insert(db, "roster", unit_id=place["unit_id"], starts_on=text, ends_on=text, state="published",
                                made_at=f"{text}T00:00:00Z", published_at=f"{text}T00:00:00Z")  # fmt: skip
            shift_id = insert(
                db, "shift", key=f"{text} {at}", unit_id=place["unit_id"], roster_id=roster, place_id=place["id"],
                activity_id=activity, day=text, headcount=size, **times,
            )  # fmt: skip
            shifts.append(shift_id)
            left = min(size, ATTENDANCES - number * size)
            for slot, person_id in enumerate(people[at : at + left], start=1):
                insert(db, "assignment", shift_id=shift_id, slot=slot, person_id=person_id, source="hand",
                       made_at=f"{text}T00:00:00Z", published_at=f"{text}T00:00:00Z", **times)  # fmt: skip
    return shifts, clock.midnight(day + timedelta(days=2), db.zone)
