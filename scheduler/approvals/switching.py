"""The policy itself: turned on by one administrator where there is another, turned off only by two."""

from __future__ import annotations

from datetime import datetime

from scheduler import accounts, audit, clock
from scheduler.approvals import reading
from scheduler.audit import Actor
from scheduler.database import Database, one, run, write
from scheduler.errors import Conflict, NotFound


def turn_on(db: Database, unit_id: int, *, by: Actor, now: datetime) -> None:
    """From now on dangerous acts in this organisation need a second person.

    Conflict: the unit tops no tree, it is on already, or nobody else administers it, so that nothing could be agreed.
    """
    with write(db):
        accounts.require(db, by, "administrator", unit_id, now=now)
        if _is_on(db, unit_id):
            raise Conflict("second_person_is_on")
        if not reading.others(db, unit_id, by, now=now):
            raise Conflict("no_second_person")
        run(
            db,
            """
            INSERT INTO second_person (unit_id, is_on, changed_at, changed_by) VALUES (:unit_id, 1, :at, :name)
            ON CONFLICT (unit_id) DO UPDATE
            SET is_on = 1, changed_at = excluded.changed_at, changed_by = excluded.changed_by
            """,
            unit_id=unit_id,
            at=clock.to_text(now),
            name=by.name,
        )
        audit.record(db, "set_second", "unit", unit_id, by=by, now=now, unit_id=unit_id, is_on=True)


def required(db: Database, unit_id: int) -> str:
    """The name of the organisation, whose policy is on. Conflict where there is nothing to turn off."""
    if not _is_on(db, unit_id):
        raise Conflict("second_person_is_off")
    return str((one(db, "SELECT name FROM unit WHERE id = :id", id=unit_id) or {})["name"])


def turn_off(db: Database, unit_id: int, *, reason: str, asked_by: str, by: Actor, now: datetime) -> None:
    """One person is enough again. Only inside of an approval: the schema refuses it without."""
    required(db, unit_id)
    run(
        db,
        "UPDATE second_person SET is_on = 0, changed_at = :at, changed_by = :name WHERE unit_id = :unit_id",
        at=clock.to_text(now),
        name=by.name,
        unit_id=unit_id,
    )
    facts = {"is_on": False, "asked_by": asked_by, "reason": reason}
    audit.record(db, "set_second", "unit", unit_id, by=by, now=now, unit_id=unit_id, **facts)


def _is_on(db: Database, unit_id: int) -> bool:
    found = one(
        db,
        """
        SELECT unit.parent_id, COALESCE(second_person.is_on, 0) AS is_on
        FROM unit
        LEFT JOIN second_person ON second_person.unit_id = unit.id
        WHERE unit.id = :unit_id
        """,
        unit_id=unit_id,
    )
    if found is None:
        raise NotFound("not_found")
    if found["parent_id"] is not None:
        raise Conflict("second_person_is_of_the_top")
    return bool(found["is_on"])
