"""The organisation, its tree of units, its people, the days they are away, and the audit."""

SCRIPT = """
CREATE TABLE organisation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    zone TEXT NOT NULL,
    is_demo INTEGER NOT NULL DEFAULT 0 CHECK (is_demo IN (0, 1)),
    made_at TEXT NOT NULL
) STRICT

CREATE TABLE unit (
    id INTEGER PRIMARY KEY,
    parent_id INTEGER REFERENCES unit (id),
    name TEXT NOT NULL CHECK (name <> ''),
    kind TEXT NOT NULL CHECK (kind IN ('organisation', 'branch', 'department', 'county', 'centre', 'outlet', 'team')),
    district TEXT NOT NULL DEFAULT '',
    sort INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1,
    UNIQUE (parent_id, name)
) STRICT

CREATE TABLE unit_above (
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    above_id INTEGER NOT NULL REFERENCES unit (id),
    depth INTEGER NOT NULL CHECK (depth >= 0),
    PRIMARY KEY (unit_id, above_id)
) STRICT, WITHOUT ROWID

CREATE INDEX unit_below ON unit_above (above_id, unit_id)

CREATE TRIGGER unit_added AFTER INSERT ON unit BEGIN
    INSERT INTO unit_above (unit_id, above_id, depth) VALUES (NEW.id, NEW.id, 0);
    INSERT INTO unit_above (unit_id, above_id, depth)
    SELECT NEW.id, above_id, depth + 1 FROM unit_above WHERE unit_id = NEW.parent_id;
END

CREATE TRIGGER unit_moved AFTER UPDATE OF parent_id ON unit WHEN NEW.parent_id IS NOT OLD.parent_id BEGIN
    SELECT RAISE(ABORT, 'unit_below_itself')
    WHERE EXISTS (SELECT 1 FROM unit_above WHERE unit_id = NEW.parent_id AND above_id = NEW.id);
    DELETE FROM unit_above
    WHERE unit_id IN (SELECT unit_id FROM unit_above WHERE above_id = NEW.id)
      AND above_id IN (SELECT above_id FROM unit_above WHERE unit_id = NEW.id AND depth > 0);
    INSERT INTO unit_above (unit_id, above_id, depth)
    SELECT below.unit_id, above.above_id, below.depth + 1 + above.depth
    FROM unit_above AS below
    JOIN unit_above AS above ON above.unit_id = NEW.parent_id
    WHERE below.above_id = NEW.id;
END

CREATE TABLE person (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    staff_no TEXT NOT NULL UNIQUE CHECK (staff_no <> ''),
    name TEXT NOT NULL CHECK (name <> ''),
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    role TEXT NOT NULL CHECK (role IN ('head', 'deputy', 'staff')),
    party INTEGER NOT NULL DEFAULT 0 CHECK (party IN (0, 1)),
    email TEXT NOT NULL DEFAULT '',
    mobile TEXT NOT NULL DEFAULT '',
    lang TEXT NOT NULL DEFAULT 'zh' CHECK (lang IN ('zh', 'en')),
    joined_on TEXT NOT NULL,
    left_on TEXT CHECK (left_on >= joined_on),
    max_per_week INTEGER CHECK (max_per_week BETWEEN 0 AND 14),
    version INTEGER NOT NULL DEFAULT 1
) STRICT

CREATE INDEX person_by_unit ON person (unit_id)

CREATE TABLE person_skill (
    person_id INTEGER NOT NULL REFERENCES person (id),
    skill TEXT NOT NULL CHECK (skill <> ''),
    PRIMARY KEY (person_id, skill)
) STRICT, WITHOUT ROWID

CREATE TABLE away (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL CHECK (kind IN ('leave', 'sick', 'travel', 'training', 'other')),
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL CHECK (ends_at > starts_at),
    note TEXT NOT NULL DEFAULT ''
) STRICT

CREATE INDEX away_by_person ON away (person_id, starts_at)

CREATE TABLE workday_override (
    day TEXT PRIMARY KEY,
    is_workday INTEGER NOT NULL CHECK (is_workday IN (0, 1)),
    name TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID

CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    person_id INTEGER REFERENCES person (id),
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id INTEGER NOT NULL,
    unit_id INTEGER,
    facts TEXT NOT NULL CHECK (json_valid(facts))
) STRICT

CREATE INDEX audit_by_subject ON audit (subject, subject_id, id)

CREATE TRIGGER audit_is_never_altered BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'audit_is_append_only');
END

CREATE TRIGGER audit_is_never_removed BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'audit_is_append_only');
END

CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) BEGIN
    SELECT RAISE(ABORT, 'audit_is_append_only');
END
"""
