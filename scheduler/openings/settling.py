"""What the background process does: seats by rotation at the deadline, and seats that came free for who waits."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from scheduler import audit, clock, rosters
from scheduler.audit import SYSTEM
from scheduler.config import Duty
from scheduler.database import Database, Row, rows, update, write
from scheduler.openings.reading import IS_HELD, free, opening, waiting, where
from scheduler.openings.seating import fill_in_order
from scheduler.openings.telling import tell_missed

# By rotation: its deadline has come. First come, or drawn already: somebody waits and fewer seats are held than opened.
DUE = f"""
SELECT opening.id
FROM opening
JOIN shift ON shift.id = opening.shift_id AND shift.state = 'planned' AND shift.starts_at > :now
JOIN roster ON roster.id = shift.roster_id AND roster.state = 'published'
WHERE (opening.rule = 'by_rotation' AND opening.state = 'open' AND opening.closes_at <= :now)
   OR ((opening.state = 'settled' OR (opening.state = 'open' AND opening.rule = 'first_come'))
       AND EXISTS (SELECT 1 FROM sign_up WHERE opening_id = opening.id AND state = 'waiting')
       AND (SELECT COUNT(*) FROM sign_up WHERE opening_id = opening.id AND {IS_HELD}) < opening.seats)
ORDER BY opening.id
"""


def settle_due(db: Database, *, base_url: str, now: datetime, duty: Duty | None = None) -> int:
    """Draw what is due and seat whoever waits for a seat that came free; gives how many were seated.

    Each opening is a transaction of its own: twice in a row, or by two processes, it happens once.
    """
    due = _due(db, now)
    return sum(_settle(db, opening_id, base_url=base_url, now=now, duty=duty) for opening_id in due)


def _due(db: Database, now: datetime) -> list[int]:
    return [row["id"] for row in rows(db, DUE, now=clock.to_text(now))]


def _settle(db: Database, opening_id: int, *, base_url: str, now: datetime, duty: Duty | None) -> int:
    with write(db):
        if opening_id not in _due(db, now):  # another process was first
            return 0
        found = opening(db, opening_id)
        seat = partial(fill_in_order, db, found, base_url=base_url, now=now, duty=duty)
        if found["rule"] != "by_rotation" or found["state"] != "open":
            return seat()
        order = _ranked(db, found, duty)
        seated = seat(order=order)
        for rank, row in enumerate(order, start=1):
            update(db, "sign_up", row["sign_up_id"], rank=rank)
        update(db, "opening", opening_id, state="settled", version=found["version"] + 1)
        listed = waiting(db, opening_id)
        for row in listed:
            tell_missed(db, found, row, "waiting", base_url=base_url, now=now)
        audit.record(
            db, "settle_seats", "opening", opening_id, by=SYSTEM, now=now, unit_id=found["unit_id"],
            roster_id=found["roster_id"], **where(found), seated=seated, waiting=len(listed),
        )  # fmt: skip
        return seated


def _ranked(db: Database, found: Row, duty: Duty | None) -> list[Row]:
    """Those who signed up, the fairest first, as the engine would choose; then those who cannot stand it as it is."""
    listed = waiting(db, found["id"])
    slots = free(db, found)
    if not slots or not listed:
        return listed
    able = rosters.candidates(db, found["shift_id"], slots[0], duty=duty).able
    rank = {row["person_id"]: at for at, row in enumerate(able)}
    return sorted(listed, key=lambda row: (rank.get(row["person_id"], len(rank)), row["sign_up_id"]))
