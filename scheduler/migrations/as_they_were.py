"""People as they were on any day; what a trip is proved by; months that are closed; opening balances by the batch."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from scheduler.migrations.steps import STEPS, apply, rebuild

if TYPE_CHECKING:
    from sqlite_utils import Database

REMEMBERED = ("staff_no", "name", "unit_id", "role", "party")
EVER = "0001-01-01"  # what is known of nobody's earlier days holds from the first day there is

SCRIPT = """
ALTER TABLE person ADD COLUMN since TEXT NOT NULL DEFAULT '0001-01-01'

CREATE TABLE person_was (
    person_id INTEGER NOT NULL REFERENCES person (id),
    since TEXT NOT NULL,
    staff_no TEXT NOT NULL,
    name TEXT NOT NULL,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    role TEXT NOT NULL,
    party INTEGER NOT NULL,
    PRIMARY KEY (person_id, since)
) STRICT, WITHOUT ROWID

CREATE TABLE month_close (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    month TEXT NOT NULL CHECK (month GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]'),
    closed_at TEXT NOT NULL,
    closed_by TEXT NOT NULL,
    unconfirmed INTEGER NOT NULL CHECK (unconfirmed >= 0),
    trips INTEGER NOT NULL,
    people INTEGER NOT NULL,
    last_entry INTEGER NOT NULL,
    head TEXT NOT NULL,
    reopened_at TEXT CHECK (reopened_at >= closed_at),
    reopened_by TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    CHECK ((reopened_at IS NULL) = (reason = ''))
) STRICT

CREATE UNIQUE INDEX one_close_a_month ON month_close (unit_id, month) WHERE reopened_at IS NULL

CREATE INDEX closed_months ON month_close (month, unit_id) WHERE reopened_at IS NULL

CREATE TRIGGER a_close_is_reopened_once BEFORE UPDATE ON month_close
WHEN OLD.reopened_at IS NOT NULL OR NEW.reopened_at IS NULL OR NEW.unit_id <> OLD.unit_id OR NEW.month <> OLD.month
  OR NEW.closed_at <> OLD.closed_at OR NEW.closed_by <> OLD.closed_by OR NEW.unconfirmed <> OLD.unconfirmed
  OR NEW.trips <> OLD.trips OR NEW.people <> OLD.people OR NEW.last_entry <> OLD.last_entry OR NEW.head <> OLD.head
BEGIN
    SELECT RAISE(ABORT, 'month_close_is_kept');
END

CREATE TRIGGER a_close_is_never_removed BEFORE DELETE ON month_close BEGIN
    SELECT RAISE(ABORT, 'month_close_is_kept');
END

CREATE TABLE balance_batch (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    file TEXT NOT NULL,
    digest TEXT NOT NULL,
    lines INTEGER NOT NULL CHECK (lines >= 1),
    trips INTEGER NOT NULL CHECK (trips >= 1),
    made_at TEXT NOT NULL,
    made_by TEXT NOT NULL,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    reversed_at TEXT,
    reversed_by TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    CHECK ((reversed_at IS NULL) = (reason = ''))
) STRICT

CREATE UNIQUE INDEX a_file_counts_once ON balance_batch (digest) WHERE reversed_at IS NULL

CREATE TRIGGER a_batch_is_reversed_once BEFORE UPDATE ON balance_batch
WHEN OLD.reversed_at IS NOT NULL OR NEW.reversed_at IS NULL BEGIN
    SELECT RAISE(ABORT, 'batch_is_reversed');
END
"""

PERSON_TRIGGERS = """
CREATE TRIGGER a_person_is_remembered AFTER INSERT ON person BEGIN
    INSERT INTO person_was (person_id, since, staff_no, name, unit_id, role, party)
    VALUES (NEW.id, NEW.since, NEW.staff_no, NEW.name, NEW.unit_id, NEW.role, NEW.party);
END

CREATE TRIGGER a_person_is_remembered_as_changed
AFTER UPDATE OF since, staff_no, name, unit_id, role, party ON person BEGIN
    SELECT RAISE(ABORT, 'changed_later_already') WHERE NEW.since < OLD.since;
    INSERT INTO person_was (person_id, since, staff_no, name, unit_id, role, party)
    VALUES (NEW.id, NEW.since, NEW.staff_no, NEW.name, NEW.unit_id, NEW.role, NEW.party)
    ON CONFLICT (person_id, since) DO UPDATE
    SET staff_no = excluded.staff_no, name = excluded.name, unit_id = excluded.unit_id,
        role = excluded.role, party = excluded.party;
END
"""

# `form` says which columns an entry's hash is of: 1 those of the first release, 2 all of them.
LEDGER = """
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
    minutes INTEGER NOT NULL CHECK (minutes > 0 OR (minutes = 0 AND source = 'carried_forward')),
    trips INTEGER NOT NULL CHECK (trips IN (1, -1)),
    role TEXT NOT NULL,
    party INTEGER NOT NULL CHECK (party IN (0, 1)),
    source TEXT NOT NULL CHECK (source IN ('check_in', 'roll_call', 'default', 'carried_forward', 'supplemented')),
    reverses INTEGER UNIQUE REFERENCES ledger (id),
    reason TEXT NOT NULL DEFAULT '',
    actor TEXT NOT NULL,
    at TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    form INTEGER NOT NULL DEFAULT 1 CHECK (form IN (1, 2)),
    tasks TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tasks)),
    sponsor_id INTEGER REFERENCES unit (id),
    sponsor TEXT NOT NULL DEFAULT '',
    evidence TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(evidence)),
    batch_id INTEGER REFERENCES balance_batch (id),
    close_id INTEGER REFERENCES month_close (id),
    CHECK ((trips = -1) = (reverses IS NOT NULL)),
    CHECK (reverses IS NULL OR reason <> ''),
    CHECK (form = 2 OR (
        tasks = '[]' AND sponsor_id IS NULL AND sponsor = '' AND evidence = '{}' AND batch_id IS NULL
        AND close_id IS NULL
    ))
) STRICT
"""

LEDGER_RULES = """
CREATE INDEX ledger_by_batch ON ledger (batch_id) WHERE batch_id IS NOT NULL

