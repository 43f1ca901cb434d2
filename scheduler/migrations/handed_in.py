"""Files that were handed in to be imported, what each import changed, and which column was which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

# `task` is what the background process is asked to do with it, `started_at` since when it does; `given` is what
# people answered, `found` what was read (the first rows and questions), `outcome` what was stored and how to undo it.
SCRIPT = """
CREATE TABLE intake (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('people', 'units', 'places', 'templates', 'leave', 'balances', 'roster')),
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    file TEXT NOT NULL CHECK (file <> ''),
    bytes INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (
        state IN ('waiting', 'columns', 'questions', 'ready', 'refused', 'done', 'undone', 'dropped')
    ),
    task TEXT NOT NULL DEFAULT 'read' CHECK (task IN ('', 'read', 'store', 'undo')),
    progress TEXT NOT NULL DEFAULT '' CHECK (progress IN ('', 'open', 'check', 'write')),
    started_at TEXT CHECK (task <> '' OR started_at IS NULL),
    given TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(given)),
    found TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(found)),
    outcome TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(outcome)),
    made_at TEXT NOT NULL,
    made_by INTEGER NOT NULL REFERENCES person (id),
    changed_at TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    CHECK (state <> 'waiting' OR task = 'read'),
    CHECK (task <> 'store' OR state = 'ready'),
    CHECK (task <> 'undo' OR state = 'done')
) STRICT

CREATE INDEX intake_by_unit ON intake (unit_id, id)

CREATE INDEX intake_to_do ON intake (id) WHERE task <> ''

CREATE TRIGGER an_import_is_stored_once BEFORE UPDATE OF state ON intake
WHEN (OLD.state = 'done' AND NEW.state NOT IN ('done', 'undone'))
  OR (OLD.state IN ('undone', 'dropped') AND NEW.state <> OLD.state) BEGIN
    SELECT RAISE(ABORT, 'intake_is_over');
END

CREATE TABLE intake_change (
    intake_id INTEGER NOT NULL REFERENCES intake (id),
    subject TEXT NOT NULL CHECK (subject IN ('person', 'unit', 'place', 'template', 'away')),
    subject_id INTEGER NOT NULL,
    act TEXT NOT NULL CHECK (act IN ('added', 'changed')),
    before TEXT NOT NULL CHECK (json_valid(before)),
    version INTEGER NOT NULL,
    PRIMARY KEY (intake_id, subject, subject_id)
) STRICT, WITHOUT ROWID

CREATE TABLE column_memory (
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    kind TEXT NOT NULL,
    shape TEXT NOT NULL,
    columns TEXT NOT NULL CHECK (json_valid(columns)),
    used_at TEXT NOT NULL,
    PRIMARY KEY (unit_id, kind, shape)
) STRICT, WITHOUT ROWID
"""


@STEPS()
def handed_in(db: Database) -> None:
    """Nothing was handed in before."""
    apply(db, SCRIPT)
