"""Which rules a roster does not keep as it stands now, in words that name person, place and day."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from scheduler import rotation, rules
from scheduler.assignments.customs import Broken, customs
from scheduler.config import Duty
from scheduler.database import Database, Row, rows, value
from scheduler.errors import NotFound, Problem
from scheduler.rosters.reading import number, problem, seats

# Facts, not rules: they block whatever an organisation decides. So does whatever makes a person not eligible.
FACTS = ("leave", "double_booking", "over_headcount", "duplicate")


@dataclass(frozen=True, slots=True)
class Found:
    """One breach: in words, how strictly it is taken, and where it is. A missed quota is at no shift.

    `override` is the reason that a coordinator gave for it when they seated the person.
    """

    problem: Problem
    level: rules.Level
    shift_id: int | None
    slot: int | None
    person_id: int
    override: str = ""

    @property
    def blocks(self) -> bool:
        """Whether it stands against publishing."""
        return self.level == "block"


def breaches(db: Database, roster_id: int, *, duty: Duty | None = None) -> list[Found]:
    """Every rule that the roster does not keep now: leave filed since it was filled, short rests, missed visits..."""
    index = rotation.indexed(problem(db, roster_id, duty=duty))
    return found_in(db, index, seats(db, roster_id), levels_of(db, roster_id))


def levels_of(db: Database, roster_id: int) -> rules.Levels:
    """How strictly the roster's unit takes each rule. NotFound."""
    unit_id = value(db, "SELECT unit_id FROM roster WHERE id = :roster_id", roster_id=roster_id)
    if unit_id is None:
        raise NotFound("not_found")
    return rules.levels(db, unit_id)


def found_in(
    db: Database, index: rotation.Index, standing: list[rotation.Seat], levels: rules.Levels = rules.DEFAULTS
) -> list[Found]:
    """The same for a roster whose problem has been read already."""
    found = [breach for breach in rotation.breaches(index, standing) if breach.rule != "pin_missing" and breach.staff]
    seated = [(number(seat.staff), number(seat.duty)) for seat in standing]
    kept = customs(db, levels, {person for person, _ in seated}, {shift for _, shift in seated})
    broken = [(at, one) for at in seated for one in kept.about(*at, earlier=True)]
    duties = {number(name) for breach in found for name in (breach.duty, breach.other) if name}
    who = {number(breach.staff) for breach in found if breach.staff} | {person for (person, _), _ in broken}
    shifts, people = _shifts(db, duties), _people(db, who)
    taken = _taken(db, duties | {shift for (_, shift), _ in broken})
    return [
        _found(breach, _in_words(breach, times, shifts, people), taken, levels)
        for breach, times in Counter(found).items()
    ] + [_custom(at, one, people, taken, levels) for at, one in broken]


def _found(breach: rotation.Breach, problem: Problem, taken: dict[tuple[int, int], Row], levels: rules.Levels) -> Found:
    is_fact = breach.rule in FACTS or breach.rule.startswith("ineligible_")
    level: rules.Level = "block" if is_fact else levels.get(rules.OF_BREACH.get(breach.rule, ""), "note")
    shift_id = number(breach.duty) if breach.duty else None
    person_id = number(breach.staff or "")
    seat = taken.get((shift_id, person_id)) if shift_id else None
    override = seat["override"] if seat else ""
    return Found(problem, level, shift_id, seat["slot"] if seat else None, person_id, override)


def _custom(
    at: tuple[int, int], broken: Broken, people: dict[int, Row], taken: dict[tuple[int, int], Row], levels: rules.Levels
) -> Found:
    person_id, shift_id = at
    seat = taken[shift_id, person_id]
    problem = broken.breach(people[person_id]["name"])
    return Found(problem, levels[broken.rule], shift_id, seat["slot"], person_id, seat["override"])


def _in_words(
    breach: rotation.Breach,
    times: int,
    shifts: dict[int, Row],
    people: dict[int, Row],
) -> Problem:
    shift = shifts.get(number(breach.duty)) if breach.duty else None
    other = shifts.get(number(breach.other)) if breach.other else None
    person = people[number(breach.staff or "")]
    facts: dict[str, object] = {"person": person["name"]}
    if shift is not None:
        facts |= {"place": shift["place"], "day": date.fromisoformat(shift["day"])}
    if breach.day is not None:
        facts |= {"monday": breach.day, "count": times}
    is_ineligible = breach.rule.startswith("ineligible_")
    if is_ineligible:
        facts |= {"refusal": breach.rule.removeprefix("ineligible_")}
    code = "breach_not_eligible" if is_ineligible else f"breach_{breach.rule}"
    if other is not None and breach.rule in ("rest_gap", "double_booking"):
        code += "_within"
        facts |= {"other": other["place"], "other_day": date.fromisoformat(other["day"])}
    return Problem(code, facts=facts)


def _shifts(db: Database, ids: Iterable[int]) -> dict[int, Row]:
    found = rows(
        db,
        """
        SELECT shift.id, shift.day, place.name AS place
        FROM shift
        JOIN place ON place.id = shift.place_id
        WHERE shift.id IN (SELECT value FROM json_each(:ids))
        ORDER BY shift.id
        """,
        ids=json.dumps(sorted(ids)),
    )
    return {row["id"]: row for row in found}


def _taken(db: Database, ids: Iterable[int]) -> dict[tuple[int, int], Row]:
    """By shift and person: the slot that they stand, and why all the same."""
    found = rows(
        db,
        """
        SELECT shift_id, person_id, slot, override
        FROM assignment
        WHERE shift_id IN (SELECT value FROM json_each(:ids)) AND state <> 'released'
        ORDER BY shift_id, slot
        """,
        ids=json.dumps(sorted(ids)),
    )
    return {(row["shift_id"], row["person_id"]): row for row in found}


def _people(db: Database, ids: Iterable[int]) -> dict[int, Row]:
    found = rows(
        db,
        "SELECT id, name FROM person WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id",
        ids=json.dumps(sorted(ids)),
    )
    return {row["id"]: row for row in found}
