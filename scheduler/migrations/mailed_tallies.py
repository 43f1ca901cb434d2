"""Tallies that are mailed on a schedule, each period once; files that go with mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

# `args` is the question without its period, as its address has it; `receivers` are numbers of people.
SCRIPT = """
CREATE TABLE attachment (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL CHECK (name <> '' AND name NOT GLOB '*[^A-Za-z0-9._-]*'),
    type TEXT NOT NULL,
    content BLOB NOT NULL
) STRICT

ALTER TABLE outbox ADD COLUMN attachment_id INTEGER REFERENCES attachment (id)

CREATE INDEX outbox_of_attachment ON outbox (attachment_id) WHERE attachment_id IS NOT NULL

CREATE TABLE scheduled_export (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    name TEXT NOT NULL CHECK (name <> ''),
    args TEXT NOT NULL CHECK (json_valid(args)),
    every TEXT NOT NULL CHECK (every IN ('week', 'month', 'quarter')),
    receivers TEXT NOT NULL CHECK (json_valid(receivers) AND json_array_length(receivers) > 0),
    lang TEXT NOT NULL CHECK (lang IN ('zh', 'en')),
    made_by INTEGER NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    ended_at TEXT
) STRICT

CREATE INDEX scheduled_export_of_unit ON scheduled_export (unit_id)

CREATE INDEX scheduled_export_of_person ON scheduled_export (made_by)

CREATE TABLE scheduled_export_run (
    id INTEGER PRIMARY KEY,
    export_id INTEGER NOT NULL REFERENCES scheduled_export (id),
    period TEXT NOT NULL,
    at TEXT NOT NULL,
    queued INTEGER NOT NULL CHECK (queued >= 0),
    UNIQUE (export_id, period)
) STRICT

CREATE TRIGGER scheduled_export_run_stands BEFORE UPDATE ON scheduled_export_run
BEGIN SELECT RAISE(ABORT, 'mailed_run_is_kept'); END

CREATE TRIGGER scheduled_export_run_stays BEFORE DELETE ON scheduled_export_run
BEGIN SELECT RAISE(ABORT, 'mailed_run_is_kept'); END
"""


@STEPS()
def mailed_tallies(db: Database) -> None:
    """Nothing that is there changes: no message has a file yet."""
    apply(db, SCRIPT)