CREATE INDEX ledger_after_close ON ledger (close_id) WHERE close_id IS NOT NULL

DROP TRIGGER a_correction_mirrors_its_entry

CREATE TRIGGER a_correction_mirrors_its_entry BEFORE INSERT ON ledger WHEN NEW.trips = -1 BEGIN
    SELECT RAISE(ABORT, 'correction_does_not_fit')
    WHERE NOT EXISTS (
        SELECT 1 FROM ledger
        WHERE id = NEW.reverses AND trips = 1 AND shift_id IS NEW.shift_id AND person_id = NEW.person_id
          AND unit_id = NEW.unit_id AND place_id = NEW.place_id AND place_kind = NEW.place_kind
          AND activity = NEW.activity AND day = NEW.day AND minutes = NEW.minutes AND role = NEW.role
          AND party = NEW.party AND source = NEW.source AND tasks = NEW.tasks AND sponsor_id IS NEW.sponsor_id
          AND batch_id IS NEW.batch_id
    );
END

CREATE TRIGGER a_closed_month_takes_only_what_says_so BEFORE INSERT ON ledger
WHEN (NEW.close_id IS NULL OR (NEW.source = 'carried_forward' AND NEW.trips = 1))
  AND EXISTS (SELECT 1 FROM month_close WHERE month = substr(NEW.day, 1, 7) AND reopened_at IS NULL) BEGIN
    SELECT RAISE(ABORT, 'month_is_closed')
    FROM month_close
    JOIN unit_above ON unit_above.above_id = month_close.unit_id
    WHERE month_close.month = substr(NEW.day, 1, 7) AND month_close.reopened_at IS NULL
      AND unit_above.unit_id IN (NEW.unit_id, (SELECT unit_id FROM shift WHERE id = NEW.shift_id));
END

CREATE TRIGGER only_a_closed_month_is_corrected_after_it BEFORE INSERT ON ledger WHEN NEW.close_id IS NOT NULL BEGIN
    SELECT RAISE(ABORT, 'month_is_not_closed')
    WHERE NOT EXISTS (
        SELECT 1
        FROM month_close
        JOIN unit_above ON unit_above.above_id = month_close.unit_id
        WHERE month_close.id = NEW.close_id AND month_close.month = substr(NEW.day, 1, 7)
          AND month_close.reopened_at IS NULL
          AND unit_above.unit_id IN (NEW.unit_id, (SELECT unit_id FROM shift WHERE id = NEW.shift_id))
    );
END
"""


@STEPS()
def as_they_were(db: Database) -> None:
    """What was written keeps its hash; people's earlier days are taken from the audit, where it knows them."""
    apply(db, SCRIPT)
    _remember(db)
    apply(db, PERSON_TRIGGERS)
    rebuild(db, "ledger", LEDGER)
    apply(db, LEDGER_RULES)


def _remember(db: Database) -> None:
    """Each person as they are, and walked back through the audit as they were before each change."""
    changes = _changes(db)
    for person_id, *now in db.conn.execute(f"SELECT id, {', '.join(REMEMBERED)} FROM person").fetchall():
        held = dict(zip(REMEMBERED, now, strict=True))
        last = EVER
        for day, changed in changes.get(person_id, ()):  # newest first
            own = {name: pair[0] for name, pair in changed.items() if name in REMEMBERED}
            if not own:
                continue
            if last == EVER:
                last = day
            _put(db, person_id, day, held)
            held |= own
        _put(db, person_id, EVER, held)
        db.conn.execute("UPDATE person SET since = ? WHERE id = ?", [last, person_id])


def _changes(db: Database) -> dict[int, list[tuple[str, dict[str, Any]]]]:
    """Person → (day, what changed) of every change that the audit holds, the newest first."""
    found: dict[int, list[tuple[str, dict[str, Any]]]] = {}
    for subject, subject_id, at, facts in db.conn.execute(
        "SELECT subject, subject_id, at, facts FROM audit "
        "WHERE (act = 'change' AND subject = 'person') OR (act = 'import' AND subject = 'people') ORDER BY id DESC"
    ).fetchall():
        told = json.loads(facts)
        each = {subject_id: told.get("changed")} if subject == "person" else told.get("changes") or {}
        for person_id, changed in each.items():
            found.setdefault(int(person_id), []).append((at[:10], changed or {}))
    return found


def _put(db: Database, person_id: int, since: str, held: dict[str, Any]) -> None:
    """Two changes of one day leave the later one."""
    db.conn.execute(
        "INSERT OR IGNORE INTO person_was (person_id, since, staff_no, name, unit_id, role, party) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        [person_id, since, *(held[name] for name in REMEMBERED)],
    )
