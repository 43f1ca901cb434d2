"""Whether leaders plan their visits by themselves: a unit says so for itself and all below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

SCRIPT = """
CREATE TABLE own_visit_rule (
    unit_id INTEGER PRIMARY KEY REFERENCES unit (id),
    is_allowed INTEGER NOT NULL CHECK (is_allowed IN (0, 1))
) STRICT
"""


@STEPS()
def own_visits(db: Database) -> None:
    """No unit has said anything yet: leaders may."""
    apply(db, SCRIPT)
