"""What was changed last in a roster, and how one slot came to be as it is."""

from __future__ import annotations

import json

from scheduler.database import Database, Row, one, rows
from scheduler.errors import NotFound

LOOKED_AT = 2000  # of the newest audit rows: whoever looks every few seconds wants to hear of the last minutes
SHOWN = 30  # changes of one slot


def news(db: Database, roster_id: int) -> Row:
    """The roster's version and its last change: actor, at, act, and of a single seat person, place, day. NotFound."""
    found = one(
        db,
        """
        SELECT roster.version, last.actor, last.at, last.act, COALESCE(last.facts, '{}') AS facts
        FROM roster
        LEFT JOIN audit AS last ON last.id = (
            SELECT id
            FROM audit
            WHERE id > (SELECT MAX(id) FROM audit) - :looked_at
              AND ((subject = 'roster' AND subject_id = :roster_id)
                   OR (subject = 'assignment' AND facts ->> 'roster_id' = :roster_id))
            ORDER BY id DESC
            LIMIT 1
        )
        WHERE roster.id = :roster_id
        """,
        roster_id=roster_id,
        looked_at=LOOKED_AT,
    )
    if found is None:
        raise NotFound("not_found")
    facts = json.loads(found.pop("facts"))
    return found | {name: facts.get(name) for name in ("person", "place", "day")}


def version_of(db: Database, roster_id: int) -> int:
    """The roster's version alone: what a page asks for every few seconds. NotFound."""
    found = one(db, "SELECT version FROM roster WHERE id = :roster_id", roster_id=roster_id)
    if found is None:
        raise NotFound("not_found")
    return int(found["version"])


def changes_of(db: Database, shift_id: int, slot: int) -> list[Row]:
    """The steps that changed a slot, newest first: at, actor, act, state, undone_by, before and after (names or None),
    override (the reason that was given).
    """
    return rows(
        db,
        """
        SELECT at, actor, act, state, undone_by, before, after, override
        FROM (
            SELECT step.id, step.at, step.actor, step.act, step.state, step.undone_by,
                   (
                       SELECT person.name
                       FROM json_each(step.before, '$.seats') AS seat
                       JOIN person ON person.id = seat.value ->> 'person_id'
                       WHERE seat.value ->> 'shift_id' = :shift_id AND seat.value ->> 'slot' = :slot
                   ) AS before,
                   (
                       SELECT person.name
                       FROM json_each(step.after, '$.seats') AS seat
                       JOIN person ON person.id = seat.value ->> 'person_id'
                       WHERE seat.value ->> 'shift_id' = :shift_id AND seat.value ->> 'slot' = :slot
                   ) AS after,
                   (
                       SELECT seat.value ->> 'override'
                       FROM json_each(step.after, '$.seats') AS seat
                       WHERE seat.value ->> 'shift_id' = :shift_id AND seat.value ->> 'slot' = :slot
                   ) AS override
            FROM shift
            JOIN step ON step.roster_id = shift.roster_id
            WHERE shift.id = :shift_id
        )
        WHERE before IS NOT NULL OR after IS NOT NULL
        ORDER BY id DESC
        LIMIT :shown
        """,
        shift_id=shift_id,
        slot=slot,
        shown=SHOWN,
    )
