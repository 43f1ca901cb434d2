"""Seats that are opened for sign-up, and who signed up for them: seated, or on the waiting list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

# The waiting list goes by `rank`, which a draw gives, then by who came first. A seat that is taken out of the roster,
# by whomever, is no longer its person's: a trigger says so, and gives it back with the assignment.
SCRIPT = """
CREATE TABLE opening (
    id INTEGER PRIMARY KEY,
    shift_id INTEGER NOT NULL UNIQUE REFERENCES shift (id),
    seats INTEGER NOT NULL CHECK (seats BETWEEN 1 AND 99),
    rule TEXT NOT NULL CHECK (rule IN ('first_come', 'by_rotation')),
    asked TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(asked)),
    note TEXT NOT NULL DEFAULT '',
    closes_at TEXT NOT NULL,
    is_urgent INTEGER NOT NULL DEFAULT 0 CHECK (is_urgent IN (0, 1)),
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'settled', 'closed')),
    round INTEGER NOT NULL DEFAULT 1 CHECK (round >= 1),
    opened_at TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1
) STRICT

CREATE INDEX opening_to_settle ON opening (closes_at) WHERE state = 'open'

CREATE TABLE sign_up (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    opening_id INTEGER NOT NULL REFERENCES opening (id),
    person_id INTEGER NOT NULL REFERENCES person (id),
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('seated', 'waiting', 'left', 'released')),
    rank INTEGER NOT NULL DEFAULT 0,
    assignment_id INTEGER REFERENCES assignment (id),
    reason TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    seated_at TEXT,
    CHECK (state <> 'seated' OR (assignment_id IS NOT NULL AND seated_at IS NOT NULL))
) STRICT

CREATE INDEX sign_up_by_opening ON sign_up (opening_id, state, rank, id)

CREATE INDEX sign_up_by_person ON sign_up (person_id, opening_id)

CREATE INDEX sign_up_by_assignment ON sign_up (assignment_id) WHERE assignment_id IS NOT NULL

CREATE UNIQUE INDEX one_sign_up_a_person ON sign_up (opening_id, person_id) WHERE state IN ('seated', 'waiting')

CREATE VIEW may_sign_up AS
SELECT opening.id AS opening_id, may_stand.person_id
FROM opening
JOIN shift ON shift.id = opening.shift_id
JOIN may_stand ON may_stand.shift_id = shift.id
JOIN person ON person.id = may_stand.person_id
WHERE EXISTS (SELECT 1 FROM unit_above WHERE unit_id = person.unit_id AND above_id = shift.unit_id)
  AND (COALESCE(opening.asked ->> 'party', 0) = 0 OR person.party = 1)
  AND NOT EXISTS (
    SELECT 1 FROM json_each(opening.asked, '$.skills')
    WHERE value NOT IN (SELECT skill FROM person_skill WHERE person_id = person.id)
  )
  AND (
    COALESCE(json_array_length(opening.asked, '$.units'), 0) = 0
    OR EXISTS (
        SELECT 1 FROM json_each(opening.asked, '$.units')
        JOIN unit_above ON unit_above.above_id = value
        WHERE unit_above.unit_id = person.unit_id
    )
  )

CREATE TRIGGER sign_up_is_asked BEFORE INSERT ON sign_up BEGIN
    SELECT RAISE(ABORT, 'opening_is_not_for_them')
    WHERE NOT EXISTS (SELECT 1 FROM may_sign_up WHERE opening_id = NEW.opening_id AND person_id = NEW.person_id);
END

CREATE TRIGGER sign_up_fits BEFORE UPDATE OF state ON sign_up
WHEN NEW.state = 'seated' AND OLD.state = 'waiting' BEGIN
    SELECT RAISE(ABORT, 'opening_is_full')
    WHERE (SELECT COUNT(*) FROM sign_up WHERE opening_id = NEW.opening_id AND state = 'seated')
        >= (SELECT seats FROM opening WHERE id = NEW.opening_id);
END

CREATE TRIGGER sign_up_ends_with_its_seat AFTER UPDATE OF state ON assignment
WHEN NEW.state = 'released' AND OLD.state <> 'released' BEGIN
    UPDATE sign_up SET state = 'released' WHERE assignment_id = NEW.id AND state = 'seated';
END

CREATE TRIGGER sign_up_returns_with_its_seat AFTER UPDATE OF state ON assignment
WHEN NEW.state = 'planned' AND OLD.state = 'released' BEGIN
    UPDATE sign_up SET state = 'seated'
    WHERE id = (SELECT MAX(id) FROM sign_up WHERE assignment_id = NEW.id) AND state = 'released'
      AND NOT EXISTS (
        SELECT 1 FROM sign_up AS other
        WHERE other.opening_id = sign_up.opening_id AND other.person_id = sign_up.person_id
          AND other.state IN ('seated', 'waiting')
      );
END
"""


@STEPS()
def open_duties(db: Database) -> None:
    """New tables only: nothing that was released changes."""
    apply(db, SCRIPT)
