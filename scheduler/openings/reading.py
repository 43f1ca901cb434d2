"""One opening as it stands: its shift, its free slots, its waiting list."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from scheduler import clock
from scheduler.database import Database, Row, one, rows, value
from scheduler.errors import Conflict, NotFound

OPENING = """
SELECT opening.id, opening.shift_id, opening.seats, opening.rule, opening.asked, opening.note, opening.closes_at,
       opening.is_urgent, opening.state, opening.round, opening.opened_by, opening.version,
       shift.roster_id, shift.unit_id, shift.place_id, place.name AS place, shift.day, shift.starts_at, shift.ends_at,
       shift.headcount, shift.state AS shift_state, roster.state AS roster
FROM opening
JOIN shift ON shift.id = opening.shift_id
JOIN place ON place.id = shift.place_id
JOIN roster ON roster.id = shift.roster_id
"""

# A sign-up is its person's seat until they are told otherwise: a release that waits to be published changes nothing
# for them, and frees nothing for anybody.
IS_HELD = """
(sign_up.state = 'seated' OR (sign_up.state = 'released' AND EXISTS (
    SELECT 1 FROM standing WHERE standing.id = sign_up.assignment_id
)))
"""


def opening(db: Database, opening_id: int) -> Row:
    """The opening with its shift; `asked` is a dict. NotFound."""
    found = one(db, f"{OPENING} WHERE opening.id = :id", id=opening_id)
    if found is None:
        raise NotFound("not_found")
    return found | {"asked": json.loads(found["asked"])}


def free_slots(db: Database, shift_id: int) -> list[int]:
    """The numbers of the slots that nobody stands, neither in the plan nor as people were told."""
    found = rows(
        db,
        """
        WITH RECURSIVE slot (number, most) AS (
            SELECT 1, headcount FROM shift WHERE id = :shift_id
            UNION ALL
            SELECT number + 1, most FROM slot WHERE number < most
        )
        SELECT number
        FROM slot
        WHERE number NOT IN (SELECT slot FROM assignment WHERE shift_id = :shift_id AND state <> 'released')
          AND number NOT IN (SELECT slot FROM standing WHERE shift_id = :shift_id)
        ORDER BY number
        """,
        shift_id=shift_id,
    )
    return [int(row["number"]) for row in found]


def held(db: Database, opening_id: int) -> int:
    """How many of the opened seats are taken."""
    sql = f"SELECT COUNT(*) FROM sign_up WHERE opening_id = :id AND {IS_HELD}"
    return int(value(db, sql, id=opening_id))


def free(db: Database, found: Row) -> list[int]:
    """The slots that may still be taken by sign-up."""
    left = max(0, found["seats"] - held(db, found["id"]))
    return free_slots(db, found["shift_id"])[:left]


def waiting(db: Database, opening_id: int) -> list[Row]:
    """The waiting list in its order: sign_up_id, person_id, person, reason."""
    return rows(
        db,
        """
        SELECT sign_up.id AS sign_up_id, sign_up.person_id, person.name AS person, sign_up.reason
        FROM sign_up
        JOIN person ON person.id = sign_up.person_id
        WHERE sign_up.opening_id = :id AND sign_up.state = 'waiting'
        ORDER BY sign_up.rank, sign_up.id
        """,
        id=opening_id,
    )


def is_over(found: Row, now: datetime) -> bool:
    """Whether nobody can sign up any more."""
    return bool(found["state"] != "open" or found["closes_at"] <= clock.to_text(now))


def refuse_begun(found: Row, now: datetime) -> None:
    """Refuse what comes after the duty has begun."""
    if found["starts_at"] <= clock.to_text(now):
        raise Conflict("opening_has_begun", **where(found))


def where(found: Row) -> dict[str, Any]:
    """Place and day, as sentences want them."""
    return {"place": found["place"], "day": date.fromisoformat(found["day"])}


def until(db: Database, at: str) -> str:
    """An instant as a short local text: 11-24 18:00."""
    return f"{clock.local(at, db.zone):%m-%d %H:%M}"
