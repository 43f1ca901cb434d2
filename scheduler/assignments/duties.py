"""A person's duties, as they and their calendar see them."""

from __future__ import annotations

import json
from datetime import date

from scheduler.database import Database, Row, rows


def duties_of(db: Database, person_id: int, first: date, last: date) -> list[Row]:
    """A person's published duties by start, as they were published last; cancelled shifts are left out.

    Columns: assignment_id, shift_id, day, starts_at, ends_at, place_id, place, place_kind, district, address, contact,
    phone, activity (code), activity_zh, activity_en, tasks, procedure, state, shift_state, with_whom (names).
    """
    found = rows(
        db,
        """
        SELECT assignment.id AS assignment_id, shift.id AS shift_id, shift.day, shift.starts_at, shift.ends_at,
               place.id AS place_id, place.name AS place, place.kind AS place_kind, place.district, place.address,
               place.contact, place.phone, activity.code AS activity, activity.name_zh AS activity_zh,
               activity.name_en AS activity_en, shift.tasks, assignment.state, shift.state AS shift_state,
               COALESCE((
                   SELECT procedure
                   FROM sponsorship
                   WHERE place_id = shift.place_id AND starts_on <= shift.day
                     AND COALESCE(ends_on, shift.day) >= shift.day
                   ORDER BY starts_on DESC
                   LIMIT 1
               ), '') AS procedure,
               (
                   SELECT json_group_array(name)
                   FROM (
                       SELECT person.name
                       FROM standing AS other
                       JOIN person ON person.id = other.person_id
                       WHERE other.shift_id = shift.id AND other.id <> assignment.id
                       ORDER BY other.slot
                   )
               ) AS with_whom
        FROM standing AS assignment
        JOIN shift ON shift.id = assignment.shift_id
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        WHERE assignment.person_id = :person_id AND shift.state <> 'cancelled'
          AND shift.day BETWEEN :first AND :last
        ORDER BY shift.starts_at, shift.id
        """,
        person_id=person_id,
        first=first.isoformat(),
        last=last.isoformat(),
    )
    return [row | {"with_whom": json.loads(row["with_whom"])} for row in found]
