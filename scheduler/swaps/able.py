"""Who may be asked: to stand in, the fairest first; to swap, the nearest day first; nobody against a rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from scheduler import clock
from scheduler.assignments import Slot
from scheduler.config import Duty
from scheduler.database import Database, Row, rows
from scheduler.rosters.panel import panel
from scheduler.rosters.reading import seats
from scheduler.rosters.refusals import Asked, read
from scheduler.swaps.reading import SEAT, seat_of

Question = tuple[int, int | None]  # a person, and in a swap the shift of theirs

FREE_OF = (None, "note")  # what is only noted keeps nobody from being asked


@dataclass(frozen=True, slots=True)
class Able:
    """Who may take a duty over: `cover` are person_id, person, unit, behind (duties below their share, rounded);
    `swap` are seats of others (as `reading.SEAT`) with days apart and same_place.
    """

    cover: Sequence[Row]
    swap: Sequence[Row]


def able(db: Database, assignment_id: int, *, now: datetime, duty: Duty | None = None) -> Able:
    """Everybody who may stand it, and every duty that it may be swapped with, both ways. NotFound as `seat_of`."""
    own = seat_of(db, assignment_id)
    asked, source = read(db, own["roster_id"], duty=duty), Slot(own["shift_id"], own["slot"])
    found = panel(db, asked.index, seats(db, own["roster_id"]), own["roster_id"], source.shift_id, own["slot"])
    cover = [
        {name: row[name] for name in ("person_id", "person", "unit")} | {"behind": round(row["target"] - row["trips"])}
        for row in found.able
        if row["level"] in FREE_OF and row["waiting"] is None
    ]
    swap = []
    for other in rows(db, f"{SEAT} AND shift.roster_id = :id AND shift.starts_at > :now ORDER BY shift.starts_at",
                      id=own["roster_id"], now=clock.to_text(now)):  # fmt: skip
        at = Slot(other["shift_id"], other["slot"])
        if other["person_id"] == own["person_id"] or at.shift_id == source.shift_id or at not in asked.taken:
            continue
        told = asked.swap(own["person_id"], source, asked.taken[at], at)
        if told is None or told[0] in FREE_OF:
            swap.append(other | {"apart": _apart(own, other), "same_place": other["place"] == own["place"]})
    return Able(cover, sorted(swap, key=lambda row: (row["apart"], not row["same_place"], row["starts_at"])))


def weighed(db: Database, assignment_id: int, person_id: int, *, duty: Duty | None = None) -> Row:
    """What speaks for letting this person take a duty over: rank among the `of` who may stand it (0: none of them),
    and how far both are behind their shares as things are: behind, and asker_behind. NotFound as `seat_of`.
    """
    own = seat_of(db, assignment_id)
    asked = read(db, own["roster_id"], duty=duty)
    found = panel(db, asked.index, seats(db, own["roster_id"]), own["roster_id"], own["shift_id"], own["slot"])
    ranked = [row["person_id"] for row in found.able]
    return {
        "rank": ranked.index(person_id) + 1 if person_id in ranked else 0,
        "of": len(ranked),
        "behind": _behind(asked, person_id),
        "asker_behind": _behind(asked, own["person_id"]),
    }


def _behind(asked: Asked, person_id: int) -> int:
    staff = asked.index.person_of[f"P{person_id}"].staff
    stood = staff.history.trips + len(asked.shifts_of.get(person_id, ()))
    return round(staff.target_trips - stood)


def whom_of(found: Able, kind: str) -> list[Question]:
    """Whom one may ask for this, in order."""
    if kind == "swap":
        return [(row["person_id"], row["shift_id"]) for row in found.swap]
    return [(row["person_id"], None) for row in found.cover]


def _apart(one: Row, other: Row) -> int:
    return abs((date.fromisoformat(one["day"]) - date.fromisoformat(other["day"])).days)
