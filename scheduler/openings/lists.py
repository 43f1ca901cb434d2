"""What is open: for a person on their phone, for a coordinator at a desk."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from scheduler import clock
from scheduler.config import Duty
from scheduler.database import Database, Row, one, rows
from scheduler.errors import NotFound
from scheduler.openings.reading import IS_HELD, free_slots, is_over, opening
from scheduler.openings.taking import against

COLUMNS = f"""
SELECT opening.id AS opening_id, opening.id, opening.shift_id, opening.seats, opening.rule, opening.asked, opening.note,
       opening.closes_at, opening.is_urgent, opening.state, opening.opened_at, opening.opened_by, opening.version,
       shift.unit_id, unit.name AS unit, shift.roster_id, shift.day, shift.starts_at, shift.ends_at, shift.headcount,
       shift.tasks, shift.place_id, place.name AS place, place.address, activity.name_zh AS activity_zh,
       activity.name_en AS activity_en, roster.state AS roster,
       (SELECT COUNT(*) FROM sign_up WHERE opening_id = opening.id AND {IS_HELD}) AS held,
       (SELECT COUNT(*) FROM sign_up WHERE opening_id = opening.id AND state = 'waiting') AS waiting
FROM opening
JOIN shift ON shift.id = opening.shift_id AND shift.state = 'planned'
JOIN unit ON unit.id = shift.unit_id
JOIN roster ON roster.id = shift.roster_id
JOIN place ON place.id = shift.place_id
JOIN activity ON activity.id = shift.activity_id
"""


def of_person(db: Database, person_id: int, *, now: datetime, duty: Duty | None = None) -> list[Row]:
    """What a person may sign up for or has signed up for, and has not begun; by start.

    Rows: opening_id, shift_id, day, starts_at, ends_at, place, address, activity_zh, activity_en, tasks, note, seats,
    free, waiting, rule, closes_at, is_urgent, is_over, mine (seated, waiting or None), position on the list,
    level (block, warn, none: what speaks against it, as `against`).
    """
    found = rows(
        db,
        f"""
        {COLUMNS}
        WHERE shift.starts_at > :now AND roster.state = 'published'
          AND (
            EXISTS (
                SELECT 1 FROM sign_up
                WHERE opening_id = opening.id AND person_id = :person_id AND (state = 'waiting' OR {IS_HELD})
            )
            OR (opening.state = 'open' AND opening.closes_at > :now AND EXISTS (
                SELECT 1 FROM may_sign_up WHERE opening_id = opening.id AND person_id = :person_id
            ))
          )
        ORDER BY shift.starts_at, opening.id
        """,
        person_id=person_id,
        now=clock.to_text(now),
    )
    return [_told(db, row, person_id, now, duty) for row in found]


def _told(db: Database, row: Row, person_id: int, now: datetime, duty: Duty | None) -> Row:
    own = _own(db, row["opening_id"], person_id)
    told: dict[str, Any] = {"level": "none", "against": []}
    if own["mine"] is None:
        told["level"], told["against"] = against(db, row, person_id, duty=duty)
    return row | own | told | {"free": _free(db, row), "is_over": is_over(row, now)}


def _own(db: Database, opening_id: int, person_id: int) -> Row:
    found = one(
        db,
        f"""
        SELECT CASE state WHEN 'waiting' THEN 'waiting' ELSE 'seated' END AS mine,
               (
                   SELECT COUNT(*) + 1 FROM sign_up AS other
                   WHERE other.opening_id = sign_up.opening_id AND other.state = 'waiting'
                     AND (other.rank, other.id) < (sign_up.rank, sign_up.id)
               ) AS position
        FROM sign_up
        WHERE opening_id = :opening_id AND person_id = :person_id AND (state = 'waiting' OR {IS_HELD})
        ORDER BY id DESC
        LIMIT 1
        """,
        opening_id=opening_id,
        person_id=person_id,
    )
    return found or {"mine": None, "position": None}


def _free(db: Database, row: Row) -> int:
    return min(max(0, int(row["seats"] - row["held"])), len(free_slots(db, row["shift_id"])))


def counts_for(db: Database, person_id: int, *, now: datetime) -> int:
    """How many open duties a person may sign up for and has not."""
    found = one(
        db,
        f"""
        SELECT COUNT(*) AS count
        FROM opening
        JOIN shift ON shift.id = opening.shift_id AND shift.state = 'planned'
        JOIN roster ON roster.id = shift.roster_id AND roster.state = 'published'
        JOIN may_sign_up ON may_sign_up.opening_id = opening.id AND may_sign_up.person_id = :person_id
        WHERE opening.state = 'open' AND opening.closes_at > :now
          AND NOT EXISTS (
            SELECT 1 FROM sign_up
            WHERE sign_up.opening_id = opening.id AND sign_up.person_id = :person_id
              AND (sign_up.state = 'waiting' OR {IS_HELD})
          )
        """,
        person_id=person_id,
        now=clock.to_text(now),
    )
    return int(found["count"]) if found else 0


def listing(db: Database, within: Iterable[int], *, now: datetime) -> list[Row]:
    """The openings of these units and all below whose shift is not over, by start: what `of_person` has but for mine,
    and unit, held."""
    found = rows(
        db,
        f"""
        {COLUMNS}
        WHERE shift.ends_at > :now AND shift.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:within))
        )
        ORDER BY shift.starts_at, opening.id
        """,
        within=json.dumps(sorted(within)),
        now=clock.to_text(now),
    )
    return [row | {"free": _free(db, row), "is_over": is_over(row, now)} for row in found]


def of_shift(db: Database, shift_id: int, *, now: datetime) -> Row | None:
    """The shift's opening as in `listing`, with `asked` as a dict, or None."""
    found = one(db, f"{COLUMNS} WHERE opening.shift_id = :shift_id", shift_id=shift_id)
    if found is None:
        return None
    return found | {"free": _free(db, found), "is_over": is_over(found, now), "asked": json.loads(found["asked"])}


def signed_up(db: Database, opening_id: int) -> list[Row]:
    """Who signed up: seated by slot, then the waiting list in its order, then who left or was taken out.

    Rows: sign_up_id, state, person_id, person, unit, mobile, at, seated_at, slot, reason, is_pending (the release waits
    to be published).
    """
    return rows(
        db,
        f"""
        SELECT sign_up.id AS sign_up_id, sign_up.state, sign_up.person_id, person.name AS person, unit.name AS unit,
               person.mobile, sign_up.at, sign_up.seated_at, assignment.slot, sign_up.reason,
               sign_up.state = 'released' AND {IS_HELD} AS is_pending
        FROM sign_up
        JOIN person ON person.id = sign_up.person_id
        JOIN unit ON unit.id = person.unit_id
        LEFT JOIN assignment ON assignment.id = sign_up.assignment_id
        WHERE sign_up.opening_id = :opening_id
        ORDER BY CASE sign_up.state WHEN 'seated' THEN 0 WHEN 'waiting' THEN 1 ELSE 2 END,
                 CASE sign_up.state WHEN 'seated' THEN assignment.slot ELSE sign_up.rank END, sign_up.id
        """,
        opening_id=opening_id,
    )


def shift_of(db: Database, opening_id: int) -> int:
    """The opening's shift. NotFound."""
    return int(opening(db, opening_id)["shift_id"])


def shift_of_sign_up(db: Database, sign_up_id: int) -> int:
    """The shift that somebody signed up for. NotFound."""
    found = one(db, "SELECT opening_id FROM sign_up WHERE id = :id", id=sign_up_id)
    if found is None:
        raise NotFound("not_found")
    return shift_of(db, found["opening_id"])
