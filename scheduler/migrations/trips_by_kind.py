"""Trips of one source, activity, role or party membership are found without reading all the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

SCRIPT = "CREATE INDEX ledger_by_kind ON ledger (source, activity, role, party, day, unit_id)"


@STEPS()
def trips_by_kind(db: Database) -> None:
    """An index only. There are some hundred kinds: whichever of the four is asked for, each is looked into once."""
    apply(db, SCRIPT)
