"""Swaps and cover: who asks for which duty, whom they ask, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

# A request is bound to a person and a shift, not to an assignment: a move within the shift makes a new row.
SCRIPT = """
CREATE TABLE swap_policy (
    unit_id INTEGER PRIMARY KEY REFERENCES unit (id),
    needs_approval INTEGER NOT NULL CHECK (needs_approval IN (0, 1))
) STRICT

CREATE TABLE swap_request (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    shift_id INTEGER NOT NULL REFERENCES shift (id),
    person_id INTEGER NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL CHECK (kind IN ('swap', 'cover')),
    note TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'asked' CHECK (state IN (
        'asked', 'accepted', 'approved', 'declined', 'refused', 'withdrawn', 'lapsed', 'obsolete'
    )),
    asked_at TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    ended_at TEXT,
    ended_by TEXT NOT NULL DEFAULT '',
    CHECK ((state IN ('asked', 'accepted')) = (ended_at IS NULL))
) STRICT

CREATE UNIQUE INDEX one_open_swap_a_duty ON swap_request (shift_id, person_id) WHERE state IN ('asked', 'accepted')

CREATE INDEX swap_request_by_person ON swap_request (person_id, state)

CREATE TABLE swap_offer (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id INTEGER NOT NULL REFERENCES swap_request (id),
    person_id INTEGER NOT NULL REFERENCES person (id),
    shift_id INTEGER REFERENCES shift (id),
    state TEXT NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'accepted', 'declined', 'settled')),
    answered_at TEXT,
    answered_by TEXT NOT NULL DEFAULT ''
) STRICT

CREATE UNIQUE INDEX one_swap_offer_each ON swap_offer (request_id, person_id, COALESCE(shift_id, 0))

CREATE UNIQUE INDEX one_swap_accepted ON swap_offer (request_id) WHERE state = 'accepted'

CREATE INDEX swap_offer_by_person ON swap_offer (person_id, state)
"""


@STEPS()
def swaps(db: Database) -> None:
    """New tables only: nothing that was released changes."""
    apply(db, SCRIPT)
