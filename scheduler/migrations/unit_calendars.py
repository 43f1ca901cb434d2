"""Calendars of units and of their leaders' visits, and what an owner calls an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply, rebuild

if TYPE_CHECKING:
    from sqlite_utils import Database

CALENDAR = """
CREATE TABLE calendar (
    id INTEGER PRIMARY KEY,
    scope TEXT NOT NULL CHECK (scope IN ('person', 'place', 'unit', 'visits')),
    person_id INTEGER REFERENCES person (id),
    place_id INTEGER REFERENCES place (id),
    unit_id INTEGER REFERENCES unit (id),
    lang TEXT NOT NULL CHECK (lang IN ('zh', 'en')),
    alarms TEXT NOT NULL DEFAULT 'both' CHECK (alarms IN ('none', 'hour', 'day', 'both')),
    etag TEXT,
    modified_at TEXT,
    stale INTEGER NOT NULL DEFAULT 1 CHECK (stale >= 0),
    week TEXT NOT NULL DEFAULT '',
    shows_to TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    body BLOB,
    gzipped BLOB,
    CHECK ((scope = 'person') = (person_id IS NOT NULL)),
    CHECK ((scope = 'place') = (place_id IS NOT NULL)),
    CHECK ((scope IN ('unit', 'visits')) = (unit_id IS NOT NULL))
) STRICT
"""

# The bytes stand last in a row of `calendar`: whoever looks for stale ones need not read past them.
# A unit's calendar shows what the unit, or one below it, arranges, and what takes place at their places.
SCRIPT = """
CREATE UNIQUE INDEX one_calendar_a_unit ON calendar (unit_id, scope, lang) WHERE unit_id IS NOT NULL

ALTER TABLE feed ADD COLUMN name TEXT NOT NULL DEFAULT ''

CREATE INDEX feed_by_calendar ON feed (calendar_id) WHERE revoked_at IS NULL

