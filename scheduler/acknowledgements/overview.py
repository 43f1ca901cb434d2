"""Who has answered and who has not: of a roster, of several, of single duties."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from scheduler import clock
from scheduler.database import Database, Row, rows


def at(db: Database, assignment_ids: Iterable[int]) -> dict[int, str]:
    """When each of these duties was acknowledged as it is now; who has not is left out."""
    found = rows(
        db,
        """
        SELECT assignment_id, at FROM acknowledged
        WHERE assignment_id IN (SELECT value FROM json_each(:ids))
        ORDER BY assignment_id
        """,
        ids=json.dumps(sorted(assignment_ids)),
    )
    return {row["assignment_id"]: row["at"] for row in found}


def of_roster(db: Database, roster_id: int, *, now: datetime) -> list[Row]:
    """The roster's published duties to come, by start; those that nobody has answered for first.

    assignment_id, shift_id, slot, person_id, person, day, starts_at, place, acknowledged_at, via, asked_at, told_at
    (when those in charge were told of the silence). What is to be given up with the next publication is left out.
    """
    return rows(
        db,
        """
        SELECT assignment.id AS assignment_id, assignment.shift_id, assignment.slot, assignment.person_id,
               person.name AS person, shift.day, shift.starts_at, place.name AS place,
               acknowledged.at AS acknowledged_at, acknowledged.via, answer_asked.at AS asked_at, silence.told_at
        FROM shift
        JOIN assignment ON assignment.shift_id = shift.id
        JOIN duty_revision ON duty_revision.assignment_id = assignment.id
        JOIN person ON person.id = assignment.person_id
        JOIN place ON place.id = shift.place_id
        LEFT JOIN acknowledged ON acknowledged.assignment_id = assignment.id
        LEFT JOIN answer_asked
            ON answer_asked.assignment_id = assignment.id AND answer_asked.revision = duty_revision.revision
        LEFT JOIN silence
            ON silence.assignment_id = assignment.id AND silence.revision = duty_revision.revision
        WHERE shift.roster_id = :roster_id AND shift.state = 'planned' AND shift.starts_at > :now
          AND assignment.state = 'planned' AND assignment.published_at IS NOT NULL
        ORDER BY acknowledged.at IS NOT NULL, shift.starts_at, shift.id, assignment.slot
        """,
        roster_id=roster_id,
        now=clock.to_text(now),
    )


def counts(db: Database, roster_ids: Iterable[int], *, now: datetime) -> dict[int, tuple[int, int]]:
    """By roster: how many duties to come were acknowledged, and how many were not.

    Not listed: rosters with nothing to come, and those whose people no message has asked.
    """
    found = rows(
        db,
        """
        SELECT shift.roster_id, COUNT(acknowledged.assignment_id) AS answered, COUNT(*) AS duties
        FROM shift
        JOIN assignment ON assignment.shift_id = shift.id
        JOIN duty_revision ON duty_revision.assignment_id = assignment.id
        LEFT JOIN acknowledged ON acknowledged.assignment_id = assignment.id
        LEFT JOIN answer_asked
            ON answer_asked.assignment_id = assignment.id AND answer_asked.revision = duty_revision.revision
        WHERE shift.roster_id IN (SELECT value FROM json_each(:ids))
          AND shift.state = 'planned' AND shift.starts_at > :now
          AND assignment.state = 'planned' AND assignment.published_at IS NOT NULL
        GROUP BY shift.roster_id
        HAVING answered OR COUNT(answer_asked.assignment_id)
        ORDER BY shift.roster_id
        """,
        ids=json.dumps(sorted(roster_ids)),
        now=clock.to_text(now),
    )
    return {row["roster_id"]: (row["answered"], row["duties"] - row["answered"]) for row in found}
