"""Quotas by place, week or month; rules and hands that waive; what units owe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

SCRIPT = """
CREATE TABLE quota_anew (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    role TEXT NOT NULL CHECK (role IN ('head', 'deputy', 'staff')),
    activity_id INTEGER NOT NULL REFERENCES activity (id),
    place_id INTEGER REFERENCES place (id),
    sponsored INTEGER NOT NULL DEFAULT 0 CHECK (sponsored IN (0, 1)),
    period TEXT NOT NULL DEFAULT 'week' CHECK (period IN ('week', 'month')),
    least INTEGER NOT NULL CHECK (least BETWEEN 1 AND 31),
    starts_on TEXT NOT NULL,
    ends_on TEXT CHECK (ends_on >= starts_on),
    replaces INTEGER UNIQUE REFERENCES quota (id),
    CHECK (NOT (sponsored AND place_id IS NOT NULL)),
    CHECK (period = 'month' OR least <= 7)
) STRICT

INSERT INTO quota_anew (id, unit_id, role, activity_id, least, starts_on, ends_on)
SELECT id, unit_id, role, activity_id, min_per_week, starts_on, ends_on FROM quota ORDER BY id

DROP TABLE quota

ALTER TABLE quota_anew RENAME TO quota

CREATE TRIGGER a_quota_is_set_once BEFORE INSERT ON quota BEGIN
    SELECT RAISE(ABORT, 'quota_exists')
    WHERE EXISTS (
        SELECT 1 FROM quota
        WHERE unit_id = NEW.unit_id AND role = NEW.role AND activity_id = NEW.activity_id
          AND place_id IS NEW.place_id AND sponsored = NEW.sponsored AND period = NEW.period
          AND starts_on <= COALESCE(NEW.ends_on, '9999-12-31') AND COALESCE(ends_on, '9999-12-31') >= NEW.starts_on
    );
END

CREATE TRIGGER a_quota_only_ends BEFORE UPDATE ON quota
WHEN NEW.ends_on IS NULL OR COALESCE(OLD.ends_on, '9999-12-31') < NEW.ends_on OR
    (NEW.id, NEW.unit_id, NEW.role, NEW.activity_id, NEW.sponsored, NEW.period, NEW.least, NEW.starts_on)
    <> (OLD.id, OLD.unit_id, OLD.role, OLD.activity_id, OLD.sponsored, OLD.period, OLD.least, OLD.starts_on)
    OR NEW.place_id IS NOT OLD.place_id OR NEW.replaces IS NOT OLD.replaces BEGIN
    SELECT RAISE(ABORT, 'quota_only_ends');
END

CREATE TABLE quota_rule (
    unit_id INTEGER PRIMARY KEY REFERENCES unit (id),
    least_workdays INTEGER NOT NULL CHECK (least_workdays BETWEEN 0 AND 5)
) STRICT

CREATE TABLE waiver (
    id INTEGER PRIMARY KEY,
    quota_id INTEGER NOT NULL REFERENCES quota (id),
    person_id INTEGER NOT NULL REFERENCES person (id),
    starts_on TEXT NOT NULL,
    note TEXT NOT NULL CHECK (trim(note) <> ''),
    made_at TEXT NOT NULL,
    made_by TEXT NOT NULL,
    ended_at TEXT,
    ended_by TEXT,
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
) STRICT

CREATE UNIQUE INDEX waiver_once ON waiver (quota_id, person_id, starts_on) WHERE ended_at IS NULL

CREATE INDEX waiver_by_person ON waiver (person_id, starts_on)

CREATE TRIGGER a_waiver_is_only_taken_back BEFORE UPDATE ON waiver
WHEN OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL OR
    (NEW.id, NEW.quota_id, NEW.person_id, NEW.starts_on, NEW.note, NEW.made_at, NEW.made_by)
    <> (OLD.id, OLD.quota_id, OLD.person_id, OLD.starts_on, OLD.note, OLD.made_at, OLD.made_by) BEGIN
    SELECT RAISE(ABORT, 'waiver_is_only_taken_back');
END

CREATE TRIGGER a_waiver_is_never_removed BEFORE DELETE ON waiver BEGIN
    SELECT RAISE(ABORT, 'waiver_is_only_taken_back');
END

CREATE TABLE unit_quota (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    activity_id INTEGER REFERENCES activity (id),
    period TEXT NOT NULL CHECK (period IN ('month', 'quarter', 'year', 'dates')),
    basis TEXT NOT NULL CHECK (basis IN ('fixed', 'head')),
    amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 1000000),
    starts_on TEXT NOT NULL,
    ends_on TEXT CHECK (ends_on >= starts_on),
    CHECK (period <> 'dates' OR ends_on IS NOT NULL)
) STRICT

CREATE TRIGGER a_unit_quota_is_set_once BEFORE INSERT ON unit_quota BEGIN
    SELECT RAISE(ABORT, 'unit_quota_exists')
    WHERE EXISTS (
        SELECT 1 FROM unit_quota
        WHERE unit_id = NEW.unit_id AND activity_id IS NEW.activity_id AND period = NEW.period
          AND starts_on <= COALESCE(NEW.ends_on, '9999-12-31') AND COALESCE(ends_on, '9999-12-31') >= NEW.starts_on
    );
END

CREATE TRIGGER a_unit_quota_only_ends BEFORE UPDATE ON unit_quota
WHEN NEW.ends_on IS NULL OR COALESCE(OLD.ends_on, '9999-12-31') < NEW.ends_on OR
    (NEW.id, NEW.unit_id, NEW.period, NEW.basis, NEW.amount, NEW.starts_on)
    <> (OLD.id, OLD.unit_id, OLD.period, OLD.basis, OLD.amount, OLD.starts_on)
    OR NEW.activity_id IS NOT OLD.activity_id BEGIN
    SELECT RAISE(ABORT, 'quota_only_ends');
END
"""


@STEPS()
def quotas(db: Database) -> None:
    """Quotas that were set are owed by the week, wherever the visit is, as before."""
    apply(db, SCRIPT)
