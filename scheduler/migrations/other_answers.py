"""Which duties a message asks about once it goes by its other way: only a mail carries the link that answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

SCRIPT = """
CREATE TABLE other_answer (
    outbox_id INTEGER NOT NULL REFERENCES other_way (outbox_id) ON DELETE CASCADE,
    assignment_id INTEGER NOT NULL REFERENCES assignment (id),
    revision TEXT NOT NULL,
    PRIMARY KEY (outbox_id, assignment_id)
) STRICT, WITHOUT ROWID

CREATE INDEX other_answer_assignment ON other_answer (assignment_id)
"""


@STEPS()
def other_answers(db: Database) -> None:
    """What waits to go by another way at this moment asks nobody, as before."""
    apply(db, SCRIPT)
