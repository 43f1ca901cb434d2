"""What a fill may touch: everything, only what is empty, only these places or days; locked ones only when told to."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from scheduler import rotation
from scheduler.database import Database, Row, rows
from scheduler.rosters.reading import POSITION, number


@dataclass(frozen=True, slots=True)
class Scope:
    """Which slots a fill deals out. Nothing given is everywhere and always, and leaves what is locked."""

    only_empty: bool = False
    places: frozenset[int] = frozenset()
    first: date | None = None
    last: date | None = None
    locked: bool = False

    @classmethod
    def read(cls, text: str) -> Scope:
        """The scope that `written` wrote."""
        held: dict[str, Any] = json.loads(text)
        first, last = (date.fromisoformat(held[name]) if held.get(name) else None for name in ("first", "last"))
        places = frozenset(held.get("places", ()))
        return cls(bool(held.get("only_empty")), places, first, last, bool(held.get("locked")))

    def written(self) -> str:
        """The scope as text, to be kept with the fill that was asked for."""
        days = {name: day.isoformat() for name, day in (("first", self.first), ("last", self.last)) if day}
        flags = {"only_empty": self.only_empty, "locked": self.locked}
        return json.dumps({**flags, "places": sorted(self.places), **days})

    def has(self, shift: Row) -> bool:
        """Whether the shift (place_id, day) lies in it."""
        day = date.fromisoformat(shift["day"])
        is_here = not self.places or shift["place_id"] in self.places
        return is_here and (self.first or day) <= day <= (self.last or day)

    def moves(self, assignment: Row) -> bool:
        """Whether the fill may put somebody else there."""
        is_free = not assignment["fixed"] or self.locked
        return not self.only_empty and is_free and self.has(assignment)


ALL = Scope()


def shifts_of(db: Database, roster_id: int) -> list[Row]:
    """The roster's planned shifts: id, place_id, day, headcount, starts_at, ends_at."""
    return rows(
        db,
        """
        SELECT id, place_id, day, headcount, starts_at, ends_at
        FROM shift
        WHERE roster_id = :roster_id AND state = 'planned'
        ORDER BY starts_at, id
        """,
        roster_id=roster_id,
    )


def standing(db: Database, roster_id: int) -> list[Row]:
    """Who stands the roster's planned shifts, by shift and slot: its place_id and day as well."""
    return rows(
        db,
        """
        SELECT assignment.id AS assignment_id, assignment.shift_id, assignment.slot, assignment.person_id,
               assignment.fixed, assignment.source, shift.place_id, shift.day
        FROM shift
        JOIN assignment ON assignment.shift_id = shift.id AND assignment.state <> 'released'
        WHERE shift.roster_id = :roster_id AND shift.state = 'planned'
        ORDER BY assignment.shift_id, assignment.slot
        """,
        roster_id=roster_id,
    )


def reckoned(db: Database, roster_id: int, scope: Scope) -> Mapping[str, int]:
    """What a fill of the scope would deal out: slots, empty, moved (assignments), and locked ones among the moved."""
    shifts = [shift for shift in shifts_of(db, roster_id) if scope.has(shift)]
    stand = [row for row in standing(db, roster_id) if scope.has(row)]
    moved = [row for row in stand if scope.moves(row)]
    slots = sum(shift["headcount"] for shift in shifts)
    locked = sum(row["fixed"] for row in moved)
    return {"slots": slots, "empty": slots - len(stand), "moved": len(moved), "locked": locked}


def narrowed(asked: rotation.Problem, scope: Scope, shifts: Iterable[Row], stay: Sequence[Row]) -> rotation.Problem:
    """The problem with who stays pinned, and no empty slot outside of the scope."""
    seats = Counter(row["shift_id"] for row in stay)
    closed = {shift["id"] for shift in shifts if not scope.has(shift)}
    return replace(
        asked,
        duties=tuple(
            _with_seats(duty, seats[number(duty.id)]) if number(duty.id) in closed else duty for duty in asked.duties
        ),
        pinned=tuple(rotation.Pin(f"S{row['shift_id']}", POSITION, f"P{row['person_id']}") for row in stay),
    )


def _with_seats(duty: rotation.Duty, count: int) -> rotation.Duty:
    return replace(duty, positions=tuple(replace(position, count=count) for position in duty.positions))
