"""One shift, and the shifts that are coming at a place."""

from __future__ import annotations

import json
from datetime import datetime

from scheduler import clock
from scheduler.database import Database, Row, one, rows, value
from scheduler.errors import NotFound


def shift(db: Database, shift_id: int) -> Row:
    """One shift with place, place_kind, activity (code), unit, requires (a dict), procedure. NotFound.

    `procedure` and `sponsor` are those of the sponsorship on the shift's own day, empty where there is none.
    """
    found = one(
        db,
        """
        SELECT shift.id, shift.key, shift.unit_id, unit.name AS unit, shift.roster_id, roster.state AS roster_state,
               shift.template_id, template.name AS template, shift.place_id, place.name AS place,
               place.kind AS place_kind, place.address, place.contact, place.phone,
               activity.code AS activity, activity.name_zh AS activity_zh, activity.name_en AS activity_en,
               shift.day, shift.starts_at, shift.ends_at, shift.headcount, shift.requires, shift.tasks, shift.weight,
               shift.state, shift.confirmed_at, shift.confirmed_by,
               COALESCE(sponsorship.procedure, '') AS procedure,
               COALESCE(sponsor.name, '') AS sponsor, COALESCE(answers.name, '') AS sponsor_responsible
        FROM shift
        JOIN unit ON unit.id = shift.unit_id
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        LEFT JOIN roster ON roster.id = shift.roster_id
        LEFT JOIN template ON template.id = shift.template_id
        LEFT JOIN sponsorship ON sponsorship.id = (
            SELECT id FROM sponsorship
            WHERE place_id = shift.place_id
              AND starts_on <= shift.day AND COALESCE(ends_on, '9999-12-31') >= shift.day
            ORDER BY starts_on DESC, id DESC
            LIMIT 1
        )
        LEFT JOIN unit AS sponsor ON sponsor.id = sponsorship.unit_id
        LEFT JOIN person AS answers ON answers.id = sponsorship.responsible_id
        WHERE shift.id = :shift_id
        """,
        shift_id=shift_id,
    )
    if found is None:
        raise NotFound("not_found")
    return found | {"requires": json.loads(found["requires"])}


def standing(db: Database, shift_id: int, *, as_told: bool = False) -> list[Row]:
    """Who stands the shift, by slot: assignment_id, slot, person_id, person, unit, mobile, state, fixed.

    `as_told` is what its people know: as it was last published.
    """
    return rows(
        db,
        f"""
        SELECT assignment.id AS assignment_id, assignment.slot, person.id AS person_id, person.name AS person,
               unit.name AS unit, person.mobile, assignment.state, assignment.fixed
        FROM {"standing" if as_told else "assignment"} AS assignment
        JOIN person ON person.id = assignment.person_id
        JOIN unit ON unit.id = person.unit_id
        WHERE assignment.shift_id = :shift_id AND assignment.state <> 'released'
        ORDER BY assignment.slot
        """,
        shift_id=shift_id,
    )


def is_told(db: Database, shift_id: int, person_id: int) -> bool:
    """Whether the person stands the shift and has been told so: a draft is not shown to those in it."""
    return bool(
        value(
            db,
            """
            SELECT EXISTS (
                SELECT 1 FROM standing WHERE shift_id = :shift_id AND person_id = :person_id
            )
            """,
            shift_id=shift_id,
            person_id=person_id,
        )
    )


def coming_at(db: Database, place_id: int, *, now: datetime, limit: int = 20) -> list[Row]:
    """The place's shifts that are not over yet, by start; `who` lists the names of those who stand.

    A published roster as it was published last, a draft as it is.
    """
    coming = rows(
        db,
        """
        SELECT shift.id, shift.day, shift.starts_at, shift.ends_at, shift.headcount, shift.unit_id,
               activity.name_zh AS activity_zh, activity.name_en AS activity_en, roster.state AS roster_state,
               COUNT(person.id) AS filled,
               json_group_array(person.name ORDER BY assignment.slot) FILTER (WHERE person.id IS NOT NULL) AS who
        FROM shift
        JOIN activity ON activity.id = shift.activity_id
        LEFT JOIN roster ON roster.id = shift.roster_id
        LEFT JOIN assignment ON assignment.shift_id = shift.id AND CASE roster.state
            WHEN 'draft' THEN assignment.state <> 'released'
            ELSE assignment.published_at IS NOT NULL AND assignment.withdrawn_at IS NULL
        END
        LEFT JOIN person ON person.id = assignment.person_id
        WHERE shift.place_id = :place_id AND shift.ends_at > :now AND shift.state <> 'cancelled'
        GROUP BY shift.id
        ORDER BY shift.starts_at, shift.id
        LIMIT :limit
        """,
        place_id=place_id,
        now=clock.to_text(now),
        limit=limit,
    )
    return [row | {"who": json.loads(row["who"])} for row in coming]
