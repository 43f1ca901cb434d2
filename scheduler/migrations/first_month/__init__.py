"""The schema's first step: everything that one month needs, from a list of people to person-trips in the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.first_month import (
    access,
    assignments,
    calendars,
    duties,
    ledger,
    messages,
    organisation,
    places,
    work,
)
from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

PARTS = (organisation, access, places, duties, assignments, ledger, messages, calendars, work)


@STEPS()
def first_month(db: Database) -> None:
    """Every table of the first release, in an order in which each refers to tables that stand."""
    for part in PARTS:
        apply(db, part.SCRIPT)
