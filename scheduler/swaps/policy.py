"""Whether a coordinator approves what two people have agreed upon: one answer for a whole organisation."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from scheduler import audit
from scheduler.audit import Actor
from scheduler.database import Database, Row, one, rows, run, write
from scheduler.errors import Conflict


def needs_approval(db: Database, unit_id: int) -> bool:
    """Whether swaps and cover in the unit wait for a coordinator; not where nobody has set it."""
    found = one(
        db,
        """
        SELECT needs_approval
        FROM swap_policy
        JOIN unit_above ON unit_above.above_id = swap_policy.unit_id
        WHERE unit_above.unit_id = :unit_id
        """,
        unit_id=unit_id,
    )
    return bool(found and found["needs_approval"])


def organisations(db: Database, tops: Iterable[int]) -> list[Row]:
    """Which of these units are whole organisations: id, name, needed."""
    found = rows(
        db,
        "SELECT id, name FROM unit WHERE parent_id IS NULL AND id IN (SELECT value FROM json_each(:ids)) ORDER BY id",
        ids=json.dumps(list(tops)),
    )
    return [row | {"needed": needs_approval(db, row["id"])} for row in found]


def set_approval(db: Database, unit_id: int, needed: bool, *, by: Actor, now: datetime) -> bool:
    """Let an organisation's swaps wait for a coordinator, or not; gives whether that is new. Conflict: not its top."""
    with write(db):
        unit = one(db, "SELECT name, parent_id FROM unit WHERE id = :id", id=unit_id)
        if unit is None or unit["parent_id"] is not None:
            raise Conflict("policy_is_of_the_top", unit=unit["name"] if unit else "")
        if needs_approval(db, unit_id) == needed:
            return False
        run(
            db,
            """
            INSERT INTO swap_policy (unit_id, needs_approval) VALUES (:unit_id, :needed)
            ON CONFLICT (unit_id) DO UPDATE SET needs_approval = excluded.needs_approval
            """,
            unit_id=unit_id,
            needed=int(needed),
        )
        audit.record(db, "set_swaps", "unit", unit_id, by=by, now=now, unit_id=unit_id, approval=needed)
        return True
