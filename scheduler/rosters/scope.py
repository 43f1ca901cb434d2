"""What a fill may touch: everything, only what is empty, only these places or days; locked ones only when told to."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from scheduler import clock, rotation
from scheduler.database import Database, Row, one, rows
from scheduler.rosters.reading import POSITION, number

FLAGS = ("only_empty", "locked", "published")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which slots a fill deals out. Nothing given is everywhere, and leaves what is locked and what is published.

    `since` leaves alone what had begun by then (an instant as text).
    """

    only_empty: bool = False
    places: frozenset[int] = frozenset()
    first: date | None = None
    last: date | None = None
    locked: bool = False
    published: bool = False
    since: str = ""

    @classmethod
    def read(cls, text: str) -> Scope:
        """The scope that `written` wrote."""
        held: dict[str, Any] = json.loads(text)
        first, last = (date.fromisoformat(held[name]) if held.get(name) else None for name in ("first", "last"))
        places = frozenset(held.get("places", ()))
        only_empty, locked, published = (bool(held.get(name)) for name in FLAGS)
        return cls(only_empty, places, first, last, locked, published)

    def written(self) -> str:
        """The scope as text, to be kept with the fill that was asked for."""
        days = {name: day.isoformat() for name, day in (("first", self.first), ("last", self.last)) if day}
        flags = {name: getattr(self, name) for name in FLAGS}
        return json.dumps({**flags, "places": sorted(self.places), **days})

    def has(self, shift: Row) -> bool:
        """Whether the shift (place_id, day, starts_at) lies in it."""
        if shift["starts_at"] <= self.since:
            return False
        day = date.fromisoformat(shift["day"])
        is_here = not self.places or shift["place_id"] in self.places
        return is_here and (self.first or day) <= day <= (self.last or day)

    def moves(self, assignment: Row) -> bool:
        """Whether the fill may put somebody else there."""
        is_free = (not assignment["fixed"] or self.locked) and (not assignment["published_at"] or self.published)
        return not self.only_empty and is_free and self.has(assignment)


ALL = Scope()


def from_now_on(scope: Scope, roster: Row, now: datetime) -> Scope:
    """The scope without what has begun, in a roster that people have been told of."""
    return replace(scope, since=clock.to_text(now)) if roster["state"] != "draft" else scope


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
    """Who stands the roster's shifts, by shift and slot: its place_id, day and starts_at as well."""
    return rows(
        db,
        """
        SELECT assignment.id AS assignment_id, assignment.shift_id, assignment.slot, assignment.person_id,
               assignment.fixed, assignment.source, assignment.published_at, shift.place_id, shift.day, shift.starts_at
        FROM shift
        JOIN assignment ON assignment.shift_id = shift.id AND assignment.state <> 'released'
        WHERE shift.roster_id = :roster_id AND shift.state <> 'cancelled'
        ORDER BY assignment.shift_id, assignment.slot
        """,
        roster_id=roster_id,
    )


def reckoned(db: Database, roster_id: int, scope: Scope, *, now: datetime) -> Mapping[str, int]:
    """What a fill of the scope would deal out: slots, empty, moved (assignments); of these locked and published."""
    held = one(db, "SELECT state FROM roster WHERE id = :roster_id", roster_id=roster_id)
    scope = from_now_on(scope, held or {"state": "draft"}, now)
    shifts = [shift for shift in shifts_of(db, roster_id) if scope.has(shift)]
    stand = [row for row in standing(db, roster_id) if scope.has(row)]
    moved = [row for row in stand if scope.moves(row)]
    slots = sum(shift["headcount"] for shift in shifts)
    told = {"locked": sum(row["fixed"] for row in moved), "published": sum(bool(row["published_at"]) for row in moved)}
    return {"slots": slots, "empty": slots - len(stand), "moved": len(moved)} | told


def narrowed(asked: rotation.Problem, scope: Scope, shifts: Iterable[Row], stay: Sequence[Row]) -> rotation.Problem:
    """The problem with who stays pinned, and no empty slot outside of the scope."""
    seats = Counter(row["shift_id"] for row in stay)
    opened = {shift["id"] for shift in shifts if scope.has(shift)}
    return replace(
        asked,
        duties=tuple(
            duty if number(duty.id) in opened else _with_seats(duty, seats[number(duty.id)]) for duty in asked.duties
        ),
        pinned=tuple(rotation.Pin(f"S{row['shift_id']}", POSITION, f"P{row['person_id']}") for row in stay),
    )


def _with_seats(duty: rotation.Duty, count: int) -> rotation.Duty:
    return replace(duty, positions=tuple(replace(position, count=count) for position in duty.positions))
