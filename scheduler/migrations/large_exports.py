"""Exports that are too large to be answered at once: asked for, made in the background, fetched, forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

# `args` is the question as its address has it; `key` the file's name in the instance folder; `entries` how many trips
# it holds (known once it is begun), `made` how many are written; `attempt` tells one that begins it anew from a process
# that was taken for dead.
SCRIPT = """
CREATE TABLE handout (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE CHECK (length(key) = 32 AND key NOT GLOB '*[^0-9a-f]*'),
    kind TEXT NOT NULL CHECK (kind IN ('tallies.xlsx', 'trips.csv', 'trips.xlsx')),
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    args TEXT NOT NULL CHECK (json_valid(args)),
    listing TEXT NOT NULL CHECK (listing IN ('trips', 'people', 'sessions')),
    lang TEXT NOT NULL CHECK (lang IN ('zh', 'en')),
    made_by INTEGER NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'making', 'done', 'failed')),
    attempt INTEGER NOT NULL DEFAULT 0,
    entries INTEGER NOT NULL DEFAULT 0 CHECK (entries >= 0),
    made INTEGER NOT NULL DEFAULT 0 CHECK (made >= 0),
    bytes INTEGER CHECK ((bytes IS NULL) = (state <> 'done')),
    refusal TEXT NOT NULL DEFAULT '' CHECK ((refusal = '') = (state <> 'failed')),
    ended_at TEXT CHECK ((ended_at IS NULL) = (state IN ('waiting', 'making')))
) STRICT

CREATE UNIQUE INDEX handout_asked_once ON handout (made_by, kind, args, listing, lang)
WHERE state IN ('waiting', 'making')

CREATE INDEX handout_to_make ON handout (id) WHERE state IN ('waiting', 'making')

CREATE INDEX handout_of_person ON handout (made_by, id)

CREATE INDEX handout_of_unit ON handout (unit_id)

CREATE TRIGGER handout_ends_once BEFORE UPDATE OF state ON handout
WHEN OLD.state IN ('done', 'failed') BEGIN
    SELECT RAISE(ABORT, 'handout_is_over');
END
"""


@STEPS()
def large_exports(db: Database) -> None:
    """Nothing was asked for before."""
    apply(db, SCRIPT)
