"""How often somebody tried what is limited, and until when they wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

# `who` is a hash: neither network addresses nor staff numbers are kept here.
SCRIPT = """
CREATE TABLE attempt (
    kind TEXT NOT NULL,
    who TEXT NOT NULL,
    begins_at TEXT NOT NULL,
    tries INTEGER NOT NULL CHECK (tries >= 0),
    waits INTEGER NOT NULL DEFAULT 0 CHECK (waits >= 0),
    until TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (kind, who)
) STRICT, WITHOUT ROWID
"""


@STEPS()
def attempts(db: Database) -> None:
    """Nothing was counted before."""
    apply(db, SCRIPT)
