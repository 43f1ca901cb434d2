"""Move a person to another slot, let two change places, let one take over: all out first, then all in, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scheduler import audit
from scheduler.assignments.checks import (
    free_slot,
    refuse_broken_rules,
    refuse_ineligible,
    refuse_taken_time,
    shift_to_change,
)
from scheduler.assignments.pending import put_in, take_out
from scheduler.assignments.seating import _planned as planned
from scheduler.audit import Actor
from scheduler.config import Duty
from scheduler.database import Database, Row, one, run, update, write
from scheduler.errors import Conflict
from scheduler.steps import step


@dataclass(frozen=True, slots=True)
class Taken:
    """A slot and who is to stand it; without a number it is the shift's first free one."""

    shift_id: int
    slot: int | None
    person_id: int
    fixed: bool = False
    source: str = "hand"

    @classmethod
    def of(cls, row: Row) -> Taken:
        """The slot that an assignment's row takes."""
        return cls(row["shift_id"], row["slot"], row["person_id"], bool(row["fixed"]), row["source"])


def move(
    db: Database,
    assignment_id: int,
    shift_id: int,
    slot: int | None = None,
    *,
    by: Actor,
    now: datetime,
    override: str = "",
    duty: Duty | None = None,
) -> int:
    """Let the person stand another slot of the roster instead; gives the new assignment. Refused as in `seat`.

    The old slot is free before anything is checked: the new one may be in the same shift or at the same hours.
    """
    with write(db):
        found, to = planned(db, assignment_id), shift_to_change(db, shift_id)
        _refuse_other_roster(found, to)
        held = _held(db, assignment_id)
        with step(db, found["roster_id"], "move", [held.shift_id, shift_id], by=by, now=now):
            (moved,) = rearrange(db, [found], [Taken(shift_id, slot, held.person_id, held.fixed)], now=now)
            told = _weigh(db, [moved], override, duty)
        _note(
            db, "move", moved, found, by=by, now=now,
            to_place=to["place"], to_day=date.fromisoformat(to["day"]), **told,
        )  # fmt: skip
        return moved


def swap(
    db: Database,
    assignment_id: int,
    other_assignment_id: int,
    *,
    by: Actor,
    now: datetime,
    override: str = "",
    duty: Duty | None = None,
) -> tuple[int, int]:
    """Let two people of the roster change places; gives the new assignments, the first person's first.

    Refused as in `seat`, and then both stay where they are.
    """
    with write(db):
        one_row, other_row = planned(db, assignment_id), planned(db, other_assignment_id)
        _refuse_other_roster(one_row, other_row)
        if one_row["person_id"] == other_row["person_id"]:
            raise Conflict("swap_with_oneself", person=one_row["person"])
        here, there = _held(db, assignment_id), _held(db, other_assignment_id)
        coming = [
            Taken(there.shift_id, there.slot, here.person_id, here.fixed),
            Taken(here.shift_id, here.slot, there.person_id, there.fixed),
        ]
        with step(db, one_row["roster_id"], "swap", [here.shift_id, there.shift_id], by=by, now=now):
            first, second = rearrange(db, [one_row, other_row], coming, now=now)
            told = _weigh(db, [first, second], override, duty)
        _note(
            db, "swap", first, one_row, by=by, now=now, other=other_row["person"],
            other_place=other_row["place"], other_day=date.fromisoformat(other_row["day"]), **told,
        )  # fmt: skip
        return first, second


def hand_over(
    db: Database,
    assignment_id: int,
    person_id: int,
    *,
    to: tuple[int, int] | None = None,
    by: Actor,
    now: datetime,
    override: str = "",
    duty: Duty | None = None,
) -> int:
    """Let somebody else stand the slot, or instead of it a free one of the roster; gives the new assignment.

    Refused as in `seat`, and then whoever stood it still does. Who comes is not fixed: that was meant for who goes.
    """
    with write(db):
        found = planned(db, assignment_id)
        if found["person_id"] == person_id:
            raise Conflict("swap_with_oneself", person=found["person"])
        held = _held(db, assignment_id)
        shift_id, slot = to or (held.shift_id, held.slot)
        _refuse_other_roster(found, shift_to_change(db, shift_id))
        with step(db, found["roster_id"], "reassign", [held.shift_id, shift_id], by=by, now=now):
            (taken,) = rearrange(db, [found], [Taken(shift_id, slot, person_id)], now=now)
            told = _weigh(db, [taken], override, duty)
        _note(db, "reassign", taken, planned(db, taken), by=by, now=now, other=found["person"], **told)
        return taken


