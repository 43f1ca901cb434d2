"""The background process's heart, minute by minute; and whether sending is paused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

SCRIPT = """
CREATE TABLE beat (
    minute TEXT PRIMARY KEY,
    beats INTEGER NOT NULL CHECK (beats > 0),
    holder TEXT NOT NULL
) STRICT, WITHOUT ROWID

CREATE TABLE pause (
    name TEXT PRIMARY KEY CHECK (name = 'send'),
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT, WITHOUT ROWID
"""


@STEPS()
def pulse(db: Database) -> None:
    """How often the heart beat in each of the last minutes, and the row that keeps every message back."""
    apply(db, SCRIPT)
