"""Reminders by a ladder, what a person chooses among them, and whose silence was told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply, rebuild

if TYPE_CHECKING:
    from sqlite_utils import Database

# A rule says by itself when it is: see scheduler/reminders/rungs.py. The ladder without an activity is everybody's
# default. `rearm` holds the duties whose reminders no longer are what their ladder, their person's choice or the
# calendar asks for: triggers fill it, the background process empties it.
SCRIPT = """
CREATE TABLE ladder (
    id INTEGER PRIMARY KEY,
    activity_id INTEGER UNIQUE REFERENCES activity (id),
    rungs TEXT NOT NULL CHECK (json_valid(rungs)),
    quiet_from TEXT CHECK (quiet_from GLOB '[0-2][0-9]:[0-5][0-9]'),
    quiet_to TEXT CHECK (quiet_to GLOB '[0-2][0-9]:[0-5][0-9]' AND quiet_to <> quiet_from),
    answer_minutes INTEGER CHECK (answer_minutes BETWEEN 60 AND 20160),
    version INTEGER NOT NULL DEFAULT 1,
    CHECK ((quiet_from IS NULL) = (quiet_to IS NULL))
) STRICT

CREATE UNIQUE INDEX one_default_ladder ON ladder ((activity_id IS NULL)) WHERE activity_id IS NULL

CREATE TABLE reminder_freedom (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    channels TEXT NOT NULL CHECK (json_valid(channels)),
    rules TEXT NOT NULL CHECK (json_valid(rules)),
    quiet_earliest TEXT NOT NULL CHECK (quiet_earliest GLOB '[0-2][0-9]:[0-5][0-9]'),
    quiet_latest TEXT NOT NULL CHECK (quiet_latest GLOB '[0-2][0-9]:[0-5][0-9]'),
    version INTEGER NOT NULL DEFAULT 1
) STRICT

CREATE TABLE reminder_choice (
    person_id INTEGER PRIMARY KEY REFERENCES person (id),
    channels TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(channels)),
    added TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(added)),
    dropped TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(dropped)),
    quiet_from TEXT CHECK (quiet_from GLOB '[0-2][0-9]:[0-5][0-9]'),
    quiet_to TEXT CHECK (quiet_to GLOB '[0-2][0-9]:[0-5][0-9]' AND quiet_to <> quiet_from),
    CHECK ((quiet_from IS NULL) = (quiet_to IS NULL))
) STRICT

CREATE TABLE rearm (
    assignment_id INTEGER PRIMARY KEY REFERENCES assignment (id) ON DELETE CASCADE
) STRICT

CREATE TABLE silence (
    assignment_id INTEGER NOT NULL REFERENCES assignment (id),
    revision TEXT NOT NULL,
    told_at TEXT NOT NULL,
    PRIMARY KEY (assignment_id, revision)
) STRICT, WITHOUT ROWID
"""

REMINDER = """
CREATE TABLE reminder (
    id INTEGER PRIMARY KEY,
    assignment_id INTEGER NOT NULL REFERENCES assignment (id),
    rule TEXT NOT NULL CHECK (rule <> ''),
    channel TEXT NOT NULL CHECK (channel <> ''),
    channels TEXT NOT NULL DEFAULT '["email"]' CHECK (json_valid(channels)),
    revision INTEGER NOT NULL DEFAULT 1,
    due_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'queued', 'obsolete', 'failed')),
    outbox_id INTEGER REFERENCES outbox (id),
    instead_of INTEGER UNIQUE REFERENCES reminder (id),
    UNIQUE (assignment_id, rule, channel, revision),
    CHECK ((state = 'queued') = (outbox_id IS NOT NULL))
) STRICT
"""

# What was noted by the two rules of before is looked at again under the default ladder, and made obsolete where it
# differs.
AFTERWARDS = """
CREATE INDEX reminder_by_message ON reminder (outbox_id) WHERE outbox_id IS NOT NULL

UPDATE reminder SET rule = CASE rule WHEN 'one_day' THEN 'minutes:1440' ELSE 'minutes:120' END

INSERT INTO ladder (activity_id, rungs, quiet_from, quiet_to, answer_minutes) VALUES (
    NULL,
    '[{"rule": "days:3", "must": false, "channels": ["email"]},
      {"rule": "days:1@17:00", "must": true, "channels": ["email"]},
      {"rule": "minutes:120", "must": false, "channels": ["email"]}]',
    '22:00', '06:00', 1440
)

INSERT INTO reminder_freedom (id, channels, rules, quiet_earliest, quiet_latest) VALUES (
    1, '["email"]', '["minutes:30", "minutes:60", "days:1@20:00", "workday@17:00", "days:7"]', '19:00', '09:00'
)

INSERT INTO rearm (assignment_id)
SELECT id FROM assignment WHERE state = 'planned' AND published_at IS NOT NULL AND withdrawn_at IS NULL
"""

WAITING = """
    INSERT OR IGNORE INTO rearm (assignment_id)
    SELECT id FROM assignment
    WHERE state IN ('planned', 'released') AND published_at IS NOT NULL AND withdrawn_at IS NULL"""

CAUSES = {
    "reminders_follow_a_new_ladder": ("AFTER INSERT ON ladder", ""),
    "reminders_follow_the_ladder": ("AFTER UPDATE ON ladder", ""),
    "reminders_follow_the_ladder_away": ("AFTER DELETE ON ladder", ""),
    "reminders_follow_the_freedom": ("AFTER UPDATE ON reminder_freedom", ""),
    "reminders_follow_a_new_workday": ("AFTER INSERT ON workday_override", ""),
    "reminders_follow_the_workday": ("AFTER UPDATE ON workday_override", ""),
    "reminders_follow_the_workday_away": ("AFTER DELETE ON workday_override", ""),
    "reminders_follow_a_new_choice": ("AFTER INSERT ON reminder_choice", " AND person_id = NEW.person_id"),
    "reminders_follow_the_choice": ("AFTER UPDATE ON reminder_choice", " AND person_id = NEW.person_id"),
    "reminders_follow_the_duty": ("AFTER UPDATE OF starts_at, ends_at ON assignment", " AND id = NEW.id"),
    "reminders_follow_the_shift": ("AFTER UPDATE OF state, place_id ON shift", " AND shift_id = NEW.id"),
}


@STEPS()
def reminder_ladders(db: Database) -> None:
    """A ladder for each activity, one for all others; every planned duty is looked at again."""
    apply(db, SCRIPT)
    rebuild(db, "reminder", REMINDER)
    apply(db, AFTERWARDS)
    for name, (cause, narrowed) in CAUSES.items():
        apply(db, f"CREATE TRIGGER {name} {cause} BEGIN{WAITING}{narrowed};\nEND")
