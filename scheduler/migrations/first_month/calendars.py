"""Calendars, their secret addresses, wall screens."""

SCRIPT = """
CREATE TABLE calendar (
    id INTEGER PRIMARY KEY,
    scope TEXT NOT NULL CHECK (scope IN ('person', 'place')),
    person_id INTEGER REFERENCES person (id),
    place_id INTEGER REFERENCES place (id),
    lang TEXT NOT NULL CHECK (lang IN ('zh', 'en')),
    alarms TEXT NOT NULL DEFAULT 'both' CHECK (alarms IN ('none', 'hour', 'day', 'both')),
    body BLOB,
    gzipped BLOB,
    etag TEXT,
    modified_at TEXT,
    stale INTEGER NOT NULL DEFAULT 1 CHECK (stale >= 0),
    week TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 1,
    CHECK ((scope = 'person') = (person_id IS NOT NULL)),
    CHECK ((scope = 'place') = (place_id IS NOT NULL))
) STRICT

CREATE UNIQUE INDEX one_calendar_a_person ON calendar (person_id) WHERE scope = 'person'

CREATE UNIQUE INDEX one_calendar_a_place ON calendar (place_id, lang) WHERE scope = 'place'

CREATE TABLE feed (
    id INTEGER PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    calendar_id INTEGER NOT NULL REFERENCES calendar (id),
    owner_id INTEGER NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    revoked_at TEXT,
    fetched_at TEXT,
    client TEXT NOT NULL DEFAULT ''
) STRICT

CREATE INDEX feed_by_owner ON feed (owner_id)

CREATE TABLE wall (
    id INTEGER PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    lang TEXT NOT NULL CHECK (lang IN ('zh', 'en')),
    made_at TEXT NOT NULL,
    made_by TEXT NOT NULL,
    revoked_at TEXT
) STRICT

CREATE UNIQUE INDEX one_wall_a_unit ON wall (unit_id) WHERE revoked_at IS NULL

CREATE TABLE feed_event (
    calendar_id INTEGER NOT NULL REFERENCES calendar (id),
    uid TEXT NOT NULL,
    shift_id INTEGER NOT NULL REFERENCES shift (id),
    content_hash TEXT NOT NULL,
    visible_hash TEXT NOT NULL,
    sequence INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    modified_at TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    cancelled_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (calendar_id, uid)
) STRICT, WITHOUT ROWID

CREATE INDEX feed_event_by_shift ON feed_event (shift_id)

CREATE TRIGGER calendars_follow_the_place AFTER UPDATE OF name, address ON place
WHEN NEW.name <> OLD.name OR NEW.address <> OLD.address BEGIN
    UPDATE calendar SET stale = stale + 1
    WHERE place_id = NEW.id OR person_id IN (
        SELECT assignment.person_id FROM shift
        JOIN assignment ON assignment.shift_id = shift.id
        WHERE shift.place_id = NEW.id
    );
END

CREATE TRIGGER calendars_follow_the_person AFTER UPDATE OF name ON person WHEN NEW.name <> OLD.name BEGIN
    UPDATE calendar SET stale = stale + 1
    WHERE person_id = NEW.id OR place_id IN (
        SELECT shift.place_id FROM assignment
        JOIN shift ON shift.id = assignment.shift_id
        WHERE assignment.person_id = NEW.id AND assignment.state <> 'released'
    );
END

CREATE TRIGGER calendars_follow_a_new_sponsor AFTER INSERT ON sponsorship BEGIN
    UPDATE calendar SET stale = stale + 1
    WHERE place_id = NEW.place_id OR person_id IN (
        SELECT assignment.person_id FROM shift
        JOIN assignment ON assignment.shift_id = shift.id
        WHERE shift.place_id = NEW.place_id AND shift.day >= NEW.starts_on
    );
END

CREATE TRIGGER calendars_follow_the_sponsor AFTER UPDATE ON sponsorship BEGIN
    UPDATE calendar SET stale = stale + 1
    WHERE place_id IN (OLD.place_id, NEW.place_id) OR person_id IN (
        SELECT assignment.person_id FROM shift
        JOIN assignment ON assignment.shift_id = shift.id
        WHERE shift.place_id IN (OLD.place_id, NEW.place_id) AND shift.day >= MIN(OLD.starts_on, NEW.starts_on)
    );
END

CREATE TRIGGER calendars_follow_the_shift
AFTER UPDATE OF place_id, activity_id, starts_at, ends_at, headcount, tasks, state ON shift
WHEN NEW.state <> 'held' AND EXISTS (SELECT 1 FROM roster WHERE id = NEW.roster_id AND state <> 'draft') BEGIN
    UPDATE calendar SET stale = stale + 1
    WHERE place_id IN (OLD.place_id, NEW.place_id) OR person_id IN (
        SELECT person_id FROM assignment WHERE shift_id = NEW.id
    );
END
"""
