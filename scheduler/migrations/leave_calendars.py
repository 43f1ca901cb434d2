"""Addresses that people's own calendars of leave are read from, and what was taken from each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

# The address is a secret: whoever knows it reads the calendar. `ahead` is until when the whole file was read last,
# `problem` a refusal as JSON; what was taken goes with its calendar, the leave that came of it stays.
SCRIPT = """
CREATE TABLE leave_calendar (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL UNIQUE REFERENCES person (id),
    url TEXT NOT NULL CHECK (url <> ''),
    takes TEXT NOT NULL CHECK (takes IN ('words', 'all')),
    given_by TEXT NOT NULL,
    given_at TEXT NOT NULL,
    etag TEXT NOT NULL DEFAULT '',
    changed_at TEXT NOT NULL DEFAULT '',
    ahead TEXT NOT NULL DEFAULT '',
    next_at TEXT NOT NULL,
    tried_at TEXT,
    read_at TEXT,
    failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    failing_since TEXT CHECK ((failing_since IS NULL) = (failures = 0)),
    problem TEXT NOT NULL DEFAULT '' CHECK (problem = '' OR json_valid(problem)),
    found INTEGER NOT NULL DEFAULT 0 CHECK (found >= 0),
    passed_over INTEGER NOT NULL DEFAULT 0 CHECK (passed_over BETWEEN 0 AND found),
    version INTEGER NOT NULL DEFAULT 1
) STRICT

CREATE INDEX leave_calendar_due ON leave_calendar (next_at)

CREATE TABLE leave_calendar_event (
    calendar_id INTEGER NOT NULL REFERENCES leave_calendar (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL CHECK (ends_at > starts_at),
    request_id INTEGER NOT NULL UNIQUE REFERENCES leave_request (id),
    PRIMARY KEY (calendar_id, key)
) STRICT
"""


@STEPS()
def leave_calendars(db: Database) -> None:
    """Nothing was read from calendars before."""
    apply(db, SCRIPT)
