"""Which publication a step was published with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

SCRIPT = """
ALTER TABLE step ADD COLUMN version_id INTEGER REFERENCES roster_version (id)

UPDATE step
SET version_id = (
    SELECT id FROM roster_version
    WHERE roster_version.roster_id = step.roster_id AND roster_version.at > step.at
    ORDER BY number
    LIMIT 1
)
WHERE state = 'done'
"""


@STEPS()
def published_steps(db: Database) -> None:
    """Until now it was told by whole seconds: what was done before a publication is taken to have gone with it."""
    apply(db, SCRIPT)
