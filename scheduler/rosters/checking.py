"""Which rules a roster does not keep as it stands now, in words that name person, place and day."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from scheduler import rotation
from scheduler.config import Duty
from scheduler.database import Database, Row, rows
from scheduler.errors import Problem
from scheduler.rosters.reading import number, problem, seats

# The engine keeps rest and caps as well, but a coordinator may knowingly not: those are shown and block nothing.
BLOCKING = ("leave", "double_booking", "over_headcount", "duplicate")


@dataclass(frozen=True, slots=True)
class Found:
    """One breach: in words, whether it stands against publishing, and where it is. A missed quota is at no shift."""

    problem: Problem
    blocks: bool
    shift_id: int | None
    slot: int | None
    person_id: int


def breaches(db: Database, roster_id: int, *, duty: Duty | None = None) -> list[Found]:
    """Every rule that the roster does not keep now: leave filed since it was filled, short rests, missed visits..."""
    return found_in(db, rotation.indexed(problem(db, roster_id, duty=duty)), seats(db, roster_id))


def found_in(db: Database, index: rotation.Index, standing: list[rotation.Seat]) -> list[Found]:
    """The same for a roster whose problem has been read already."""
    found = [breach for breach in rotation.breaches(index, standing) if breach.rule != "pin_missing" and breach.staff]
    duties = {number(name) for breach in found for name in (breach.duty, breach.other) if name}
    shifts, people = _shifts(db, duties), _people(db, {number(breach.staff) for breach in found if breach.staff})
    slots = _slots(db, duties)
    return [_in_words(breach, times, shifts, people, slots) for breach, times in Counter(found).items()]


def _in_words(
    breach: rotation.Breach,
    times: int,
    shifts: dict[int, Row],
    people: dict[int, Row],
    slots: dict[tuple[int, int], int],
) -> Found:
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
    blocks = is_ineligible or breach.rule in BLOCKING
    shift_id = shift["id"] if shift else None
    slot = slots.get((shift_id, person["id"])) if shift_id else None
    return Found(Problem(code, facts=facts), blocks, shift_id, slot, person["id"])


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


def _slots(db: Database, ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """By shift and person: the number of the slot that they stand."""
    found = rows(
        db,
        """
        SELECT shift_id, person_id, slot
        FROM assignment
        WHERE shift_id IN (SELECT value FROM json_each(:ids)) AND state <> 'released'
        ORDER BY shift_id, slot
        """,
        ids=json.dumps(sorted(ids)),
    )
    return {(row["shift_id"], row["person_id"]): row["slot"] for row in found}


def _people(db: Database, ids: Iterable[int]) -> dict[int, Row]:
    found = rows(
        db,
        "SELECT id, name FROM person WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id",
        ids=json.dumps(sorted(ids)),
    )
    return {row["id"]: row for row in found}
