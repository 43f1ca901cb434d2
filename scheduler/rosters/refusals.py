"""Where one person cannot go: every slot of a roster that refuses them or warns, told before they are let go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from scheduler import clock, rotation, rules
from scheduler.assignments import Slot
from scheduler.assignments.customs import customs
from scheduler.config import Duty
from scheduler.database import Database, Row, rows
from scheduler.errors import NotFound, Problem
from scheduler.people.away import away_facts
from scheduler.rosters.checking import levels_of
from scheduler.rosters.reading import POSITION, number, problem, seats
from scheduler.rosters.slots import shifts_of
from scheduler.rosters.staff import as_json
from scheduler.rotation.eligibility import refusal
from scheduler.rotation.index import Slot as Position


@dataclass(frozen=True, slots=True)
class Refused:
    """A slot that says no (block) or wants a reason (warn) to a person.

    `other` is the duty of theirs that stands in the way, if one does, and `other_day` its day. `instead` is what might
    be done about it: from where to where, a swap if somebody stands there.
    """

    slot: Slot
    level: rules.Level
    problem: Problem
    other: Slot | None = None
    other_day: str = ""
    instead: tuple[Slot, Slot] | None = None


def refusals(
    db: Database,
    roster_id: int,
    *,
    person_id: int | None = None,
    source: Slot | None = None,
    duty: Duty | None = None,
) -> list[Refused]:
    """Every slot that speaks against a person, or against the person of a slot who would leave it: free ones by whether
    they may stand there, taken ones by whether the two may change places. NotFound for a source that nobody stands.
    """
    asked = read(db, roster_id, duty=duty)
    return list(asked.refused(asked.who(person_id, source), source, asked.shifts.values()))


def read(db: Database, roster_id: int, *, duty: Duty | None = None) -> Asked:
    """The roster, read to be asked about many slots. NotFound."""
    index = rotation.indexed(problem(db, roster_id, duty=duty))
    return Asked(
        db,
        index,
        seats(db, roster_id),
        {shift["id"]: shift for shift in shifts_of(db, roster_id)},
        _taken(db, roster_id),
        levels_of(db, roster_id),
    )


def _facts(shift: Row, there: Row, at: int) -> dict[str, object]:
    return {"person": there["person"], "place": shift["place"], "day": date.fromisoformat(shift["day"]), "slot": at}


Told = tuple[rules.Level, Problem, int | None, int]  # the shift that stands in the way, and whose duty it is


class Asked:
    """A roster whose problem has been read, to be asked about many slots. `taken` is who stands each filled slot."""

    def __init__(
        self,
        db: Database,
        index: rotation.Index,
        standing: Sequence[rotation.Seat],
        shifts: dict[int, Row],
        taken: dict[Slot, Row],
        levels: rules.Levels,
    ) -> None:
        self.db, self.index, self.shifts, self.taken, self.levels = db, index, shifts, taken, levels
        self.names = _names(db, [number(person.staff.id) for person in index.people])
        self.shifts_of: dict[int, list[int]] = {}
        for seat in standing:
            self.shifts_of.setdefault(number(seat.staff), []).append(number(seat.duty))
        self.slot_of = {(slot.shift_id, row["person_id"]): slot for slot, row in taken.items()}
        self.away: dict[int, list[Row]] = {}
        self.customs = customs(db, levels, self.names, self.shifts)

    def who(self, person_id: int | None, source: Slot | None) -> int:
        """Whom it is about. NotFound for a source that nobody stands, and for who is not of the roster."""
        if source is not None:
            person_id = self.taken[source]["person_id"] if source in self.taken else None
        if person_id not in self.names:
            raise NotFound("not_found")
        return person_id

    def refused(self, person_id: int, source: Slot | None, shifts: Iterable[Row]) -> Iterator[Refused]:
        """Every slot of these shifts that speaks against them, once they have left the source."""
        own = {(source.shift_id, person_id)} if source else set()
        for shift in shifts:
            if shift["state"] != "planned":
                continue
            free = self.about(person_id, shift["id"], own)
            for at in range(1, shift["headcount"] + 1):
                slot = Slot(shift["id"], at)
                there = self.taken.get(slot)
                if slot == source:
                    continue
                if there is None:
                    if free:
                        yield self._refused(person_id, slot, free, slot)
                elif source is None:
                    taken = Problem("slot_is_taken", facts=_facts(shift, there, at))
                    yield self._refused(person_id, slot, ("block", taken, free[2] if free else None, person_id), slot)
                elif there["person_id"] == person_id:
                    yield Refused(slot, "block", Problem("swap_with_oneself", facts={"person": there["person"]}))
                elif found := self.swap(person_id, source, there, slot):
                    yield self._refused(person_id, slot, found, slot)

    def taking(self, source: Slot) -> dict[int, Refused]:
        """By person: what speaks against their taking the slot over from who stands it."""
        found = {}
        for person_id in self.names:
            if person_id != self.taken[source]["person_id"] and (told := self.about(person_id, source.shift_id, set())):
                found[person_id] = self._refused(person_id, source, told, source)
        return found

    def _refused(self, person_id: int, slot: Slot, told: Told, target: Slot) -> Refused:
        level, problem, other, owner = told
        held = self.slot_of.get((other, owner)) if other else None
        shift = self.shifts.get(other) if other else None
        if held is None or shift is None:
            return Refused(slot, level, problem)
        may = owner == person_id and self._may_leave(person_id, held, target)
        return Refused(slot, level, problem, held, shift["day"], (held, target) if may else None)

    def _may_leave(self, person_id: int, held: Slot, target: Slot) -> bool:
        """Whether they could leave the duty of theirs for the target: by a swap, or where it is free by a move."""
        there = self.taken.get(target)
        if held.shift_id == target.shift_id or self.shifts[held.shift_id]["state"] != "planned":
            return False
        if there is None:
            told = self.about(person_id, target.shift_id, {(held.shift_id, person_id)})
        else:
            told = self.swap(person_id, held, there, target)
        return told is None or told[0] != "block"

    def about(self, person_id: int, shift_id: int, without: set[tuple[int, int]]) -> Told | None:
        """What speaks against a person's standing a shift, once they have left the shifts of `without`."""
        kept = [self._slot(at) for at in self.shifts_of.get(person_id, ()) if (at, person_id) not in without]
        cause, other = refusal(self.index, self.index.person_of[f"P{person_id}"], self._slot(shift_id), kept)
        told = self._custom(person_id, shift_id, without)
        if cause is None:
            return told
        level = self.levels[rules.OF_REFUSAL[cause]] if cause in rules.OF_REFUSAL else "block"
        if level == "note" or (level == "warn" and told and told[0] == "block"):
            return told
        at = number(other) if other else None
        return level, self._problem(person_id, cause, at, self.shifts[shift_id], level), at, person_id

    def _custom(self, person_id: int, shift_id: int, without: set[tuple[int, int]]) -> Told | None:
        """The strictest custom that speaks against it, unless it is only noted."""
        told = [
            (self.levels[broken.rule], broken.breach(self.names[person_id]), None, person_id)
            for broken in self.customs.about(person_id, shift_id, without)
            if self.levels[broken.rule] != "note"
        ]
        return min(told, key=lambda one: rules.LEVELS.index(one[0]), default=None)

    def _slot(self, shift_id: int) -> Position:
        return self.index.slot_of[f"S{shift_id}", POSITION]

    def swap(self, person_id: int, source: Slot, there: Row, slot: Slot) -> Told | None:
        """What speaks against the two changing places; the stricter of the two."""
        leaving = {(source.shift_id, person_id), (slot.shift_id, there["person_id"])}
        if slot.shift_id == source.shift_id:
            return None
        told = [
            self.about(person_id, slot.shift_id, leaving),
            self.about(there["person_id"], source.shift_id, leaving),
        ]
        return min((one for one in told if one), key=lambda one: rules.LEVELS.index(one[0]), default=None)

    def _problem(self, person_id: int, cause: str, at: int | None, shift: Row, level: rules.Level) -> Problem:
        facts: dict[str, object] = {"person": self.names[person_id]}
        other = self.shifts.get(at) if at else None
        if cause == "booked" and other is not None:
            starts, ends = (clock.local(other[name], self.db.zone) for name in ("starts_at", "ends_at"))
            facts |= {"place": other["place"], "day": date.fromisoformat(other["day"])}
            return Problem("double_booking", facts=facts | {"hours": f"{starts:%H:%M}–{ends:%H:%M}"})
        if cause == "leave" and (away := self._leave(person_id, shift)):
            return Problem("person_is_away", facts=facts | away_facts(self.db, away))
        return Problem("drop_warned" if level == "warn" else "drop_refused", facts=facts | {"refusal": cause})

    def _leave(self, person_id: int, shift: Row) -> Row | None:
        if person_id not in self.away:
            sql = "SELECT kind, starts_at, ends_at FROM away WHERE person_id = :person_id ORDER BY starts_at"
            self.away[person_id] = rows(self.db, sql, person_id=person_id)
        span = shift["starts_at"], shift["ends_at"]
        return next((a for a in self.away[person_id] if a["starts_at"] < span[1] and a["ends_at"] > span[0]), None)


def _names(db: Database, ids: Sequence[int]) -> dict[int, str]:
    sql = "SELECT id, name FROM person WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id"
    return {row["id"]: row["name"] for row in rows(db, sql, ids=as_json(ids))}


def _taken(db: Database, roster_id: int) -> dict[Slot, Row]:
    """Who stands each filled slot."""
    found = rows(
        db,
        """
        SELECT assignment.shift_id, assignment.slot, assignment.person_id, person.name AS person
        FROM shift
        JOIN assignment ON assignment.shift_id = shift.id AND assignment.state <> 'released'
        JOIN person ON person.id = assignment.person_id
        WHERE shift.roster_id = :roster_id
        ORDER BY assignment.shift_id, assignment.slot
        """,
        roster_id=roster_id,
    )
    return {Slot(row["shift_id"], row["slot"]): row for row in found}
