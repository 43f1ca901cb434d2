"""Who came, when one may come, and what contradicts a roll call."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from scheduler import clock
from scheduler.audit import Actor
from scheduler.config import Duty
from scheduler.database import Database, Row, one, rows, value
from scheduler.errors import NotFound

Moment = Literal["early", "open", "late", "over"]

DUTY = """
    SELECT assignment.id AS assignment_id, assignment.person_id, assignment.state, shift.id AS shift_id, shift.key,
           shift.unit_id, shift.state AS shift_state, shift.day, shift.starts_at, shift.ends_at,
           place.name AS place, place.address, activity.name_zh AS activity_zh, activity.name_en AS activity_en,
           check_in.id AS check_in_id, check_in.at, check_in.received_at, check_in.way, check_in.late,
           check_in.left_at, COALESCE(check_in.note, '') AS note, check_in.photo,
           check_in.voided_at, check_in.void_reason
    FROM standing AS assignment
    JOIN shift ON shift.id = assignment.shift_id
    JOIN place ON place.id = shift.place_id
    JOIN activity ON activity.id = shift.activity_id
    LEFT JOIN check_in ON check_in.assignment_id = assignment.id
    WHERE assignment.id = :id AND assignment.person_id = :person_id
"""


def own_duty(db: Database, assignment_id: int, by: Actor) -> Row:
    """A published duty of one's own with its check-in; NotFound for anybody else's."""
    found = one(db, DUTY, id=assignment_id, person_id=by.person_id)
    if found is None:
        raise NotFound("not_found")
    return found


def duty(db: Database, assignment_id: int, *, duty: Duty, by: Actor, now: datetime) -> Row:
    """One's own duty as the check-in page shows it: as `own_duty`, with moment, opens_at and may_leave."""
    found = own_duty(db, assignment_id, by)
    return found | {
        "moment": moment_of(found, duty, now),
        "opens_at": clock.to_text(opens_at(found, duty)),
        "may_leave": found["at"] is not None and found["left_at"] is None and now < closes_at(db, found),
    }


def assignment_at(db: Database, shift_id: int, by: Actor) -> int:
    """The actor's own assignment to a shift; NotFound where there is none."""
    found = value(
        db,
        "SELECT id FROM standing WHERE shift_id = :shift_id AND person_id = :person_id",
        shift_id=shift_id,
        person_id=by.person_id,
    )
    if found is None:
        raise NotFound("not_found")
    return int(found)


def person_of(db: Database, check_in_id: int) -> int:
    """Whose check-in it is; NotFound."""
    found = value(
        db,
        "SELECT person_id FROM assignment WHERE id = (SELECT assignment_id FROM check_in WHERE id = :id)",
        id=check_in_id,
    )
    if found is None:
        raise NotFound("not_found")
    return int(found)


def opens_at(shift: Row, duty: Duty) -> datetime:
    """From when one may check in to a shift."""
    return clock.from_text(shift["starts_at"]) - timedelta(minutes=duty.check_in_before_minutes)


def closes_at(db: Database, shift: Row) -> datetime:
    """Until when what happened at a shift may still arrive: the midnight that ends its last day."""
    last = clock.local(shift["ends_at"], db.zone).date()
    return clock.midnight(last + timedelta(days=1), db.zone)


def moment_of(shift: Row, duty: Duty, now: datetime) -> Moment:
    """Where a moment lies to a shift's window: early, open, late (until the shift ends) or over."""
    starts, ends = clock.from_text(shift["starts_at"]), clock.from_text(shift["ends_at"])
    if now < opens_at(shift, duty):
        return "early"
    if now > ends:
        return "over"
    return "open" if now <= starts + timedelta(minutes=duty.check_in_after_minutes) else "late"


def is_open(shift: Row, duty: Duty, now: datetime) -> bool:
    """Whether a screen shows the shift's code: as long as one may check in."""
    return moment_of(shift, duty, now) in ("open", "late")


def may_host(db: Database, shift_id: int, by: Actor) -> bool:
    """Whether the actor may show the shift's code on a telephone of theirs, beside its coordinators.

    Who answers for the place on that day, and whoever has checked in themselves: nobody gives themselves the code.
    """
    return bool(
        value(
            db,
            """
            SELECT EXISTS (
                SELECT 1 FROM shift
                JOIN sponsorship ON sponsorship.place_id = shift.place_id AND sponsorship.starts_on <= shift.day
                    AND COALESCE(sponsorship.ends_on, shift.day) >= shift.day
                WHERE shift.id = :shift_id AND sponsorship.responsible_id = :person_id
                  AND NOT EXISTS (
                      SELECT 1 FROM standing WHERE shift_id = :shift_id AND person_id = :person_id
                  )
            ) OR EXISTS (
                SELECT 1 FROM standing
                JOIN check_in ON check_in.assignment_id = standing.id AND check_in.voided_at IS NULL
                WHERE standing.shift_id = :shift_id AND standing.person_id = :person_id
            )
            """,
            shift_id=shift_id,
            person_id=by.person_id,
        )
    )


def of_shift(db: Database, shift_id: int) -> dict[int, Row]:
    """Every check-in of a shift by assignment: id, at, received_at, way, late, left_at, left_early, note, photo, …

    voided_at, voided_by, void_reason, and state of the assignment.
    """
    found = rows(
        db,
        """
        SELECT check_in.assignment_id, check_in.id, check_in.at, check_in.received_at, check_in.way, check_in.late,
               check_in.left_at, COALESCE(check_in.left_at < assignment.ends_at, 0) AS left_early, check_in.note,
               check_in.photo, check_in.voided_at, check_in.voided_by, check_in.void_reason, assignment.state
        FROM check_in
        JOIN standing AS assignment ON assignment.id = check_in.assignment_id
        WHERE assignment.shift_id = :shift_id
        ORDER BY check_in.at, check_in.id
        """,
        shift_id=shift_id,
    )
    return {row["assignment_id"]: row for row in found}


def contradictions(db: Database, unit_ids: Iterable[int], *, limit: int = 100) -> list[Row]:
    """Who checked in and was marked absent all the same, of these units and below; until one of the two is mended.

    shift_id, day, starts_at, ends_at, place, person, absence, at, way.
    """
    return rows(
        db,
        """
        SELECT shift.id AS shift_id, shift.day, shift.starts_at, shift.ends_at, place.name AS place,
               person.name AS person, assignment.absence, check_in.at, check_in.way
        FROM check_in
        JOIN standing AS assignment ON assignment.id = check_in.assignment_id AND assignment.state = 'absent'
        JOIN shift ON shift.id = assignment.shift_id
        JOIN place ON place.id = shift.place_id
        JOIN person ON person.id = assignment.person_id
        WHERE check_in.voided_at IS NULL
          AND shift.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:unit_ids))
          )
        ORDER BY shift.starts_at DESC, shift.id, assignment.slot
        LIMIT :limit
        """,
        unit_ids=json.dumps(sorted(unit_ids)),
        limit=limit,
    )
