"""Who changed what, and when: rows are added, never altered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from scheduler import clock
from scheduler.database import Database, Row, insert, rows


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it: a person who is signed in, or the system itself (no person)."""

    person_id: int | None
    name: str


SYSTEM = Actor(None, "system")


def record(
    db: Database,
    act: str,
    subject: str,
    subject_id: int,
    /,
    *,
    by: Actor,
    now: datetime,
    unit_id: int | None = None,
    **facts: object,
) -> int:
    """Note one act, inside of the transaction that does it. `act` is a verb, `subject` a table: `publish`, `roster`."""
    return insert(
        db,
        "audit",
        at=clock.to_text(now),
        person_id=by.person_id,
        actor=by.name,
        act=act,
        subject=subject,
        subject_id=subject_id,
        unit_id=unit_id,
        facts=json.dumps(facts, ensure_ascii=False, default=str, sort_keys=True),
    )


def history(db: Database, subject: str, subject_id: int, *, limit: int = 50) -> list[Row]:
    """What was done to one thing, newest first: at, actor, act, facts (a dict)."""
    found = rows(
        db,
        """
        SELECT id, at, actor, act, facts
        FROM audit
        WHERE subject = :subject AND subject_id = :subject_id
        ORDER BY id DESC
        LIMIT :limit
        """,
        subject=subject,
        subject_id=subject_id,
        limit=limit,
    )
    return [{**row, "facts": json.loads(row["facts"])} for row in found]
