"""Rights: who may read, coordinate and administer which part of the tree on a day."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from scheduler import clock
from scheduler.audit import Actor
from scheduler.database import Database, Row, rows, value
from scheduler.errors import NotAllowed, NotFound

# What may be granted. Everybody is staff.
Granted = Literal["coordinator", "unit_head", "administrator", "auditor"]
GRANTED: tuple[Granted, ...] = ("coordinator", "unit_head", "administrator", "auditor")

# What a page or an act asks for. The last three read and change nothing: a reader sees all that is decided and done in
# the units; an examiner also what people tell their coordinators alone (wishes, their calendars, photos), imports and
# operations; an overseer what only administrators see.
Role = Literal["staff", "coordinator", "administrator", "reader", "examiner", "overseer"]
READING: tuple[Role, ...] = ("reader", "examiner", "overseer")

# Which grants give what is asked for: the one place.
GIVEN_BY: Mapping[str, tuple[Granted, ...]] = MappingProxyType(
    {
        "reader": GRANTED,
        "examiner": ("coordinator", "administrator", "auditor"),
        "overseer": ("administrator", "auditor"),
        "coordinator": ("coordinator", "administrator"),
        "administrator": ("administrator",),
    }
)

IN_FORCE = "access.ended_at IS NULL AND access.starts_on <= :day AND COALESCE(access.ends_on, :day) >= :day"

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
    "approval": "SELECT unit_id FROM approval WHERE id = :id",
    "access": "SELECT unit_id FROM access WHERE id = :id",
    "channel": "SELECT unit_id FROM channel WHERE id = :id",
    "scheduled_export": "SELECT unit_id FROM scheduled_export WHERE id = :id",
    "outbox": "SELECT unit_id FROM person WHERE id = (SELECT person_id FROM outbox WHERE id = :id)",
}


def may(db: Database, actor: Actor, role: Role, unit_id: int, *, now: datetime) -> bool:
    """Whether what the actor was granted gives this over the unit today.

    An administrator may what a coordinator may; the system may all; everybody is staff.
    """
    if actor.person_id is None or role == "staff":
        return True
    return bool(
        value(
            db,
            f"""
            SELECT EXISTS (
                SELECT 1 FROM access
                JOIN unit_above ON unit_above.above_id = access.unit_id
                WHERE access.person_id = :person_id AND unit_above.unit_id = :unit_id
                  AND access.role IN (SELECT value FROM json_each(:roles)) AND {IN_FORCE}
            )
            """,
            person_id=actor.person_id,
            unit_id=unit_id,
            roles=json.dumps(GIVEN_BY[role]),
            day=_day(db, now),
        )
    )


def may_speak_for(db: Database, actor: Actor, person_id: int, *, now: datetime) -> bool:
    """Whether the actor is this person or may all that this person may: getting in as them would gain nothing.

    A grant that has yet to begin counts as well.
    """
    if actor.person_id in (None, person_id):
        return True
    held = rows(
        db,
        """
        SELECT role, unit_id FROM access
        WHERE person_id = :id AND ended_at IS NULL AND COALESCE(ends_on, :day) >= :day
        ORDER BY id
        """,
        id=person_id,
        day=_day(db, now),
    )
    return all(may(db, actor, _AS_MUCH[row["role"]], row["unit_id"], now=now) for row in held)


# What one has to hold for getting in as somebody who was granted a role to gain nothing.
_AS_MUCH: Mapping[Granted, Role] = MappingProxyType(
    {"coordinator": "coordinator", "unit_head": "reader", "administrator": "administrator", "auditor": "overseer"}
)


def require(db: Database, actor: Actor, role: Role, unit_id: int, *, now: datetime) -> None:
    """Refuse where `may` says no: NotFound, so that ids of other units tell nothing; NotAllowed to who may read it."""
    if may(db, actor, role, unit_id, now=now):
        return
    if not may(db, actor, "reader", unit_id, now=now):
        raise NotFound("not_found")
    only_reads = role not in READING and not may(db, actor, "coordinator", unit_id, now=now)
    raise NotAllowed("reads_only" if only_reads else "not_allowed")


def administers_all(db: Database, actor: Actor, *, now: datetime) -> bool:
    """Whether the actor administers every tree of units: what is the same for all of them is theirs to change."""
    tops = rows(db, "SELECT id FROM unit WHERE parent_id IS NULL ORDER BY id")
    return all(may(db, actor, "administrator", top["id"], now=now) for top in tops)


def require_all(db: Database, actor: Actor, *, now: datetime) -> None:
    """NotAllowed where a change would reach units beside those that the actor administers."""
    if not administers_all(db, actor, now=now):
        raise NotAllowed("is_of_all")


def unit_of(db: Database, subject: str, subject_id: int) -> int:
    """The unit that one thing belongs to: the single place that scope checks resolve an object. NotFound.

    `subject` is a table, one of `UNIT_OF`.
    """
    unit_id = value(db, UNIT_OF[subject], id=subject_id) if subject_id <= LARGEST_ID else None
    if unit_id is None:
        raise NotFound("not_found")
    return int(unit_id)


def tops(db: Database, actor: Actor, role: Role, *, now: datetime) -> list[Row]:
    """The units over which the actor was granted what gives this directly: id, name; widest first."""
    return rows(
        db,
        f"""
        SELECT unit.id, unit.name
        FROM access
        JOIN unit ON unit.id = access.unit_id
        WHERE access.person_id = :person_id AND access.role IN (SELECT value FROM json_each(:roles)) AND {IN_FORCE}
        GROUP BY unit.id
        ORDER BY (SELECT COUNT(*) FROM unit_above WHERE above_id = unit.id) DESC, unit.sort, unit.id
        """,
        person_id=actor.person_id,
        roles=json.dumps(GIVEN_BY[role]),
        day=_day(db, now),
    )


def actor(db: Database, person_id: int) -> Actor:
    """The person as one who acts."""
    name = value(db, "SELECT name FROM person WHERE id = :id", id=person_id)
    if name is None:
        raise NotFound("not_found")
    return Actor(person_id, name)


def _day(db: Database, now: datetime) -> str:
    return clock.today(now, db.zone).isoformat()
