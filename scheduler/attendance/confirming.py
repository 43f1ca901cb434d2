"""Confirming who attended, by hand or by default, and putting one of them right afterwards."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from scheduler import audit, clock, fields, ledger
from scheduler.assignments import pending
from scheduler.audit import SYSTEM, Actor
from scheduler.database import Database, IntegrityError, Row, one, rows, run, update, write
from scheduler.errors import Conflict, Invalid, NotFound, Problem, Refusal, Unavailable

log = logging.getLogger(__name__)

CLOSED_TOGETHER = 50  # others may write in between


def sheet(db: Database, shift_id: int) -> list[Row]:
    """The attendance list, by slot: assignment_id, person_id, name, staff_no, unit, state, absence."""
    return rows(
        db,
        """
        SELECT assignment.id AS assignment_id, person.id AS person_id, person.name, person.staff_no,
               unit.name AS unit, assignment.state, assignment.absence
        FROM standing AS assignment
        JOIN person ON person.id = assignment.person_id
        JOIN unit ON unit.id = person.unit_id
        WHERE assignment.shift_id = :shift_id
        ORDER BY assignment.slot, assignment.id
        """,
        shift_id=shift_id,
    )


def confirm(
    db: Database,
    shift_id: int,
    *,
    absent: Mapping[int, str],
    by: Actor,
    now: datetime,
    source: str = "roll_call",
) -> int:
    """Confirm who attended: all but the assignments named absent (with a reason each). Gives the entries written.

    A shift that nobody was assigned to was not held: it is cancelled. One whose people were all
    absent is held and counts nothing. Refused before the shift is over, and a second time.
    Changes that were not published by then are forgotten: it took place as people were told.
    Who checked in at the place is entered with that as the source, whoever confirms.
    """
    with write(db):
        shift = _to_confirm(db, shift_id, now)
        listed = sheet(db, shift_id)
        reasons = _checked(listed, absent)
        present = [row["assignment_id"] for row in listed if row["assignment_id"] not in reasons]
        forgotten = pending.drop(db, shift_id)
        _mark(db, present, reasons)
        arrived = _arrived(db, present)
        for assignment_ids, evidence in ((arrived, "check_in"), (sorted(set(present) - set(arrived)), source)):
            if assignment_ids:
                ledger.credit(db, shift_id, assignment_ids, source=evidence, by=by, now=now)
        if listed:
            update(db, "shift", shift_id, state="held", confirmed_at=clock.to_text(now), confirmed_by=by.name)
        else:
            update(db, "shift", shift_id, state="cancelled")
        facts = {"present": len(present), "absent": len(reasons), "source": source}
        facts |= {"checked_in": len(arrived)} if arrived else {}
        facts |= {"forgotten": forgotten} if forgotten else {}
        act = "confirm" if listed else "cancel"
        audit.record(db, act, "shift", shift_id, by=by, now=now, unit_id=shift["unit_id"], **facts)
        return len(present)


def close_overdue(db: Database, *, after: timedelta, now: datetime) -> int:
    """Confirm as all present each published shift that ended longer ago than `after`; gives how many.

    One where everybody checked in waits for nobody: it is confirmed once it is over.

    One that cannot be closed is logged and stays on the coordinators' list, the others are closed all
    the same. A few together are one transaction, so that thousands do not wait for the disk thousands of times.
    """
    closed = 0
    waiting = _unconfirmed(db, clock.to_text(now - after), clock.to_text(now))
    for start in range(0, len(waiting), CLOSED_TOGETHER):
        with write(db):
            closed += sum(_closed(db, shift["id"], now) for shift in waiting[start : start + CLOSED_TOGETHER])
    return closed


def _closed(db: Database, shift_id: int, now: datetime) -> bool:
    """Whether the shift could be confirmed; where it could not, nothing of it is written."""
    try:
        confirm(db, shift_id, absent={}, by=SYSTEM, now=now, source="default")
    except Unavailable:
        raise
    except (Refusal, IntegrityError) as error:
        log.error("shift %d cannot be closed: %s", shift_id, error)
        return False
    return True


def mark_absent(db: Database, assignment_id: int, *, reason: str, by: Actor, now: datetime) -> int:
    """After confirmation: a person counted as present was not. Their entry is reversed; gives the correction's id."""
    with write(db):
        found = _confirmed(db, assignment_id, reason)
        entry_id = ledger.standing(db, found["shift_id"], found["person_id"])
        if entry_id is None:
            raise Conflict("already_absent", person=found["person"])
        update(db, "assignment", assignment_id, state="absent", absence=reason.strip())
        return ledger.correct(db, entry_id, reason=reason, by=by, now=now)


def mark_present(db: Database, assignment_id: int, *, reason: str, by: Actor, now: datetime) -> int:
    """After confirmation: a person counted as absent was there. They are credited now; gives the new entry's id."""
    with write(db):
        found = _confirmed(db, assignment_id, reason)
        update(db, "assignment", assignment_id, state="present", absence="")
        (entry_id,) = ledger.credit(
            db, found["shift_id"], [assignment_id], source="supplemented", reason=reason, by=by, now=now
        )
        facts = {"entry": entry_id, "reason": reason.strip()}
        audit.record(db, "supplement", "assignment", assignment_id, by=by, now=now, unit_id=found["unit_id"], **facts)
        return entry_id


