"""Wall screens at secret addresses: who is on duty today and tomorrow, by place."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from datetime import date, datetime

from scheduler import audit, clock
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, run, write
from scheduler.errors import NotFound


def make(db: Database, unit_id: int, *, lang: str, codes: bool = False, by: Actor, now: datetime) -> str:
    """A new secret address's token for the unit's wall; only its hash is kept. The one before is void from now on.

    With `codes` it shows the codes to check in with: for a screen that stands where the duties are.
    """
    token = secrets.token_urlsafe(24)
    with write(db):
        _revoke(db, unit_id, now)
        wall_id = insert(
            db,
            "wall",
            token_hash=_hash(token),
            unit_id=unit_id,
            lang=lang,
            codes=int(codes),
            made_at=clock.to_text(now),
            made_by=by.name,
        )
        audit.record(db, "make", "wall", wall_id, by=by, now=now, unit_id=unit_id)
    return token


def revoke(db: Database, unit_id: int, *, by: Actor, now: datetime) -> None:
    """Revoke the address of the unit's wall: it answers 404 from now on. NotFound if there is none."""
    with write(db):
        held = one(db, "SELECT id FROM wall WHERE unit_id = :unit_id AND revoked_at IS NULL", unit_id=unit_id)
        if held is None:
            raise NotFound("not_found")
        _revoke(db, unit_id, now)
        audit.record(db, "revoke", "wall", held["id"], by=by, now=now, unit_id=unit_id)


def wall(db: Database, token: str) -> Row:
    """The wall at a secret address: unit_id, unit, lang, codes. NotFound for one that is unknown or revoked."""
    found = one(
        db,
        """
        SELECT wall.unit_id, unit.name AS unit, wall.lang, wall.codes
        FROM wall
        JOIN unit ON unit.id = wall.unit_id
        WHERE wall.token_hash = :token_hash AND wall.revoked_at IS NULL
        """,
        token_hash=_hash(token),
    )
    if found is None:
        raise NotFound("not_found")
    return found


def walls(db: Database, unit_ids: Iterable[int]) -> list[Row]:
    """These units by name, each with its wall's made_at, made_by and codes, or None where it has none."""
    return rows(
        db,
        """
        SELECT unit.id AS unit_id, unit.name AS unit, wall.made_at, wall.made_by, wall.codes
        FROM unit
        LEFT JOIN wall ON wall.unit_id = unit.id AND wall.revoked_at IS NULL
        WHERE unit.id IN (SELECT value FROM json_each(:unit_ids))
        ORDER BY unit.name, unit.id
        """,
        unit_ids=json.dumps(sorted(unit_ids)),
    )


def on_duty(db: Database, unit_id: int, day: date, *, now: datetime) -> list[Row]:
    """Who stands on a day at the places of a unit and below, as it was published: one row a shift.

    By activity, hours and place: activity_zh, activity_en, starts_at, ends_at, place, unfilled, who (names by slot),
    moment (to_come, running or over), shift_id, key, and arrived: how many of them checked in. A shift of the
    day before that is still running is one of them.
    """
    found = rows(
        db,
        """
        SELECT activity.name_zh AS activity_zh, activity.name_en AS activity_en, shift.starts_at, shift.ends_at,
               place.name AS place, MAX(shift.headcount - COUNT(person.id), 0) AS unfilled,
               json_group_array(person.name ORDER BY standing.slot) FILTER (WHERE person.id IS NOT NULL) AS who,
               CASE WHEN shift.starts_at > :now THEN 'to_come' WHEN shift.ends_at > :now THEN 'running' ELSE 'over' END
               AS moment, shift.id AS shift_id, shift.key, COUNT(check_in.id) AS arrived
        FROM shift
        JOIN roster ON roster.id = shift.roster_id AND roster.state <> 'draft'
        JOIN activity ON activity.id = shift.activity_id
        JOIN place ON place.id = shift.place_id
        LEFT JOIN standing ON standing.shift_id = shift.id AND standing.state <> 'absent'
        LEFT JOIN check_in ON check_in.assignment_id = standing.id AND check_in.voided_at IS NULL
        LEFT JOIN person ON person.id = standing.person_id
        WHERE shift.state <> 'cancelled'
          AND shift.unit_id IN (SELECT unit_id FROM unit_above WHERE above_id = :unit_id)
          AND (shift.day = :day OR (shift.day = date(:day, '-1 day') AND shift.ends_at > :now
                                    AND :day = :today))
        GROUP BY shift.id
        ORDER BY activity.sort, activity.id, shift.starts_at, place.name, shift.id
        """,
        unit_id=unit_id,
        day=day.isoformat(),
        today=clock.today(now, db.zone).isoformat(),
        now=clock.to_text(now),
    )
    return [row | {"who": json.loads(row["who"])} for row in found]


def _revoke(db: Database, unit_id: int, now: datetime) -> None:
    run(
        db,
        "UPDATE wall SET revoked_at = :now WHERE unit_id = :unit_id AND revoked_at IS NULL",
        unit_id=unit_id,
        now=clock.to_text(now),
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
