"""Who stood at some shifts, and the shifts themselves, put back as they were: checked as if it were done by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from scheduler import rules
from scheduler.assignments.checks import refuse_ineligible, refuse_taken_time, shift_to_change, warnings
from scheduler.assignments.exchange import still_free
from scheduler.assignments.pending import put_in, take_out
from scheduler.config import Duty
from scheduler.database import Database, Row, one, rows, run, update
from scheduler.errors import Conflict, Problem

KEPT = ("fixed", "source", "override")

Side = Mapping[str, Any]  # of a step: {"seats": rows, "shifts": rows}


def put_back(db: Database, there: Side, back: Side, *, now: datetime, duty: Duty | None = None) -> None:
    """From one side of a step to the other. Conflict, naming who or what stands in the way; nothing is then changed.

    What only warns is no hindrance: it was weighed when the seat was given, and is told on the board.
    """
    stay = {_at(seat): seat for seat in back["seats"]}
    held = {_at(seat): _still_there(db, seat) for seat in there["seats"]}
    for at, assignment_id in held.items():
        if at in stay:  # the same person in the same slot: only its lock or its reason differ
            update(db, "assignment", assignment_id, **{name: stay[at][name] for name in KEPT})
        else:
            take_out(db, assignment_id, now=now)
    _shifts_back(db, there["shifts"], back["shifts"])
    for at, seat in stay.items():
        if at not in held:
            _seat_back(db, seat, now=now)
    _refuse_blocked(db, [seat for at, seat in stay.items() if at not in held], duty)


def _at(seat: Row) -> tuple[int, int, int]:
    return seat["shift_id"], seat["slot"], seat["person_id"]


def _still_there(db: Database, seat: Row) -> int:
    """The assignment, if it is as the step left it."""
    shift = shift_to_change(db, seat["shift_id"])
    found = one(
        db,
        """
        SELECT id, fixed
        FROM assignment
        WHERE shift_id = :shift_id AND slot = :slot AND person_id = :person_id AND state <> 'released'
        """,
        shift_id=seat["shift_id"],
        slot=seat["slot"],
        person_id=seat["person_id"],
    )
    if found is None or found["fixed"] != seat["fixed"]:
        name = one(db, "SELECT name FROM person WHERE id = :id", id=seat["person_id"]) or {}
        code = "step_is_overtaken" if found is None else "step_is_overtaken_by_lock"
        raise Conflict(code, person=name["name"], place=shift["place"], day=date.fromisoformat(shift["day"]))
    return int(found["id"])


def _seat_back(db: Database, seat: Row, *, now: datetime) -> None:
    shift = shift_to_change(db, seat["shift_id"])
    person = refuse_ineligible(db, shift, seat["person_id"])
    refuse_taken_time(db, shift, person)
    slot = still_free(db, shift, seat["slot"])
    put_in(db, shift, person["id"], slot, now=now, **{name: seat[name] for name in KEPT})


def _refuse_blocked(db: Database, seats: Sequence[Row], duty: Duty | None) -> None:
    """Refuse seats against a rule that blocks, once all are back: by hand nobody could be seated so."""
    for seat in seats:
        shift = shift_to_change(db, seat["shift_id"])
        levels = rules.levels(db, shift["unit_id"])
        if "block" not in levels.values():
            return  # the rule of most houses: a whole fill is undone without a question for each seat
        found = rules.by_level(levels, warnings(db, shift["id"], seat["person_id"], duty=duty))["block"]
        if found:
            name = one(db, "SELECT name FROM person WHERE id = :id", id=seat["person_id"]) or {}
            raise Conflict.of([Problem("rule_blocks", facts={"person": name["name"]}), *found])


def _shifts_back(db: Database, there: Sequence[Row], back: Sequence[Row]) -> None:
    """Take out the shifts that the step added, give back those that it took out, and the old shape to the others."""
    old, new = {row["id"]: row for row in back}, {row["id"]: row for row in there}
    _refuse_taken(db, list(new))
    for shift_id in new.keys() - old.keys():
        run(db, "DELETE FROM shift WHERE id = :shift_id", shift_id=shift_id)
    for shift_id in new.keys() & old.keys():
        update(db, "shift", shift_id, **{name: held for name, held in old[shift_id].items() if name != "id"})
    db.table("shift").insert_all([old[shift_id] for shift_id in sorted(old.keys() - new.keys())])


def _refuse_taken(db: Database, shift_ids: Sequence[int]) -> None:
    """A shift that somebody stands is not taken from under them."""
    found = rows(
        db,
        """
        SELECT person.name AS person, place.name AS place, shift.day
        FROM assignment
        JOIN shift ON shift.id = assignment.shift_id
        JOIN place ON place.id = shift.place_id
        JOIN person ON person.id = assignment.person_id
        WHERE shift.id IN (SELECT value FROM json_each(:ids))
        ORDER BY shift.starts_at, assignment.slot
        LIMIT 1
        """,
        ids=json.dumps(sorted(shift_ids)),
    )
    if found:
        raise Conflict("step_shift_is_taken", **(found[0] | {"day": date.fromisoformat(found[0]["day"])}))
