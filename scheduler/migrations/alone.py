"""Messages that are sent by themselves where others leave as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

SCRIPT = "ALTER TABLE outbox ADD COLUMN alone INTEGER NOT NULL DEFAULT 0 CHECK (alone IN (0, 1))"


@STEPS()
def alone(db: Database) -> None:
    """One bad message among several that were sent as one keeps none of the others back."""
    apply(db, SCRIPT)
