"""The person-trip ledger, and what leaders and units owe."""

SCRIPT = """
CREATE TABLE ledger (
    id INTEGER PRIMARY KEY,
    shift_id INTEGER REFERENCES shift (id),
    assignment_id INTEGER REFERENCES assignment (id),
    person_id INTEGER NOT NULL REFERENCES person (id),
    staff_no TEXT NOT NULL,
    person TEXT NOT NULL,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    unit TEXT NOT NULL,
    place_id INTEGER NOT NULL REFERENCES place (id),
    place TEXT NOT NULL,
    place_kind TEXT NOT NULL,
    activity TEXT NOT NULL REFERENCES activity (code),
    day TEXT NOT NULL,
    minutes INTEGER NOT NULL CHECK (minutes > 0),
    trips INTEGER NOT NULL CHECK (trips IN (1, -1)),
    role TEXT NOT NULL,
    party INTEGER NOT NULL CHECK (party IN (0, 1)),
    source TEXT NOT NULL CHECK (source IN ('check_in', 'roll_call', 'default', 'carried_forward', 'supplemented')),
    reverses INTEGER UNIQUE REFERENCES ledger (id),
    reason TEXT NOT NULL DEFAULT '',
    actor TEXT NOT NULL,
    at TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    CHECK ((trips = -1) = (reverses IS NOT NULL)),
    CHECK (reverses IS NULL OR reason <> '')
) STRICT

CREATE INDEX ledger_by_day ON ledger (day)

CREATE INDEX ledger_by_person ON ledger (person_id, day)

CREATE INDEX ledger_by_unit ON ledger (unit_id, day)

CREATE INDEX ledger_by_place ON ledger (place_id, day)

CREATE INDEX ledger_by_shift ON ledger (shift_id, person_id)

CREATE TRIGGER a_trip_is_credited_once BEFORE INSERT ON ledger WHEN NEW.trips = 1 AND NEW.shift_id IS NOT NULL BEGIN
    SELECT RAISE(ABORT, 'trip_already_credited')
    WHERE (
        SELECT SUM(trips) FROM ledger WHERE shift_id = NEW.shift_id AND person_id = NEW.person_id
    ) >= 1;
END

CREATE TRIGGER a_correction_mirrors_its_entry BEFORE INSERT ON ledger WHEN NEW.trips = -1 BEGIN
    SELECT RAISE(ABORT, 'correction_does_not_fit')
    WHERE NOT EXISTS (
        SELECT 1 FROM ledger
        WHERE id = NEW.reverses AND trips = 1 AND shift_id IS NEW.shift_id AND person_id = NEW.person_id
          AND unit_id = NEW.unit_id AND place_id = NEW.place_id AND activity = NEW.activity
          AND day = NEW.day AND minutes = NEW.minutes AND party = NEW.party
    );
END

CREATE TRIGGER ledger_is_never_altered BEFORE UPDATE ON ledger BEGIN
    SELECT RAISE(ABORT, 'ledger_is_append_only');
END

CREATE TRIGGER ledger_is_never_removed BEFORE DELETE ON ledger BEGIN
    SELECT RAISE(ABORT, 'ledger_is_append_only');
END

CREATE TRIGGER ledger_is_never_replaced BEFORE INSERT ON ledger
WHEN EXISTS (SELECT 1 FROM ledger WHERE id = NEW.id OR hash = NEW.hash OR reverses = NEW.reverses) BEGIN
    SELECT RAISE(ABORT, 'ledger_is_append_only');
END

CREATE TABLE quota (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    role TEXT NOT NULL CHECK (role IN ('head', 'deputy', 'staff')),
    activity_id INTEGER NOT NULL REFERENCES activity (id),
    min_per_week INTEGER NOT NULL CHECK (min_per_week BETWEEN 1 AND 7),
    starts_on TEXT NOT NULL,
    ends_on TEXT CHECK (ends_on >= starts_on)
) STRICT
"""
