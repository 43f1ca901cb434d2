"""What people would rather stand, and what rather not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

SCRIPT = """
CREATE TABLE wish (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL CHECK (kind IN ('prefer', 'avoid')),
    strength INTEGER NOT NULL CHECK (strength IN (1, 2)),
    weekday INTEGER CHECK (weekday BETWEEN 0 AND 6),
    place_id INTEGER REFERENCES place (id),
    activity_id INTEGER REFERENCES activity (id),
    starts_on TEXT,
    ends_on TEXT CHECK (ends_on >= starts_on),
    made_at TEXT NOT NULL,
    CHECK (weekday IS NOT NULL OR place_id IS NOT NULL OR activity_id IS NOT NULL)
) STRICT

CREATE INDEX wish_by_person ON wish (person_id)
"""


@STEPS()
def wishes(db: Database) -> None:
    """A wish speaks of a weekday, a place, an activity or several of these; nobody has any yet."""
    apply(db, SCRIPT)
