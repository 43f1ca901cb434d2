"""One drag on the board: a person to a slot, a slot to another or out; seen by two, changed by the first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scheduler import clock
from scheduler.assignments.exchange import hand_over, move, swap
from scheduler.assignments.seating import fix, release, seat, unfix
from scheduler.audit import Actor
from scheduler.config import Duty
from scheduler.database import Database, Row, one, write
from scheduler.errors import Conflict, Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Slot:
    """One seat of a shift, by its number."""

    shift_id: int
    number: int


Seen = Mapping[Slot, int | None]  # who stood in each slot when the reader looked


def drop(
    db: Database,
    roster_id: int,
    *,
    target: Slot | None,
    source: Slot | None = None,
    person_id: int | None = None,
    seen: Seen | None = None,
    override: str = "",
    by: Actor,
    now: datetime,
    duty: Duty | None = None,
) -> str:
    """Seat a person, move or swap a slot's, or release them (no target); gives which: seat, move, swap, release.

    A slot and a person: they take it over from who stands it, or stand the target instead of it: reassign.
    Refused as those are; and first of all where somebody else stands in a slot by now than the reader saw: the
    refusal names both, and who changed it.
    """
    if source is None and (person_id is None or target is None):
        raise Invalid("bad_drop")
    with write(db):
        for slot, person in (seen or {}).items():
            _refuse_changed(db, roster_id, slot, person)
        told: dict[str, Any] = {"override": override, "by": by, "now": now, "duty": duty}
        there = _standing(db, roster_id, target) if target else None
        if person_id is not None and there and target:
            raise Conflict("slot_is_taken", person=there["person"], slot=target.number, **_where(there))
        if source is None and target and person_id is not None:
            if target.number > _shift(db, roster_id, target)["headcount"]:
                raise NotFound("not_found")
            seat(db, target.shift_id, person_id, slot=target.number, **told)
            return "seat"
        here = _standing(db, roster_id, source) if source else None
        if here is None:
            raise Conflict("slot_is_empty")
        if person_id is not None and person_id != here["person_id"]:
            to = (target.shift_id, target.number) if target else None
            hand_over(db, here["assignment_id"], person_id, to=to, **told)
            return "reassign"
        if person_id is not None and target is None:
            raise Invalid("bad_drop")
        return _leave(db, here, there, target, told)


def _leave(db: Database, here: Row, there: Row | None, target: Slot | None, told: dict[str, Any]) -> str:
    """Whoever stands here goes to the target, out of the roster, or changes places with who stands there."""
    if target is None:
        release(db, here["assignment_id"], by=told["by"], now=told["now"])
        return "release"
    if there:
        swap(db, here["assignment_id"], there["assignment_id"], **told)
        return "swap"
    move(db, here["assignment_id"], target.shift_id, target.number, **told)
    return "move"


def lock(db: Database, roster_id: int, slot: Slot, *, seen: Seen | None = None, by: Actor, now: datetime) -> str:
    """Fix whoever stands the slot, or unfix them where they are fixed; gives which. Refused where it has changed."""
    with write(db):
        for at, person in (seen or {}).items():
            _refuse_changed(db, roster_id, at, person)
        here = _standing(db, roster_id, slot)
        if here is None:
            raise Conflict("slot_is_empty")
        act = unfix if here["fixed"] else fix
        act(db, here["assignment_id"], by=by, now=now)
        return act.__name__


def _refuse_changed(db: Database, roster_id: int, slot: Slot, seen: int | None) -> None:
    there = _standing(db, roster_id, slot)
    stands = there["person_id"] if there else None
    if stands == seen:
        return
    shift = _shift(db, roster_id, slot)
    before = one(db, "SELECT name FROM person WHERE id = :id", id=seen)
    facts = {**_where(shift), "slot": slot.number, **_who(db, roster_id)}
    if there is None:
        raise Conflict("slot_was_freed", before=before["name"] if before else "", **facts)
    if before is None:
        raise Conflict("slot_was_taken", after=there["person"], **facts)
    raise Conflict("slot_was_changed", before=before["name"], after=there["person"], **facts)


def _standing(db: Database, roster_id: int, slot: Slot) -> Row | None:
    """Who stands in a slot of the roster, or None."""
    return one(
        db,
        """
        SELECT assignment.id AS assignment_id, assignment.person_id, person.name AS person, assignment.fixed,
               place.name AS place, shift.day
        FROM assignment
        JOIN person ON person.id = assignment.person_id
        JOIN shift ON shift.id = assignment.shift_id
        JOIN place ON place.id = shift.place_id
        WHERE assignment.shift_id = :shift_id AND assignment.slot = :number AND assignment.state <> 'released'
          AND shift.roster_id = :roster_id
        """,
        shift_id=slot.shift_id,
        number=slot.number,
        roster_id=roster_id,
    )


def _shift(db: Database, roster_id: int, slot: Slot) -> Row:
    found = one(
        db,
        """
        SELECT place.name AS place, shift.day, shift.headcount
        FROM shift
        JOIN place ON place.id = shift.place_id
        WHERE shift.id = :shift_id AND shift.roster_id = :roster_id
        """,
        shift_id=slot.shift_id,
        roster_id=roster_id,
    )
    if found is None:
        raise NotFound("not_found")
    return found


def _where(row: Row) -> dict[str, Any]:
    return {"place": row["place"], "day": date.fromisoformat(row["day"])}


def _who(db: Database, roster_id: int) -> dict[str, Any]:
    """Who changed the roster last, and when."""
    found = one(
        db,
        """
        SELECT actor, at
        FROM audit
        WHERE subject IN ('assignment', 'roster')
          AND (facts ->> 'roster_id' = :roster_id OR (subject = 'roster' AND subject_id = :roster_id))
        ORDER BY id DESC
        LIMIT 1
        """,
        roster_id=roster_id,
    )
    if found is None:
        return {"who": "?", "when": "?"}
    return {"who": found["actor"], "when": f"{clock.local(found['at'], db.zone):%H:%M}"}
