"""Leave that is asked for, which of it needs a decision, and calendars that times away are read from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

SCRIPT = """
CREATE TABLE leave_request (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL CHECK (kind IN ('leave', 'sick', 'travel', 'training', 'other')),
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL CHECK (ends_at > starts_at),
    note TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'approved', 'declined', 'withdrawn')),
    is_by_rule INTEGER NOT NULL DEFAULT 0 CHECK (is_by_rule IN (0, 1)),
    asked_at TEXT NOT NULL,
    decided_at TEXT,
    decided_by TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    away_id INTEGER UNIQUE REFERENCES away (id),
    CHECK ((state = 'approved') = (away_id IS NOT NULL)),
    CHECK ((state = 'asked') = (decided_at IS NULL))
) STRICT

CREATE INDEX leave_request_by_person ON leave_request (person_id, starts_at)

CREATE INDEX leave_request_waiting ON leave_request (person_id, starts_at) WHERE state = 'asked'

CREATE TRIGGER a_decision_on_leave_stands BEFORE UPDATE OF state ON leave_request
WHEN OLD.state IN ('declined', 'withdrawn') AND NEW.state <> OLD.state BEGIN
    SELECT RAISE(ABORT, 'leave_is_settled');
END

CREATE TRIGGER away_taken_back BEFORE DELETE ON away BEGIN
    UPDATE leave_request SET state = 'withdrawn', away_id = NULL WHERE away_id = OLD.id;
END

CREATE TABLE leave_rule (
    unit_id INTEGER PRIMARY KEY REFERENCES unit (id),
    days TEXT NOT NULL CHECK (json_valid(days)),
    version INTEGER NOT NULL DEFAULT 1
) STRICT
"""


@STEPS()
def leave(db: Database) -> None:
    """What stands in `away` is a fact, as it was: noted by a coordinator, or asked for and approved."""
    apply(db, SCRIPT)
