"""Who stands where, and the steps by which it came to be so."""

SCRIPT = """
CREATE TABLE assignment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    shift_id INTEGER NOT NULL REFERENCES shift (id),
    slot INTEGER NOT NULL CHECK (slot >= 1),
    person_id INTEGER NOT NULL REFERENCES person (id),
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL CHECK (ends_at > starts_at),
    state TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'present', 'absent', 'released')),
    absence TEXT NOT NULL DEFAULT '',
    fixed INTEGER NOT NULL DEFAULT 0 CHECK (fixed IN (0, 1)),
    source TEXT NOT NULL CHECK (source IN ('engine', 'hand')),
    override TEXT NOT NULL DEFAULT '',
    why TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(why)),
    made_at TEXT NOT NULL,
    published_at TEXT,
    withdrawn_at TEXT CHECK (withdrawn_at IS NULL OR (published_at IS NOT NULL AND state = 'released'))
) STRICT

CREATE INDEX assignment_by_shift ON assignment (shift_id)

CREATE UNIQUE INDEX one_person_a_slot ON assignment (shift_id, slot) WHERE state <> 'released'

CREATE UNIQUE INDEX a_person_once_a_shift ON assignment (shift_id, person_id) WHERE state <> 'released'

CREATE INDEX assignment_by_person ON assignment (person_id, starts_at) WHERE state <> 'released'

CREATE INDEX standing_by_person ON assignment (person_id, starts_at)
WHERE published_at IS NOT NULL AND withdrawn_at IS NULL

CREATE VIEW standing AS
SELECT id, shift_id, slot, person_id, starts_at, ends_at,
       CASE state WHEN 'released' THEN 'planned' ELSE state END AS state,
       absence, fixed, source, made_at, published_at
FROM assignment
WHERE published_at IS NOT NULL AND withdrawn_at IS NULL

CREATE TABLE roster_version (
    id INTEGER PRIMARY KEY,
    roster_id INTEGER NOT NULL REFERENCES roster (id),
    number INTEGER NOT NULL CHECK (number >= 1),
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    added INTEGER NOT NULL,
    moved INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    told INTEGER NOT NULL,
    UNIQUE (roster_id, number)
) STRICT

CREATE TABLE version_seat (
    version_id INTEGER NOT NULL REFERENCES roster_version (id),
    shift_id INTEGER NOT NULL REFERENCES shift (id),
    slot INTEGER NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person (id),
    PRIMARY KEY (version_id, shift_id, slot)
) STRICT, WITHOUT ROWID

CREATE TRIGGER assignment_is_possible BEFORE INSERT ON assignment WHEN NEW.state <> 'released' BEGIN
    SELECT RAISE(ABORT, 'shift_is_full')
    WHERE NEW.slot > (SELECT headcount FROM shift WHERE id = NEW.shift_id);
    SELECT RAISE(ABORT, 'double_booking')
    WHERE EXISTS (
        SELECT 1 FROM assignment
        WHERE person_id = NEW.person_id AND state <> 'released'
          AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at
    );
    SELECT RAISE(ABORT, 'person_is_away')
    WHERE EXISTS (
        SELECT 1 FROM away
        WHERE person_id = NEW.person_id AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at
    );
    SELECT RAISE(ABORT, 'person_may_not_stand')
    WHERE NOT EXISTS (SELECT 1 FROM may_stand WHERE person_id = NEW.person_id AND shift_id = NEW.shift_id);
END

CREATE TRIGGER assignment_stays_possible
BEFORE UPDATE OF person_id, shift_id, slot, starts_at, ends_at, state ON assignment
WHEN NEW.state = 'planned' BEGIN
    SELECT RAISE(ABORT, 'shift_is_full')
    WHERE NEW.slot > (SELECT headcount FROM shift WHERE id = NEW.shift_id);
    SELECT RAISE(ABORT, 'double_booking')
    WHERE EXISTS (
        SELECT 1 FROM assignment
        WHERE person_id = NEW.person_id AND state <> 'released' AND id <> NEW.id
          AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at
    );
    SELECT RAISE(ABORT, 'person_is_away')
    WHERE (NEW.person_id <> OLD.person_id OR NEW.starts_at <> OLD.starts_at OR NEW.ends_at <> OLD.ends_at)
      AND EXISTS (
        SELECT 1 FROM away
        WHERE person_id = NEW.person_id AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at
    );
    SELECT RAISE(ABORT, 'person_may_not_stand')
    WHERE (NEW.person_id <> OLD.person_id OR NEW.shift_id <> OLD.shift_id)
      AND NOT EXISTS (SELECT 1 FROM may_stand WHERE person_id = NEW.person_id AND shift_id = NEW.shift_id);
END

CREATE TRIGGER headcount_holds_who_stands BEFORE UPDATE OF headcount ON shift BEGIN
    SELECT RAISE(ABORT, 'headcount_below_assigned')
    WHERE EXISTS (
        SELECT 1 FROM assignment
        WHERE shift_id = NEW.id AND state <> 'released' AND slot > NEW.headcount
    );
END

CREATE TABLE step (
    id INTEGER PRIMARY KEY,
    roster_id INTEGER NOT NULL REFERENCES roster (id),
    act TEXT NOT NULL,
    at TEXT NOT NULL,
    person_id INTEGER REFERENCES person (id),
    actor TEXT NOT NULL,
    before TEXT NOT NULL CHECK (json_valid(before)),
    after TEXT NOT NULL CHECK (json_valid(after)),
    state TEXT NOT NULL DEFAULT 'done' CHECK (state IN ('done', 'undone', 'lost')),
    undone_no INTEGER,
    undone_by TEXT NOT NULL DEFAULT '',
    CHECK ((state = 'done') = (undone_no IS NULL))
) STRICT

CREATE INDEX step_by_roster ON step (roster_id, id)

CREATE TABLE scenario (
    id INTEGER PRIMARY KEY,
    roster_id INTEGER NOT NULL REFERENCES roster (id),
    emphasis TEXT NOT NULL CHECK (emphasis IN ('none', 'fairness', 'travel', 'quota', 'calm')),
    away TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(away)),
    state TEXT NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'running', 'done', 'failed')),
    version INTEGER,
    seats TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(seats)),
    facts TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(facts)),
    asked_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    started_at TEXT
) STRICT

CREATE INDEX scenario_by_roster ON scenario (roster_id)

CREATE VIEW may_stand AS
SELECT person.id AS person_id, shift.id AS shift_id
FROM shift
CROSS JOIN person
WHERE person.joined_on <= shift.day
  AND (person.left_on IS NULL OR person.left_on >= shift.day)
  AND (COALESCE(shift.requires ->> 'party', 0) = 0 OR person.party = 1)
  AND (
    COALESCE(json_array_length(shift.requires, '$.roles'), 0) = 0
    OR EXISTS (SELECT 1 FROM json_each(shift.requires, '$.roles') WHERE value = person.role)
  )
  AND NOT EXISTS (
    SELECT 1 FROM json_each(shift.requires, '$.skills')
    WHERE value NOT IN (SELECT skill FROM person_skill WHERE person_id = person.id)
  )
  AND (
    COALESCE(json_array_length(shift.requires, '$.units'), 0) = 0
    OR EXISTS (
        SELECT 1 FROM json_each(shift.requires, '$.units')
        JOIN unit_above ON unit_above.above_id = value
        WHERE unit_above.unit_id = person.unit_id
    )
  )
"""