CREATE VIEW shift_of_unit AS
SELECT shift.id AS shift_id, unit_above.above_id AS unit_id, activity.code = 'visit' AS is_visit
FROM shift
JOIN place ON place.id = shift.place_id
JOIN activity ON activity.id = shift.activity_id
JOIN unit_above ON unit_above.unit_id IN (shift.unit_id, place.unit_id)
"""

# The calendars that some shifts stand in: their people's, their places', those of the units over them.
OF_SHIFTS = """
    UPDATE calendar SET stale = stale + 1
    WHERE {also}
       OR person_id IN (SELECT person_id FROM assignment WHERE shift_id IN ({shifts}))
       OR place_id IN (SELECT place_id FROM shift WHERE id IN ({shifts}))
       OR unit_id IS NOT NULL AND EXISTS (
           SELECT 1 FROM shift_of_unit
           WHERE shift_of_unit.unit_id = calendar.unit_id AND shift_of_unit.shift_id IN ({shifts})
             AND (calendar.scope = 'unit' OR shift_of_unit.is_visit)
       );"""

# What a shift stood in before it took place elsewhere or was of another kind.
BEFORE = """
    UPDATE calendar SET stale = stale + 1
    WHERE OLD.place_id <> NEW.place_id AND place_id = OLD.place_id
       OR (OLD.place_id <> NEW.place_id OR OLD.activity_id <> NEW.activity_id)
       AND (scope = 'unit' OR EXISTS (SELECT 1 FROM activity WHERE id = OLD.activity_id AND code = 'visit'))
       AND unit_id IN (
            SELECT above_id FROM unit_above
            WHERE unit_id IN (OLD.unit_id, (SELECT unit_id FROM place WHERE id = OLD.place_id))
        );"""

PUBLISHED = "EXISTS (SELECT 1 FROM roster WHERE id = NEW.roster_id AND state <> 'draft')"

TRIGGERS = {
    "calendars_follow_the_place": (
        "AFTER UPDATE OF name, address, unit_id ON place WHEN NEW.name <> OLD.name OR NEW.address <> OLD.address"
        " OR NEW.unit_id <> OLD.unit_id",
        OF_SHIFTS.format(
            also="place_id = NEW.id OR NEW.unit_id <> OLD.unit_id"
            " AND unit_id IN (SELECT above_id FROM unit_above WHERE unit_id = OLD.unit_id)"
            " AND (scope = 'unit' OR EXISTS (SELECT 1 FROM shift JOIN activity ON activity.id = shift.activity_id"
            " WHERE shift.place_id = NEW.id AND activity.code = 'visit'))",
            shifts="SELECT id FROM shift WHERE place_id = NEW.id",
        ),
    ),
    "calendars_follow_the_person": (
        "AFTER UPDATE OF name ON person WHEN NEW.name <> OLD.name",
        """
    UPDATE calendar SET stale = stale + 1 WHERE person_id = NEW.id;
    UPDATE calendar SET stale = stale + 1
    WHERE place_id IN (SELECT place_id FROM shift WHERE id IN ({standing}))
       OR unit_id IS NOT NULL AND EXISTS (
           SELECT 1 FROM shift_of_unit
           WHERE shift_of_unit.unit_id = calendar.unit_id AND shift_of_unit.shift_id IN ({standing})
             AND (calendar.scope = 'unit' OR shift_of_unit.is_visit)
       );""".format(standing="SELECT shift_id FROM standing WHERE person_id = NEW.id"),
    ),
    "calendars_follow_a_new_sponsor": (
        "AFTER INSERT ON sponsorship",
        OF_SHIFTS.format(
            also="place_id = NEW.place_id",
            shifts="SELECT id FROM shift WHERE place_id = NEW.place_id AND day >= NEW.starts_on",
        ),
    ),
    "calendars_follow_the_sponsor": (
        "AFTER UPDATE ON sponsorship",
        OF_SHIFTS.format(
            also="place_id IN (OLD.place_id, NEW.place_id)",
            shifts="SELECT id FROM shift WHERE place_id IN (OLD.place_id, NEW.place_id)"
            " AND day >= MIN(OLD.starts_on, NEW.starts_on)",
        ),
    ),
    "calendars_follow_the_shift": (
        "AFTER UPDATE OF place_id, activity_id, starts_at, ends_at, headcount, tasks, state ON shift"
        f" WHEN NEW.state <> 'held' AND {PUBLISHED}",
        OF_SHIFTS.format(also="FALSE", shifts="NEW.id") + BEFORE,
    ),
    "calendars_follow_a_new_shift": (
        f"AFTER INSERT ON shift WHEN {PUBLISHED}",
        OF_SHIFTS.format(also="FALSE", shifts="NEW.id"),
    ),
    "calendars_follow_the_roster": (
        "AFTER UPDATE OF state ON roster WHEN OLD.state = 'draft' AND NEW.state <> 'draft'",
        OF_SHIFTS.format(also="FALSE", shifts="SELECT id FROM shift WHERE roster_id = NEW.id"),
    ),
    "calendars_follow_the_unit": (
        "AFTER UPDATE OF name ON unit WHEN NEW.name <> OLD.name",
        "\n    UPDATE calendar SET stale = stale + 1 WHERE unit_id = NEW.id;",
    ),
    "calendars_follow_the_tree": (
        "AFTER UPDATE OF parent_id ON unit WHEN NEW.parent_id IS NOT OLD.parent_id",
        "\n    UPDATE calendar SET stale = stale + 1 WHERE unit_id IS NOT NULL;",
    ),
}


@STEPS()
def unit_calendars(db: Database) -> None:
    """Two more kinds of calendar; whatever marked calendars as stale marks these too."""
    for name in TRIGGERS:
        db.conn.execute(f"DROP TRIGGER IF EXISTS {name}")
    rebuild(db, "calendar", CALENDAR)
    apply(db, SCRIPT)
    for name, (cause, act) in TRIGGERS.items():
        db.conn.execute(f"CREATE TRIGGER {name} {cause} BEGIN{act}\nEND")
