"""Checking in at the place, and what was done and found there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

SCRIPT = """
CREATE TABLE check_in (
    id INTEGER PRIMARY KEY,
    assignment_id INTEGER NOT NULL UNIQUE REFERENCES assignment (id),
    at TEXT NOT NULL,
    received_at TEXT NOT NULL CHECK (received_at >= at),
    way TEXT NOT NULL CHECK (way IN ('code', 'synced')),
    late INTEGER NOT NULL CHECK (late IN (0, 1)),
    left_at TEXT CHECK (left_at >= at),
    note TEXT NOT NULL DEFAULT '',
    photo TEXT UNIQUE,
    voided_at TEXT,
    voided_by TEXT NOT NULL DEFAULT '',
    void_reason TEXT NOT NULL DEFAULT '',
    CHECK ((voided_at IS NULL) = (void_reason = ''))
) STRICT

CREATE TRIGGER a_check_in_stays_as_it_came BEFORE UPDATE OF assignment_id, at, received_at, way, late ON check_in BEGIN
    SELECT RAISE(ABORT, 'check_in_is_evidence');
END

CREATE TRIGGER a_check_in_is_never_taken_out BEFORE DELETE ON check_in BEGIN
    SELECT RAISE(ABORT, 'check_in_is_evidence');
END

CREATE TABLE check_try (
    assignment_id INTEGER PRIMARY KEY REFERENCES assignment (id),
    since TEXT NOT NULL,
    tries INTEGER NOT NULL CHECK (tries >= 1)
) STRICT

CREATE TABLE shift_report (
    shift_id INTEGER PRIMARY KEY REFERENCES shift (id),
    version INTEGER NOT NULL DEFAULT 1,
    done TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(done)),
    remarks TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT

CREATE TABLE shift_problem (
    id INTEGER PRIMARY KEY,
    shift_id INTEGER NOT NULL REFERENCES shift (id),
    text TEXT NOT NULL CHECK (text <> ''),
    follow_up_id INTEGER NOT NULL REFERENCES person (id),
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    found_at TEXT NOT NULL,
    found_by TEXT NOT NULL,
    closed_at TEXT,
    closed_by TEXT NOT NULL DEFAULT '',
    outcome TEXT NOT NULL DEFAULT '',
    CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CHECK ((state = 'closed') = (outcome <> ''))
) STRICT

CREATE INDEX shift_problem_by_shift ON shift_problem (shift_id)

CREATE INDEX shift_problem_open ON shift_problem (follow_up_id) WHERE state = 'open'

ALTER TABLE wall ADD COLUMN codes INTEGER NOT NULL DEFAULT 0 CHECK (codes IN (0, 1))
"""


@STEPS()
def check_in(db: Database) -> None:
    """Nobody has checked in before; walls that hang already show no codes until their address is made anew."""
    apply(db, SCRIPT)
