"""Questions about swaps that go on to others step by step, and whether a cover keeps the turn of who did not stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

# `fallen`: how many of the asked fell away since the last step and are to be replaced at once. `next_at`: when the
# next step is due by time. What was asked before this step does not go on by itself: nobody was told that it would.
SCRIPT = """
ALTER TABLE swap_policy ADD COLUMN keeps_turn INTEGER NOT NULL DEFAULT 1 CHECK (keeps_turn IN (0, 1))

ALTER TABLE swap_policy ADD COLUMN people INTEGER NOT NULL DEFAULT 3 CHECK (people BETWEEN 0 AND 20)

ALTER TABLE swap_policy ADD COLUMN step_hours INTEGER NOT NULL DEFAULT 24 CHECK (step_hours BETWEEN 1 AND 168)

ALTER TABLE swap_policy ADD COLUMN near_hours INTEGER NOT NULL DEFAULT 48 CHECK (near_hours BETWEEN 0 AND 336)

ALTER TABLE swap_policy ADD COLUMN near_step_hours INTEGER NOT NULL DEFAULT 4 CHECK (near_step_hours BETWEEN 1 AND 168)

ALTER TABLE swap_request ADD COLUMN goes_on INTEGER NOT NULL DEFAULT 0 CHECK (goes_on IN (0, 1))

ALTER TABLE swap_request ADD COLUMN step INTEGER NOT NULL DEFAULT 1

ALTER TABLE swap_request ADD COLUMN fallen INTEGER NOT NULL DEFAULT 0

ALTER TABLE swap_request ADD COLUMN next_at TEXT

ALTER TABLE swap_request ADD COLUMN moved_at TEXT

ALTER TABLE swap_request ADD COLUMN is_forgiven INTEGER NOT NULL DEFAULT 0 CHECK (is_forgiven IN (0, 1))

ALTER TABLE swap_offer ADD COLUMN step INTEGER NOT NULL DEFAULT 1

ALTER TABLE swap_offer ADD COLUMN asked_at TEXT NOT NULL DEFAULT ''

UPDATE swap_offer SET asked_at = (SELECT asked_at FROM swap_request WHERE swap_request.id = request_id)

CREATE INDEX swap_request_by_next ON swap_request (next_at) WHERE state = 'asked' AND goes_on = 1

CREATE VIEW forgiven_turn AS
SELECT swap_request.person_id, swap_request.shift_id, shift.roster_id, shift.day
FROM swap_request
JOIN shift ON shift.id = swap_request.shift_id AND shift.state <> 'cancelled'
WHERE swap_request.state = 'approved' AND swap_request.is_forgiven = 1
  AND NOT EXISTS (
    SELECT 1 FROM assignment
    WHERE assignment.shift_id = swap_request.shift_id AND assignment.person_id = swap_request.person_id
      AND assignment.state <> 'released'
  )
"""


@STEPS()
def swap_steps(db: Database) -> None:
    """As it was before: a cover keeps the turn, and what is asked already does not go on to others."""
    apply(db, SCRIPT)
