"""Acts that a second administrator has to agree to where the organisation says so, and codes to restore by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

# One that is still `asked` after `expires_at` has lapsed: that is read by time, and noted when it is asked for anew.
SCRIPT = """
CREATE TABLE second_person (
    unit_id INTEGER PRIMARY KEY REFERENCES unit (id),
    is_on INTEGER NOT NULL CHECK (is_on IN (0, 1)),
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL
) STRICT

CREATE TABLE approval (
    id INTEGER PRIMARY KEY,
    act TEXT NOT NULL CHECK (act IN ('reopen_month', 'reverse_batch', 'second_person_off')),
    subject TEXT NOT NULL CHECK (subject IN ('month_close', 'balance_batch', 'unit')),
    subject_id INTEGER NOT NULL,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    facts TEXT NOT NULL CHECK (json_valid(facts)),
    reason TEXT NOT NULL CHECK (reason <> ''),
    asked_by INTEGER NOT NULL REFERENCES person (id),
    asked_at TEXT NOT NULL,
    expires_at TEXT NOT NULL CHECK (expires_at > asked_at),
    state TEXT NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'approved', 'refused', 'withdrawn', 'lapsed')),
    decided_by INTEGER REFERENCES person (id),
    decided_at TEXT,
    note TEXT NOT NULL DEFAULT '',
    CHECK ((state = 'asked') = (decided_at IS NULL)),
    CHECK ((state IN ('asked', 'lapsed')) = (decided_by IS NULL))
) STRICT

CREATE UNIQUE INDEX approval_open_once ON approval (act, subject, subject_id) WHERE state = 'asked'

CREATE INDEX approval_by_subject ON approval (subject, subject_id, act, state)

CREATE INDEX approval_by_unit ON approval (unit_id, id)

CREATE TRIGGER an_approval_begins_by_being_asked_for BEFORE INSERT ON approval WHEN NEW.state <> 'asked' BEGIN
    SELECT RAISE(ABORT, 'approval_is_kept');
END

CREATE TRIGGER nobody_approves_their_own BEFORE UPDATE ON approval
WHEN NEW.state IN ('approved', 'refused') AND NEW.decided_by = OLD.asked_by BEGIN
    SELECT RAISE(ABORT, 'approval_is_your_own');
END

CREATE TRIGGER an_approval_in_time BEFORE UPDATE ON approval
WHEN NEW.state IN ('approved', 'refused') AND NEW.decided_at >= OLD.expires_at BEGIN
    SELECT RAISE(ABORT, 'approval_has_lapsed');
END

CREATE TRIGGER what_was_asked_for_stays
BEFORE UPDATE OF id, act, subject, subject_id, unit_id, facts, reason, asked_by, asked_at, expires_at ON approval BEGIN
    SELECT RAISE(ABORT, 'approval_is_kept');
END

CREATE TRIGGER an_approval_is_decided_once BEFORE UPDATE ON approval WHEN OLD.state <> 'asked' BEGIN
    SELECT RAISE(ABORT, 'approval_is_over');
END

CREATE TRIGGER an_approval_is_never_deleted BEFORE DELETE ON approval BEGIN
    SELECT RAISE(ABORT, 'approval_is_kept');
END

CREATE TRIGGER a_month_is_reopened_by_two BEFORE UPDATE OF reopened_at ON month_close
WHEN NEW.reopened_at IS NOT NULL AND EXISTS (
    SELECT 1 FROM unit_above JOIN second_person ON second_person.unit_id = above_id AND is_on = 1
    WHERE unit_above.unit_id = NEW.unit_id
) AND NOT EXISTS (
    SELECT 1 FROM approval
    WHERE subject = 'month_close' AND subject_id = NEW.id AND act = 'reopen_month' AND state = 'approved'
) BEGIN
    SELECT RAISE(ABORT, 'needs_second_person');
END

CREATE TRIGGER a_batch_is_reversed_by_two BEFORE UPDATE OF reversed_at ON balance_batch
WHEN NEW.reversed_at IS NOT NULL AND EXISTS (
    SELECT 1 FROM unit_above JOIN second_person ON second_person.unit_id = above_id AND is_on = 1
    WHERE unit_above.unit_id = NEW.unit_id
) AND NOT EXISTS (
    SELECT 1 FROM approval
    WHERE subject = 'balance_batch' AND subject_id = NEW.id AND act = 'reverse_batch' AND state = 'approved'
) BEGIN
    SELECT RAISE(ABORT, 'needs_second_person');
END

CREATE TRIGGER a_second_person_is_let_go_by_two BEFORE UPDATE ON second_person
WHEN OLD.is_on = 1 AND NEW.is_on = 0 AND NOT EXISTS (
    SELECT 1 FROM approval
    WHERE subject = 'unit' AND subject_id = OLD.unit_id AND act = 'second_person_off' AND state = 'approved'
      AND asked_at >= OLD.changed_at
) BEGIN
    SELECT RAISE(ABORT, 'needs_second_person');
END

CREATE TRIGGER a_second_person_is_never_deleted BEFORE DELETE ON second_person BEGIN
    SELECT RAISE(ABORT, 'needs_second_person');
END

CREATE TABLE restore_code (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    code_hash TEXT NOT NULL UNIQUE,
    made_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT
) STRICT

CREATE TRIGGER a_restore_code_is_used_once BEFORE UPDATE ON restore_code WHEN OLD.used_at IS NOT NULL BEGIN
    SELECT RAISE(ABORT, 'restore_code_is_wrong');
END
"""


@STEPS()
def second_person(db: Database) -> None:
    """Off everywhere, as it was before."""
    apply(db, SCRIPT)