def waiting(db: Database, unit_ids: Iterable[int], *, now: datetime, limit: int = 200) -> list[Row]:
    """Published shifts of these units and all below them that are over and unconfirmed, oldest first.

    id, day, starts_at, ends_at, place, activity, unit, headcount, seated, waiting (how many there are in all).
    """
    return rows(
        db,
        """
        SELECT shift.id, shift.day, shift.starts_at, shift.ends_at, place.name AS place,
               activity.name_zh AS activity_zh, activity.name_en AS activity_en,
               unit.name AS unit, shift.headcount,
               COUNT(assignment.id) AS seated, COUNT(*) OVER () AS waiting
        FROM shift
        JOIN roster ON roster.id = shift.roster_id AND roster.state <> 'draft'
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        JOIN unit ON unit.id = shift.unit_id
        LEFT JOIN standing AS assignment ON assignment.shift_id = shift.id
        WHERE shift.state = 'planned' AND shift.ends_at <= :now
          AND shift.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:unit_ids))
          )
        GROUP BY shift.id
        ORDER BY shift.ends_at, shift.id
        LIMIT :limit
        """,
        now=clock.to_text(now),
        unit_ids=json.dumps(sorted(unit_ids)),
        limit=limit,
    )


def _unconfirmed(db: Database, ended_by: str, now: str) -> list[Row]:
    """Ended long ago, or over now and everybody was there by their own check-in."""
    return rows(
        db,
        """
        SELECT shift.id
        FROM shift
        JOIN roster ON roster.id = shift.roster_id AND roster.state <> 'draft'
        WHERE shift.state = 'planned' AND shift.ends_at <= :now AND (
            shift.ends_at <= :ended_by
            OR (
                SELECT COUNT(*) > 0 AND COUNT(*) = COUNT(check_in.id)
                FROM standing
                LEFT JOIN check_in ON check_in.assignment_id = standing.id
                WHERE standing.shift_id = shift.id
            )
        )
        ORDER BY shift.ends_at, shift.id
        """,
        ended_by=ended_by,
        now=now,
    )


def _arrived(db: Database, assignment_ids: list[int]) -> list[int]:
    """Those of the assignments whose people checked in at the place."""
    found = rows(
        db,
        """
        SELECT assignment_id
        FROM check_in
        WHERE voided_at IS NULL AND assignment_id IN (SELECT value FROM json_each(:ids))
        ORDER BY assignment_id
        """,
        ids=json.dumps(assignment_ids),
    )
    return [row["assignment_id"] for row in found]


def _to_confirm(db: Database, shift_id: int, now: datetime) -> Row:
    shift = one(
        db,
        """
        SELECT shift.unit_id, shift.state, shift.ends_at, shift.confirmed_at, shift.confirmed_by, roster.state AS roster
        FROM shift
        LEFT JOIN roster ON roster.id = shift.roster_id
        WHERE shift.id = :shift_id
        """,
        shift_id=shift_id,
    )
    if shift is None:
        raise NotFound("not_found")
    if shift["state"] == "held":
        when = f"{clock.local(shift['confirmed_at'], db.zone):%Y-%m-%d %H:%M}"
        raise Conflict("already_confirmed", who=shift["confirmed_by"], when=when)
    if shift["state"] == "cancelled":
        raise Conflict("shift_not_held")
    if shift["roster"] in (None, "draft"):
        raise Conflict("not_published")
    if shift["ends_at"] > clock.to_text(now):
        raise Conflict("shift_not_over", ends=f"{clock.local(shift['ends_at'], db.zone):%Y-%m-%d %H:%M}")
    return shift


def _checked(listed: list[Row], absent: Mapping[int, str]) -> dict[int, str]:
    """The absences with their reasons trimmed; every one that is unknown or gives none is refused at its field."""
    names = {row["assignment_id"]: row["name"] for row in listed}
    problems: list[Problem] = []
    for assignment_id, reason in absent.items():
        field = f"reason-{assignment_id}"
        if assignment_id not in names:
            problems.append(Problem("unknown_assignment", field))
        elif not reason.strip():
            problems.append(Problem("absence_needs_reason", field, facts={"person": names[assignment_id]}))
        else:
            problems += fields.text(field, reason, most=ledger.REASON_LENGTH)
    if problems:
        raise Invalid.of(problems)
    return {assignment_id: reason.strip() for assignment_id, reason in absent.items()}


def _mark(db: Database, present: list[int], absent: Mapping[int, str]) -> None:
    run(
        db,
        "UPDATE assignment SET state = 'present' WHERE id IN (SELECT value FROM json_each(:present))",
        present=json.dumps(present),
    )
    for assignment_id, reason in absent.items():
        update(db, "assignment", assignment_id, state="absent", absence=reason)


def _confirmed(db: Database, assignment_id: int, reason: str) -> Row:
    """The assignment of a confirmed shift, about to be put right with a reason."""
    ledger.refuse_bad_reason(reason)
    found = one(
        db,
        """
        SELECT assignment.shift_id, assignment.person_id, person.name AS person, shift.unit_id, shift.state
        FROM standing AS assignment
        JOIN shift ON shift.id = assignment.shift_id
        JOIN person ON person.id = assignment.person_id
        WHERE assignment.id = :assignment_id
        """,
        assignment_id=assignment_id,
    )
    if found is None:
        raise NotFound("not_found")
    if found["state"] != "held":
        raise Conflict("not_confirmed_yet")
    return found
