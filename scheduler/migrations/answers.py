"""Which duties an answer is waited for, and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

SCRIPT = """
CREATE TABLE answer_asked (
    assignment_id INTEGER NOT NULL REFERENCES assignment (id),
    revision TEXT NOT NULL,
    at TEXT NOT NULL,
    told_at TEXT,
    PRIMARY KEY (assignment_id, revision)
) STRICT, WITHOUT ROWID
"""


@STEPS()
def answers(db: Database) -> None:
    """Nobody was asked before there was a link to answer by: nothing is brought over."""
    apply(db, SCRIPT)
