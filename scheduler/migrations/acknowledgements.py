"""Who said that they have seen their duty, and as what it was then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

SCRIPT = """
CREATE TABLE acknowledgement (
    id INTEGER PRIMARY KEY,
    assignment_id INTEGER NOT NULL REFERENCES assignment (id),
    revision TEXT NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person (id),
    at TEXT NOT NULL,
    via TEXT NOT NULL CHECK (via IN ('link', 'page')),
    UNIQUE (assignment_id, revision)
) STRICT

CREATE VIEW duty_revision AS
SELECT assignment.id AS assignment_id, assignment.person_id,
       CASE
           WHEN assignment.withdrawn_at IS NOT NULL OR shift.state = 'cancelled' THEN 'gone'
           ELSE assignment.starts_at || '/' || assignment.ends_at || '/' || shift.place_id
       END AS revision
FROM assignment
JOIN shift ON shift.id = assignment.shift_id

CREATE VIEW acknowledged AS
SELECT acknowledgement.assignment_id, acknowledgement.at, acknowledgement.via
FROM acknowledgement
JOIN duty_revision
    ON duty_revision.assignment_id = acknowledgement.assignment_id
    AND duty_revision.revision = acknowledgement.revision
"""


@STEPS()
def acknowledgements(db: Database) -> None:
    """A duty is acknowledged as it is: another time or place, or that it is gone, is another revision."""
    apply(db, SCRIPT)
