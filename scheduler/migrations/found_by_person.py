"""Where a person is referred to is found by an index: many are taken away at once when an import is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

SCRIPT = """
CREATE INDEX assignment_of_person ON assignment (person_id)

CREATE INDEX version_seat_of_person ON version_seat (person_id)

CREATE INDEX outbox_of_person ON outbox (person_id)

CREATE INDEX place_of_responsible ON place (responsible_id)

CREATE INDEX acknowledgement_of_person ON acknowledgement (person_id)
"""


@STEPS()
def found_by_person(db: Database) -> None:
    """Nothing changes but how fast it is found."""
    apply(db, SCRIPT)
