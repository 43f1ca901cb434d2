"""Places, who sponsors them, which days are workdays."""

SCRIPT = """
CREATE TABLE place (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL CHECK (name <> ''),
    kind TEXT NOT NULL CHECK (kind IN ('outlet', 'community', 'village', 'school', 'other')),
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    district TEXT NOT NULL DEFAULT '',
    address TEXT NOT NULL DEFAULT '',
    contact TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    responsible_id INTEGER REFERENCES person (id),
    closed_on TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    UNIQUE (unit_id, name)
) STRICT

CREATE TABLE sponsorship (
    id INTEGER PRIMARY KEY,
    place_id INTEGER NOT NULL REFERENCES place (id),
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    starts_on TEXT NOT NULL,
    ends_on TEXT CHECK (ends_on >= starts_on),
    responsible_id INTEGER REFERENCES person (id),
    procedure TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 1
) STRICT

CREATE TRIGGER sponsorships_do_not_overlap BEFORE INSERT ON sponsorship BEGIN
    SELECT RAISE(ABORT, 'sponsorship_overlaps')
    WHERE EXISTS (
        SELECT 1 FROM sponsorship
        WHERE place_id = NEW.place_id AND unit_id = NEW.unit_id
          AND starts_on <= COALESCE(NEW.ends_on, '9999-12-31')
          AND COALESCE(ends_on, '9999-12-31') >= NEW.starts_on
    );
END

CREATE TRIGGER sponsorships_stay_apart BEFORE UPDATE OF place_id, unit_id, starts_on, ends_on ON sponsorship BEGIN
    SELECT RAISE(ABORT, 'sponsorship_overlaps')
    WHERE EXISTS (
        SELECT 1 FROM sponsorship
        WHERE place_id = NEW.place_id AND unit_id = NEW.unit_id AND id <> NEW.id
          AND starts_on <= COALESCE(NEW.ends_on, '9999-12-31')
          AND COALESCE(ends_on, '9999-12-31') >= NEW.starts_on
    );
END

CREATE INDEX sponsorship_by_place ON sponsorship (place_id, starts_on)
"""
