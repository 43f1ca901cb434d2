"""What waits for a second person, and what was decided."""

from __future__ import annotations

import json
from datetime import datetime

from scheduler import accounts, clock
from scheduler.audit import Actor
from scheduler.database import Database, Row, one, rows, value
from scheduler.errors import NotFound

_APPROVAL = """
    SELECT approval.id, approval.act, approval.subject, approval.subject_id, approval.unit_id, unit.name AS unit,
           approval.facts, approval.reason, approval.asked_by, asker.name AS asker, approval.asked_at,
           approval.expires_at, approval.decided_by, decider.name AS decider, approval.decided_at, approval.note,
           CASE WHEN approval.state = 'asked' AND approval.expires_at <= :now THEN 'lapsed'
                ELSE approval.state END AS state
    FROM approval
    JOIN unit ON unit.id = approval.unit_id
    JOIN person AS asker ON asker.id = approval.asked_by
    LEFT JOIN person AS decider ON decider.id = approval.decided_by
"""
_BELOW = """
    approval.unit_id IN (
        SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:tops))
    )
"""


def approval(db: Database, approval_id: int, *, now: datetime) -> Row:
    """One request: who asked for what and why, until when it waits, its state by now, who decided. NotFound."""
    found = one(db, f"{_APPROVAL} WHERE approval.id = :id", id=approval_id, now=clock.to_text(now))
    if found is None:
        raise NotFound("not_found")
    return found | {"facts": json.loads(found["facts"])}


def open_for(db: Database, act: str, subject_ids: list[int], *, now: datetime) -> dict[int, Row]:
    """By subject, the request that waits for a second person, as `approval`."""
    found = rows(
        db,
        f"""
        {_APPROVAL}
        WHERE approval.act = :act AND approval.state = 'asked' AND approval.expires_at > :now
          AND approval.subject_id IN (SELECT value FROM json_each(:ids))
        """,
        act=act,
        ids=json.dumps(subject_ids),
        now=clock.to_text(now),
    )
    return {row["subject_id"]: row | {"facts": json.loads(row["facts"])} for row in found}


def listed(db: Database, actor: Actor, *, now: datetime, limit: int = 50) -> list[Row]:
    """Of the units that the actor administers or audits: what waits first, then what is over, the newest first."""
    found = rows(
        db,
        f"""
        SELECT * FROM ({_APPROVAL} WHERE {_BELOW})
        ORDER BY state <> 'asked', id DESC
        LIMIT :limit
        """,
        tops=_tops(db, actor, "overseer", now),
        now=clock.to_text(now),
        limit=limit,
    )
    return [row | {"facts": json.loads(row["facts"])} for row in found]


def counts_for(db: Database, actor: Actor, *, now: datetime) -> int:
    """How many requests wait for this administrator: their own are for others to decide."""
    at = clock.to_text(now)
    if not value(db, "SELECT EXISTS (SELECT 1 FROM approval WHERE state = 'asked' AND expires_at > :now)", now=at):
        return 0
    sql = f"""
        SELECT COUNT(*) FROM approval
        WHERE state = 'asked' AND expires_at > :now AND asked_by <> :me AND {_BELOW}
    """
    return int(value(db, sql, tops=_tops(db, actor, "administrator", now), now=at, me=actor.person_id))


def organisations(db: Database, actor: Actor, *, now: datetime) -> list[Row]:
    """The organisations that the actor administers or audits as a whole: id, name, is_on, others (administrators)."""
    tops = rows(
        db,
        """
        SELECT unit.id, unit.name, COALESCE(second_person.is_on, 0) AS is_on
        FROM unit
        LEFT JOIN second_person ON second_person.unit_id = unit.id
        WHERE unit.parent_id IS NULL
        ORDER BY unit.sort, unit.id
        """,
    )
    return [
        top | {"others": len(others(db, top["id"], actor, now=now))}
        for top in tops
        if accounts.may(db, actor, "overseer", top["id"], now=now)
    ]


def others(db: Database, unit_id: int, actor: Actor, *, now: datetime) -> list[Row]:
    """The other administrators over a unit, who could be the second person: person_id, person, lang."""
    return rows(
        db,
        f"""
        SELECT DISTINCT person.id AS person_id, person.name AS person, person.lang
        FROM unit_above
        JOIN access ON access.unit_id = unit_above.above_id AND access.role = 'administrator'
        JOIN person ON person.id = access.person_id
        WHERE unit_above.unit_id = :unit_id AND person.id <> :me AND {accounts.IN_FORCE}
          AND (person.left_on IS NULL OR person.left_on >= :day)
        ORDER BY person.id
        """,
        unit_id=unit_id,
        me=actor.person_id or 0,
        day=clock.today(now, db.zone).isoformat(),
    )


def _tops(db: Database, actor: Actor, role: accounts.Role, now: datetime) -> str:
    return json.dumps([top["id"] for top in accounts.tops(db, actor, role, now=now)])
