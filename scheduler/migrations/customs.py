"""Soft rules that an organisation may switch on, each with its level; off is a level of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

SCRIPT = """
CREATE TABLE rule_level_anew (
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    rule TEXT NOT NULL CHECK (rule IN ('rest', 'week_cap', 'quota', 'restdays', 'night', 'far', 'same_unit')),
    level TEXT NOT NULL CHECK (level IN ('block', 'warn', 'note', 'off')),
    PRIMARY KEY (unit_id, rule),
    CHECK (level <> 'off' OR rule NOT IN ('rest', 'week_cap', 'quota'))
) STRICT, WITHOUT ROWID

INSERT INTO rule_level_anew (unit_id, rule, level)
SELECT unit_id, rule, level FROM rule_level ORDER BY unit_id, rule

DROP TABLE rule_level

ALTER TABLE rule_level_anew RENAME TO rule_level
"""


@STEPS()
def customs(db: Database) -> None:
    """Levels that were set stay as they are. The table has no rowid, so it is not `rebuild` that makes it anew."""
    apply(db, SCRIPT)
