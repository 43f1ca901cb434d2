"""A list stored at once, from the command line, and kept as one that was handed in: so that it is undone as one."""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from typing import Any

from scheduler import audit, clock
from scheduler.audit import Actor
from scheduler.config import Settings
from scheduler.database import Database, Row, insert, one, run, value, write
from scheduler.errors import Conflict
from scheduler.intake import desk, storing

# The command line is nobody's account: what it brought stands under who administers the whole, and says whence it is.
ADMINISTRATOR = """
SELECT person_id FROM access JOIN unit ON unit.id = unit_id WHERE role = 'administrator' AND parent_id IS NULL
ORDER BY access.id LIMIT 1
"""


def store_now(
    db: Database, settings: Settings, stored: Any, *, kind: str, unit_id: int, file: str, by: Actor, now: datetime
) -> tuple[Row, int]:
    """Store a list's rows; gives what was done, and what it is undone by: 0 where nothing changed.

    Without an administrator there is nobody to keep it for: it is stored, and is not undone as one.
    """
    with write(db):
        keeper = value(db, ADMINISTRATOR)
        if keeper is None:
            return storing.listed(db, kind, stored, settings, by=by, now=now), 0
        intake_id = insert(
            db, "intake", key=secrets.token_hex(16), kind=kind, unit_id=unit_id, file=f"{desk.named(file)}（命令行）",
            bytes=0, state="ready", task="", made_at=clock.to_text(now), made_by=keeper,
            changed_at=clock.to_text(now),
        )  # fmt: skip
        done = storing.store(db, desk.intake(db, intake_id), stored, settings, by=by, now=now)
        if not one(db, "SELECT 1 AS n FROM intake_change WHERE intake_id = :id LIMIT 1", id=intake_id):
            run(db, "DELETE FROM intake WHERE id = :id", id=intake_id)
            return done, 0
        sql = "UPDATE intake SET state = 'done', outcome = :outcome WHERE id = :id"
        run(db, sql, id=intake_id, outcome=json.dumps(done, ensure_ascii=False, default=str))
        audit.record(db, "hand_in", "intake", intake_id, by=by, now=now, unit_id=unit_id, kind=kind, file=file)
    return done, intake_id


def undo_now(db: Database, settings: Settings, kind: str, intake_id: int, *, by: Actor, now: datetime) -> None:
    """Take back what was stored of a list, here or on its page; Conflict where it is none, or was undone before."""
    with write(db):
        sql = "SELECT id FROM intake WHERE id = :id AND kind = :kind AND state = 'done' AND task = ''"
        if one(db, sql, id=intake_id, kind=kind) is None:
            raise Conflict("nothing_to_undo")
        storing.undo(db, desk.intake(db, intake_id), settings, by=by, now=now)
        sql = "UPDATE intake SET state = 'undone', version = version + 1, changed_at = :now WHERE id = :id"
        run(db, sql, id=intake_id, now=clock.to_text(now))