def _weigh(db: Database, assignment_ids: Iterable[int], override: str, duty: Duty | None) -> dict[str, str]:
    """Once all stand where they shall: refuse what the rules' levels refuse; keep the reason where one was needed."""
    told: dict[str, str] = {}
    for assignment_id in assignment_ids:
        found = planned(db, assignment_id)
        person = {"id": found["person_id"], "name": found["person"]}
        shift = {"id": found["shift_id"], "unit_id": found["unit_id"]}
        if refuse_broken_rules(db, shift, person, override=override, duty=duty) and override:
            update(db, "assignment", assignment_id, override=override)
            told = {"override": override}
    return told


def rearrange(db: Database, leaving: Iterable[Row], coming: Sequence[Taken], *, now: datetime) -> list[int]:
    """Lift out all who leave, then put in all who come, each checked; gives the new assignments in that order."""
    for found in leaving:
        lift(db, found, now=now)
    return [put(db, taken, now=now) for taken in coming]


def lift(db: Database, found: Row, *, now: datetime) -> None:
    """Free the slot; what was published is withdrawn with the next publication."""
    take_out(db, found["assignment_id"], now=now)


def put(db: Database, taken: Taken, *, now: datetime) -> int:
    """Put a person into a slot, with every check; gives the assignment. Conflict, naming the cause."""
    shift = shift_to_change(db, taken.shift_id)
    person = refuse_ineligible(db, shift, taken.person_id)
    refuse_taken_time(db, shift, person)
    slot = free_slot(db, shift) if taken.slot is None else still_free(db, shift, taken.slot)
    return put_in(db, shift, taken.person_id, slot, now=now, fixed=int(taken.fixed), source=taken.source)


def still_free(db: Database, shift: Row, slot: int) -> int:
    """The slot, if nobody stands it. Conflict, naming who does."""
    where: dict[str, Any] = {"place": shift["place"], "day": date.fromisoformat(shift["day"])}
    if not 1 <= slot <= shift["headcount"]:
        raise Conflict("shift_has_no_such_slot", slot=slot, headcount=shift["headcount"], **where)
    sitting = one(
        db,
        """
        SELECT person.name
        FROM assignment
        JOIN person ON person.id = assignment.person_id
        WHERE shift_id = :shift_id AND slot = :slot AND state <> 'released'
        """,
        shift_id=shift["id"],
        slot=slot,
    )
    if sitting is not None:
        raise Conflict("slot_is_taken", person=sitting["name"], slot=slot, **where)
    return slot


def _held(db: Database, assignment_id: int) -> Taken:
    row = one(
        db,
        "SELECT shift_id, slot, person_id, fixed, source FROM assignment WHERE id = :assignment_id",
        assignment_id=assignment_id,
    )
    return Taken.of(row or {})


def _refuse_other_roster(found: Row, to: Row) -> None:
    if found["roster_id"] != to["roster_id"]:
        raise Conflict("shift_of_another_roster", place=to["place"], day=date.fromisoformat(to["day"]))


def _note(db: Database, act: str, assignment_id: int, found: Row, *, by: Actor, now: datetime, **facts: object) -> None:
    run(db, "UPDATE roster SET version = version + 1 WHERE id = :roster_id", roster_id=found["roster_id"])
    audit.record(
        db, act, "assignment", assignment_id, by=by, now=now, unit_id=found["unit_id"], roster_id=found["roster_id"],
        person=found["person"], place=found["place"], day=date.fromisoformat(found["day"]), **facts,
    )  # fmt: skip
