"""Message texts in an organisation's own words, and what coordinators and leaders were told last of a thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

SCRIPT = """
CREATE TABLE message_text (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL DEFAULT 1,
    subject_zh TEXT NOT NULL DEFAULT '',
    body_zh TEXT NOT NULL DEFAULT '',
    subject_en TEXT NOT NULL DEFAULT '',
    body_en TEXT NOT NULL DEFAULT ''
) STRICT

CREATE TABLE notice (
    person_id INTEGER NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    fact TEXT NOT NULL,
    told INTEGER NOT NULL DEFAULT 0,
    at TEXT NOT NULL,
    PRIMARY KEY (person_id, kind, subject)
) STRICT, WITHOUT ROWID

CREATE INDEX notice_by_time ON notice (at)
"""


@STEPS()
def message_texts(db: Database) -> None:
    """A text whose four parts are empty is the built-in one; `told` counts how often somebody was told of a subject."""
    apply(db, SCRIPT)
