"""Grants: who coordinates and administers which part of the tree."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from scheduler import audit
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, run, value, write
from scheduler.errors import Conflict, NotFound

Role = Literal["staff", "coordinator", "administrator"]

LARGEST_ID = 2**63 - 1  # SQLite's; an address may hold a longer number

UNIT_OF = {
    "unit": "SELECT id FROM unit WHERE id = :id",
    "person": "SELECT unit_id FROM person WHERE id = :id",
    "away": "SELECT unit_id FROM person WHERE id = (SELECT person_id FROM away WHERE id = :id)",
    "leave_request": "SELECT unit_id FROM person WHERE id = (SELECT person_id FROM leave_request WHERE id = :id)",
    "leave_calendar": "SELECT unit_id FROM person WHERE id = (SELECT person_id FROM leave_calendar WHERE id = :id)",
    "place": "SELECT unit_id FROM place WHERE id = :id",
    "sponsorship": "SELECT unit_id FROM place WHERE id = (SELECT place_id FROM sponsorship WHERE id = :id)",
    "sponsored": "SELECT unit_id FROM sponsorship WHERE id = :id",  # the place as its sponsor may read it
    "template": "SELECT unit_id FROM template WHERE id = :id",
    "roster": "SELECT unit_id FROM roster WHERE id = :id",
    "shift": "SELECT unit_id FROM shift WHERE id = :id",
    "assignment": "SELECT unit_id FROM shift WHERE id = (SELECT shift_id FROM assignment WHERE id = :id)",
    "check_in": "SELECT unit_id FROM shift WHERE id = (SELECT shift_id FROM assignment WHERE id = "
    "(SELECT assignment_id FROM check_in WHERE id = :id))",
    "shift_problem": "SELECT unit_id FROM shift WHERE id = (SELECT shift_id FROM shift_problem WHERE id = :id)",
    "opening": "SELECT unit_id FROM shift WHERE id = (SELECT shift_id FROM opening WHERE id = :id)",
    "sign_up": """
        SELECT unit_id FROM shift WHERE id = (
            SELECT shift_id FROM opening WHERE id = (SELECT opening_id FROM sign_up WHERE id = :id)
        )
    """,
    "swap_request": "SELECT unit_id FROM shift WHERE id = (SELECT shift_id FROM swap_request WHERE id = :id)",
    "swap_offer": """
        SELECT unit_id FROM shift WHERE id = (
            SELECT shift_id FROM swap_request WHERE id = (SELECT request_id FROM swap_offer WHERE id = :id)
        )
    """,
    "scenario": "SELECT unit_id FROM roster WHERE id = (SELECT roster_id FROM scenario WHERE id = :id)",
    "quota": "SELECT unit_id FROM quota WHERE id = :id",
    "unit_quota": "SELECT unit_id FROM unit_quota WHERE id = :id",
    "ledger": "SELECT unit_id FROM ledger WHERE id = :id",
    "month_close": "SELECT unit_id FROM month_close WHERE id = :id",
    "intake": "SELECT unit_id FROM intake WHERE id = :id",
    "balance_batch": "SELECT unit_id FROM balance_batch WHERE id = :id",
    "access": "SELECT unit_id FROM access WHERE id = :id",
    "channel": "SELECT unit_id FROM channel WHERE id = :id",
    "outbox": "SELECT unit_id FROM person WHERE id = (SELECT person_id FROM outbox WHERE id = :id)",
}


def grant(db: Database, person_id: int, role: Role, unit_id: int, *, by: Actor, now: datetime) -> int:
    """Let a person coordinate or administer a unit and all below it; granting twice changes nothing."""
    with write(db):
        held = value(
            db,
            "SELECT id FROM access WHERE person_id = :person_id AND role = :role AND unit_id = :unit_id",
            person_id=person_id,
            role=role,
            unit_id=unit_id,
        )
        if held is not None:
            return int(held)
        unit_of(db, "person", person_id)
        unit_of(db, "unit", unit_id)
        access_id = insert(db, "access", person_id=person_id, role=role, unit_id=unit_id)
        audit.record(
            db, "grant", "access", access_id, by=by, now=now, unit_id=unit_id, person_id=person_id, access=role
        )
    return access_id


def revoke(db: Database, access_id: int, *, by: Actor, now: datetime) -> None:
    """Take a grant back. Refused (Conflict) where nobody would administer the unit any more."""
    with write(db):
        held = one(db, "SELECT person_id, role, unit_id FROM access WHERE id = :id", id=access_id)
        if held is None:
            raise NotFound("not_found")
        run(db, "DELETE FROM access WHERE id = :id", id=access_id)
        if held["role"] == "administrator" and not _is_administered(db, held["unit_id"]):
            raise Conflict("last_administrator")
        audit.record(
            db,
            "revoke",
            "access",
            access_id,
            by=by,
            now=now,
            unit_id=held["unit_id"],
            person_id=held["person_id"],
            access=held["role"],
        )


def _is_administered(db: Database, unit_id: int) -> bool:
    return bool(
        value(
            db,
            """
            SELECT EXISTS (
                SELECT 1 FROM access
                JOIN unit_above ON unit_above.above_id = access.unit_id
                WHERE access.role = 'administrator' AND unit_above.unit_id = :unit_id
            )
            """,
            unit_id=unit_id,
        )
    )


def grants(db: Database, actor: Actor) -> list[Row]:
    """Every grant below the units that the actor administers: id, person_id, person, staff_no, role, unit_id, unit."""
    return rows(
        db,
        """
        SELECT access.id, access.person_id, person.name AS person, person.staff_no,
               access.role, access.unit_id, unit.name AS unit
        FROM access
        JOIN person ON person.id = access.person_id
        JOIN unit ON unit.id = access.unit_id
        WHERE EXISTS (
            SELECT 1 FROM access AS own
            JOIN unit_above ON unit_above.above_id = own.unit_id
            WHERE own.person_id = :actor_id AND own.role = 'administrator' AND unit_above.unit_id = access.unit_id
        )
        ORDER BY access.role, unit.sort, unit.id, person.staff_no
        """,
        actor_id=actor.person_id,
    )


def may(db: Database, actor: Actor, role: Role, unit_id: int) -> bool:
    """Whether the actor holds the role over the unit.

    An administrator may what a coordinator may; the system may all; everybody is staff.
    """
    if actor.person_id is None or role == "staff":
        return True
    return bool(
        value(
            db,
            """
            SELECT EXISTS (
                SELECT 1 FROM access
                JOIN unit_above ON unit_above.above_id = access.unit_id
                WHERE access.person_id = :person_id AND unit_above.unit_id = :unit_id
                  AND access.role IN (:role, 'administrator')
            )
            """,
            person_id=actor.person_id,
            role=role,
            unit_id=unit_id,
        )
    )


def may_speak_for(db: Database, actor: Actor, person_id: int) -> bool:
    """Whether the actor is this person or may all that this person may: getting in as them would gain nothing."""
    held = rows(db, "SELECT role, unit_id FROM access WHERE person_id = :id ORDER BY id", id=person_id)
    return actor.person_id == person_id or all(may(db, actor, row["role"], row["unit_id"]) for row in held)


def require(db: Database, actor: Actor, role: Role, unit_id: int) -> None:
    """Refuse where `may` says no: NotFound, so that ids of other units tell nothing."""
    if not may(db, actor, role, unit_id):
        raise NotFound("not_found")


def unit_of(db: Database, subject: str, subject_id: int) -> int:
    """The unit that one thing belongs to: the single place that scope checks resolve an object. NotFound.

    `subject` is a table, one of `UNIT_OF`.
    """
    unit_id = value(db, UNIT_OF[subject], id=subject_id) if subject_id <= LARGEST_ID else None
    if unit_id is None:
        raise NotFound("not_found")
    return int(unit_id)


def tops(db: Database, actor: Actor, role: Role) -> list[Row]:
    """The units over which the actor holds the role directly: id, name; widest first."""
    return rows(
        db,
        """
        SELECT unit.id, unit.name
        FROM access
        JOIN unit ON unit.id = access.unit_id
        WHERE access.person_id = :person_id AND access.role IN (:role, 'administrator')
        GROUP BY unit.id
        ORDER BY (SELECT COUNT(*) FROM unit_above WHERE above_id = unit.id) DESC, unit.sort, unit.id
        """,
        person_id=actor.person_id,
        role=role,
    )


def actor(db: Database, person_id: int) -> Actor:
    """The person as one who acts."""
    name = value(db, "SELECT name FROM person WHERE id = :id", id=person_id)
    if name is None:
        raise NotFound("not_found")
    return Actor(person_id, name)
