"""Grants have a first day, perhaps a last one, and an end that is kept; unit heads and auditors read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply, rebuild

if TYPE_CHECKING:
    from sqlite_utils import Database

# What was granted before grants had days counts from the first day on.
ACCESS = """
CREATE TABLE access (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    role TEXT NOT NULL CHECK (role IN ('coordinator', 'unit_head', 'administrator', 'auditor')),
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    starts_on TEXT NOT NULL DEFAULT '2000-01-01',
    ends_on TEXT CHECK (ends_on >= starts_on),
    granted_at TEXT,
    granted_by TEXT,
    ended_at TEXT,
    ended_by TEXT,
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
) STRICT
"""

RULES = """
CREATE INDEX access_by_person ON access (person_id)

CREATE INDEX access_by_unit ON access (unit_id)

CREATE TRIGGER a_grant_is_held_once_at_a_time BEFORE INSERT ON access BEGIN
    SELECT RAISE(ABORT, 'grant_overlaps')
    WHERE EXISTS (
        SELECT 1 FROM access
        WHERE person_id = NEW.person_id AND role = NEW.role AND unit_id = NEW.unit_id AND ended_at IS NULL
          AND starts_on <= COALESCE(NEW.ends_on, '9999-12-31') AND COALESCE(ends_on, '9999-12-31') >= NEW.starts_on
    );
END

CREATE TRIGGER a_grant_stays_as_it_was_given
BEFORE UPDATE OF id, person_id, role, unit_id, starts_on, granted_at, granted_by ON access BEGIN
    SELECT RAISE(ABORT, 'grant_is_kept');
END

CREATE TRIGGER a_grant_ends_once BEFORE UPDATE ON access WHEN OLD.ended_at IS NOT NULL BEGIN
    SELECT RAISE(ABORT, 'grant_has_ended');
END

CREATE TRIGGER a_grant_is_never_deleted BEFORE DELETE ON access BEGIN
    SELECT RAISE(ABORT, 'grant_is_kept');
END
"""


@STEPS()
def roles(db: Database) -> None:
    """Dated grants of four roles; none is deleted."""
    rebuild(db, "access", ACCESS)
    apply(db, RULES)
