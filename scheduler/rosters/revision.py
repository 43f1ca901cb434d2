"""What the next publication of a roster changes, and for whom: all of a draft, or what changed since the last one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Literal

from scheduler import clock
from scheduler.database import Database, Row, rows

Kind = Literal["added", "moved", "removed"]

URGENT = timedelta(hours=24)  # what changes in a shift this near is offered to take effect at once


@dataclass(frozen=True, slots=True)
class Change:
    """One change for one person: the seat they lose, the seat they get, or both. `follower` takes the one they lose.

    A seat is a row: assignment_id, shift_id, slot, place_id, place, activity_zh, activity_en, day, starts_at, ends_at,
    person_id, person, staff_no, unit, lang, email, left_on.
    """

    old: Row | None
    new: Row | None
    follower: str = ""

    @property
    def kind(self) -> Kind:
        """Added, moved or removed."""
        if self.old is None:
            return "added"
        return "removed" if self.new is None else "moved"

    @property
    def person(self) -> Row:
        """Either seat: both hold the person."""
        return self.new or self.old or {}

    @property
    def ends_at(self) -> str:
        """When the last of it is over."""
        return max(str(seat["ends_at"]) for seat in (self.old, self.new) if seat)


@dataclass(frozen=True, slots=True)
class Replacement:
    """One slot of a place: who leaves it and who comes; neither is a person where there is none."""

    seat: Row
    old: str
    new: str

    @property
    def kind(self) -> Kind:
        """Added, moved (to somebody else) or removed."""
        if not self.old:
            return "added"
        return "moved" if self.new else "removed"


@dataclass(frozen=True, slots=True)
class Revision:
    """What waits to be published: the changes by person and by place, and the assignments that make them."""

    changes: Sequence[Change]
    replacements: Sequence[Replacement]
    seats: Sequence[int]

    @property
    def people(self) -> int:
        """How many people it concerns."""
        return len({change.person["person_id"] for change in self.changes})

    @property
    def places(self) -> int:
        """At how many places."""
        return len({replacement.seat["place_id"] for replacement in self.replacements})

    def count(self, kind: Kind) -> int:
        """How many changes of a kind, in person-trips."""
        return sum(change.kind == kind for change in self.changes)


def revision(
    db: Database, roster_id: int, *, starting_by: datetime | None = None, only: tuple[int, int] | None = None
) -> Revision:
    """What the roster's next publication would change; or only in shifts that start by then, or `only` at one slot of a
    shift; each with all that hangs together with it: half of a swap would leave somebody in two places, or in none.
    """
    found = rows(db, WAITING, roster_id=roster_id)
    if starting_by is not None:
        border = clock.to_text(starting_by)
        found = _together(found, [(row["shift_id"], row["slot"]) for row in found if row["starts_at"] <= border])
    elif only is not None:
        found = _together(found, [only])
    leaving = [row for row in found if row["is_released"]]
    coming = [row for row in found if not row["is_released"]]
    return Revision(
        _changes(leaving, coming),
        _replacements(leaving, coming),
        [row["assignment_id"] for row in found],
    )


def _together(found: Sequence[Row], slots: Iterable[tuple[int, int]]) -> list[Row]:
    """The slots' own rows, and on from them whatever shares a person or a slot with one of them."""
    ties: list[set[object]] = [{(row["shift_id"], row["slot"]), row["person_id"]} for row in found]
    reached: set[object] = set(slots)
    while grown := [tie for tie in ties if tie & reached and not tie <= reached]:
        reached.update(*grown)
    return [row for row, tie in zip(found, ties, strict=True) if tie & reached]


WAITING = """
SELECT assignment.id AS assignment_id, assignment.shift_id, assignment.slot,
       assignment.state = 'released' AS is_released,
       shift.place_id, place.name AS place, activity.name_zh AS activity_zh, activity.name_en AS activity_en,
       shift.day, shift.starts_at, shift.ends_at,
       person.id AS person_id, person.name AS person, person.staff_no, unit.name AS unit, person.lang, person.email,
       person.left_on
FROM shift
JOIN assignment ON assignment.shift_id = shift.id
JOIN place ON place.id = shift.place_id
JOIN activity ON activity.id = shift.activity_id
JOIN person ON person.id = assignment.person_id
JOIN unit ON unit.id = person.unit_id
WHERE shift.roster_id = :roster_id AND shift.state <> 'cancelled'
  AND (assignment.published_at IS NULL OR (assignment.state = 'released' AND assignment.withdrawn_at IS NULL))
ORDER BY shift.starts_at, shift.id, assignment.slot
"""


def _changes(leaving: Iterable[Row], coming: Iterable[Row]) -> list[Change]:
    """By person, in the order of their names: what they lose and get is paired in the order of its days."""
    coming = list(coming)
    followers = {(row["shift_id"], row["slot"]): row["person"] for row in coming}
    lost, got = _by(leaving, "person_id"), _by(coming, "person_id")
    made = [
        Change(old, new, followers.get((old["shift_id"], old["slot"]), "") if old else "")
        for person_id in lost | got
        for old, new in zip_longest(lost.get(person_id, ()), got.get(person_id, ()))
    ]
    return sorted(made, key=lambda c: (min(s["starts_at"] for s in (c.old, c.new) if s), c.person["person_id"]))


def _replacements(leaving: Iterable[Row], coming: Iterable[Row]) -> list[Replacement]:
    """By place, then by start: each slot with who leaves it and who comes."""
    lost = {(row["shift_id"], row["slot"]): row for row in leaving}
    got = {(row["shift_id"], row["slot"]): row for row in coming}
    made = [
        Replacement(
            lost.get(at) or got[at], lost[at]["person"] if at in lost else "", got[at]["person"] if at in got else ""
        )
        for at in lost | got
    ]
    return sorted(made, key=lambda r: (r.seat["place"], r.seat["place_id"], r.seat["starts_at"], r.seat["slot"]))


def _by(found: Iterable[Row], name: str) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in found:
        grouped[row[name]].append(row)
    return grouped
