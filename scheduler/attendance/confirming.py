"""Confirming who attended, and putting one of them right afterwards."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from scheduler import audit, clock, fields, ledger
from scheduler.assignments import pending
from scheduler.audit import Actor
from scheduler.database import Database, Row, one, rows, run, update, write
from scheduler.errors import Conflict, Invalid, NotFound, Problem


def sheet(db: Database, shift_id: int) -> list[Row]:
    """The attendance list, by slot: shift_id, assignment_id, person_id, name, staff_no, unit, state, absence."""
    return _sheets(db, [shift_id])


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
    return confirm_all(db, [shift_id], absent=absent, by=by, now=now, source=source)


def confirm_all(
    db: Database, shift_ids: Sequence[int], *, absent: Mapping[int, str], by: Actor, now: datetime, source: str
) -> int:
    """Confirm each of several shifts as `confirm` does one; where one is refused, none. Gives the entries written."""
    with write(db):
        units = _to_confirm(db, shift_ids, now)
        listed = _sheets(db, shift_ids)
        reasons = _checked(listed, absent)
        forgotten = pending.drop(db, shift_ids)
        present = [row for row in listed if row["assignment_id"] not in reasons]
        arrived = _arrived(db, present)
        sources = {row["assignment_id"]: source for row in present}
        sources |= {row["assignment_id"]: "check_in" for row in arrived}
        _mark(db, list(sources), reasons)
        ledger.credit(db, sources, by=by, now=now)
        _end(db, shift_ids, {row["shift_id"] for row in listed}, by, now)
        counts = {"seated": _by_shift(listed), "present": _by_shift(present), "checked_in": _by_shift(arrived)}
        counts |= {"forgotten": forgotten}
        noted = [_noted(shift_id, units[shift_id], counts, source) for shift_id in shift_ids]
        audit.record_all(db, noted, by=by, now=now)
        return len(present)


def _noted(shift_id: int, unit_id: int, counts: Mapping[str, Counter[int]], source: str) -> Row:
    """What the audit keeps of a shift."""
    here = {name: found[shift_id] for name, found in counts.items()}
    facts = {"present": here["present"], "absent": here["seated"] - here["present"], "source": source}
    facts |= {name: here[name] for name in ("checked_in", "forgotten") if here[name]}
    act = "confirm" if here["seated"] else "cancel"
    return {"act": act, "subject": "shift", "subject_id": shift_id, "unit_id": unit_id, "facts": facts}


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
        (entry_id,) = ledger.credit(db, {assignment_id: "supplemented"}, reason=reason, by=by, now=now)
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


def _sheets(db: Database, shift_ids: Sequence[int]) -> list[Row]:
    return rows(
        db,
        """
        SELECT assignment.shift_id, assignment.id AS assignment_id, person.id AS person_id, person.name,
               person.staff_no, unit.name AS unit, assignment.state, assignment.absence
        FROM json_each(:shift_ids) AS wanted
        CROSS JOIN standing AS assignment ON assignment.shift_id = wanted.value
        JOIN person ON person.id = assignment.person_id
        JOIN unit ON unit.id = person.unit_id
        ORDER BY wanted.key, assignment.slot, assignment.id
        """,
        shift_ids=json.dumps(shift_ids),
    )


def _arrived(db: Database, present: list[Row]) -> list[Row]:
    """Those whose people checked in at the place."""
    found = rows(
        db,
        """
        SELECT assignment_id
        FROM check_in
        WHERE voided_at IS NULL AND assignment_id IN (SELECT value FROM json_each(:ids))
        """,
        ids=json.dumps([row["assignment_id"] for row in present]),
    )
    ids = {row["assignment_id"] for row in found}
    return [row for row in present if row["assignment_id"] in ids]


def _by_shift(listed: Iterable[Row]) -> Counter[int]:
    return Counter(row["shift_id"] for row in listed)


def _to_confirm(db: Database, shift_ids: Sequence[int], now: datetime) -> dict[int, int]:
    """Each shift's unit. Refused where one of them does not exist, or is not to be confirmed by now."""
    found = rows(
        db,
        """
        SELECT shift.id, shift.unit_id, shift.state, shift.ends_at, shift.confirmed_at, shift.confirmed_by,
               roster.state AS roster
        FROM json_each(:shift_ids) AS wanted
        CROSS JOIN shift ON shift.id = wanted.value
        LEFT JOIN roster ON roster.id = shift.roster_id
        """,
        shift_ids=json.dumps(shift_ids),
    )
    if len(found) != len(shift_ids):
        raise NotFound("not_found")
    for shift in found:
        _refuse_to_confirm(shift, clock.to_text(now), db.zone)
    return {shift["id"]: shift["unit_id"] for shift in found}


def _refuse_to_confirm(shift: Row, now: str, zone: ZoneInfo) -> None:
    if shift["state"] == "held":
        when = f"{clock.local(shift['confirmed_at'], zone):%Y-%m-%d %H:%M}"
        raise Conflict("already_confirmed", who=shift["confirmed_by"], when=when)
    if shift["state"] == "cancelled":
        raise Conflict("shift_not_held")
    if shift["roster"] in (None, "draft"):
        raise Conflict("not_published")
    if shift["ends_at"] > now:
        raise Conflict("shift_not_over", ends=f"{clock.local(shift['ends_at'], zone):%Y-%m-%d %H:%M}")


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


def _end(db: Database, shift_ids: Sequence[int], seated: set[int], by: Actor, now: datetime) -> None:
    """A shift that somebody was assigned to was held, another was not."""
    these = "WHERE id IN (SELECT value FROM json_each(:ids))"
    run(
        db,
        f"UPDATE shift SET state = 'held', confirmed_at = :at, confirmed_by = :by {these}",
        ids=json.dumps(sorted(seated)),
        at=clock.to_text(now),
        by=by.name,
    )
    empty = sorted(set(shift_ids) - seated)
    run(db, f"UPDATE shift SET state = 'cancelled' {these}", ids=json.dumps(empty))


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
