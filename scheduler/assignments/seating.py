"""Put a person into a slot, take them out, hold them there: one transaction each."""

from __future__ import annotations

from datetime import date, datetime

from scheduler import audit
from scheduler.assignments.checks import (
    free_slot,
    refuse_broken_rules,
    refuse_ineligible,
    refuse_taken_time,
    shift_to_change,
)
from scheduler.assignments.pending import put_in, take_out
from scheduler.audit import Actor
from scheduler.config import Duty
from scheduler.database import Database, Row, one, run, update, write
from scheduler.errors import Conflict, NotFound
from scheduler.steps import step


def seat(
    db: Database,
    shift_id: int,
    person_id: int,
    *,
    by: Actor,
    now: datetime,
    source: str = "hand",
    slot: int | None = None,
    override: str = "",
    duty: Duty | None = None,
) -> int:
    """Put a person into the shift's first free slot; gives the assignment. Refused, naming the cause: Conflict.

    `slot` is another free one of it.
    `override` is the reason why a rule that warns is set aside; it is kept only where one is.
    In a published roster it waits for the next publication, unless the shift has begun.
    """
    with write(db):
        shift = shift_to_change(db, shift_id)
        person = refuse_ineligible(db, shift, person_id)
        refuse_taken_time(db, shift, person)
        override = override if refuse_broken_rules(db, shift, person, override=override, duty=duty) else ""
        slot = slot or free_slot(db, shift)
        with step(db, shift["roster_id"], "seat", [shift_id], by=by, now=now):
            assignment_id = put_in(db, shift, person_id, slot, now=now, source=source, override=override)
        found = shift | {"person": person["name"], "assignment_id": assignment_id}
        _changed(db, "seat", found, by=by, now=now, **({"override": override} if override else {}))
        return assignment_id


def release(db: Database, assignment_id: int, *, by: Actor, now: datetime) -> None:
    """Free the slot. What was published stays to be seen until the release is published, or the shift had begun."""
    with write(db):
        found = _planned(db, assignment_id)
        with step(db, found["roster_id"], "release", [found["shift_id"]], by=by, now=now):
            take_out(db, assignment_id, now=now)
        _changed(db, "release", found, by=by, now=now)


def fix(db: Database, assignment_id: int, *, by: Actor, now: datetime) -> None:
    """Forbid the engine to move the assignment; a coordinator still may."""
    _set_fixed(db, assignment_id, fixed=True, by=by, now=now)


def unfix(db: Database, assignment_id: int, *, by: Actor, now: datetime) -> None:
    """Let the engine move the assignment again."""
    _set_fixed(db, assignment_id, fixed=False, by=by, now=now)


def _set_fixed(db: Database, assignment_id: int, *, fixed: bool, by: Actor, now: datetime) -> None:
    with write(db):
        found = _planned(db, assignment_id)
        act = "fix" if fixed else "unfix"
        with step(db, found["roster_id"], act, [found["shift_id"]], by=by, now=now):
            update(db, "assignment", assignment_id, fixed=int(fixed))
        _changed(db, act, found, by=by, now=now)


def _planned(db: Database, assignment_id: int) -> Row:
    """The assignment with its shift, while both may still be changed."""
    found = one(
        db,
        """
        SELECT assignment.id AS assignment_id, shift_id, person_id, person.name AS person, assignment.state
        FROM assignment
        JOIN person ON person.id = assignment.person_id
        WHERE assignment.id = :assignment_id
        """,
        assignment_id=assignment_id,
    )
    if found is None:
        raise NotFound("not_found")
    shift = shift_to_change(db, found["shift_id"])
    if found["state"] == "released":
        raise Conflict("already_released", person=found["person"])
    return shift | found


def _changed(db: Database, act: str, found: Row, *, by: Actor, now: datetime, **more: object) -> None:
    """The roster is another one now: whoever looks at the old one is told so."""
    run(db, "UPDATE roster SET version = version + 1 WHERE id = :roster_id", roster_id=found["roster_id"])
    audit.record(
        db,
        act,
        "assignment",
        found["assignment_id"],
        by=by,
        now=now,
        unit_id=found["unit_id"],
        roster_id=found["roster_id"],
        person=found["person"],
        place=found["place"],
        day=date.fromisoformat(found["day"]),
        **more,
    )
