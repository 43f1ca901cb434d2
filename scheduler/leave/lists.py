"""Leave to look at: one's own, what waits for a decision, and the duties that it meets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from scheduler import clock
from scheduler.database import Database, Row, rows


def of_person(db: Database, person_id: int, *, since: datetime) -> list[Row]:
    """A person's leave that ends after `since`, by start: what they asked for, and what was noted for them.

    Rows: request_id (None where it was noted), state, is_by_rule, kind, starts_at, ends_at, note, decided_by, reason.
    """
    return rows(
        db,
        """
        SELECT id AS request_id, state, is_by_rule, kind, starts_at, ends_at, note, decided_by, reason
        FROM leave_request
        WHERE person_id = :person_id AND ends_at > :since
        UNION ALL
        SELECT NULL, 'approved', 0, kind, starts_at, ends_at, note, '', ''
        FROM away
        WHERE person_id = :person_id AND ends_at > :since
          AND id NOT IN (SELECT away_id FROM leave_request WHERE away_id IS NOT NULL)
        ORDER BY starts_at, request_id
        """,
        person_id=person_id,
        since=clock.to_text(since),
    )


def asked_of(db: Database, person_id: int) -> list[Row]:
    """What a person has asked for and nobody has decided, by start: kind, starts_at, ends_at."""
    return rows(
        db,
        """
        SELECT kind, starts_at, ends_at
        FROM leave_request
        WHERE person_id = :person_id AND state = 'asked'
        ORDER BY starts_at
        """,
        person_id=person_id,
    )


def waiting(db: Database, below: Iterable[int], *, now: datetime) -> list[Row]:
    """What waits for a decision in these units and below, the soonest first: id, person_id, person, staff_no, unit,
    kind, starts_at, ends_at, note, asked_at, is_over, and `met`: the published duties that it would hit."""
    found = rows(
        db,
        """
        SELECT leave_request.id, leave_request.person_id, person.name AS person, person.staff_no, unit.name AS unit,
               leave_request.kind, leave_request.starts_at, leave_request.ends_at, leave_request.note,
               leave_request.asked_at, leave_request.ends_at <= :now AS is_over
        FROM leave_request
        JOIN person ON person.id = leave_request.person_id
        JOIN unit ON unit.id = person.unit_id
        WHERE leave_request.state = 'asked'
          AND person.unit_id IN (
              SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:below))
          )
        ORDER BY leave_request.starts_at, leave_request.id
        """,
        below=json.dumps(sorted(below)),
        now=clock.to_text(now),
    )
    hit = met(db, found)
    return [row | {"met": [duty for duty in hit if duty["request_id"] == row["id"]]} for row in found]


def met(db: Database, spans: Sequence[Row]) -> list[Row]:
    """The planned duties of published rosters that these times (id, person_id, starts_at, ends_at) touch, by start.

    Rows: request_id (the time's id), person_id, shift_id, slot, roster_id, day, starts_at, ends_at, place,
    activity_zh, activity_en.
    """
    return rows(
        db,
        """
        SELECT asked.value ->> 'id' AS request_id, assignment.person_id, shift.id AS shift_id, assignment.slot,
               shift.roster_id, shift.day, assignment.starts_at, assignment.ends_at, place.name AS place,
               activity.name_zh AS activity_zh, activity.name_en AS activity_en
        FROM json_each(:spans) AS asked
        JOIN assignment
          ON assignment.person_id = asked.value ->> 'person_id'
         AND assignment.starts_at < asked.value ->> 'ends_at' AND assignment.ends_at > asked.value ->> 'starts_at'
        JOIN shift ON shift.id = assignment.shift_id
        JOIN roster ON roster.id = shift.roster_id
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        WHERE assignment.state = 'planned' AND shift.state = 'planned' AND roster.state = 'published'
        ORDER BY assignment.starts_at, assignment.id
        """,
        spans=json.dumps([{name: row[name] for name in ("id", "person_id", "starts_at", "ends_at")} for row in spans]),
    )
