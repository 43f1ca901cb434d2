"""Which wrong codes were answered already: a phone that does not know sends them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

SCRIPT = """
CREATE TABLE check_entry (
    assignment_id INTEGER NOT NULL REFERENCES assignment (id),
    entry TEXT NOT NULL CHECK (entry <> ''),
    at TEXT NOT NULL,
    PRIMARY KEY (assignment_id, entry)
) STRICT, WITHOUT ROWID
"""


@STEPS()
def check_entries(db: Database) -> None:
    """Until now an entry that was sent twice was counted twice."""
    apply(db, SCRIPT)
