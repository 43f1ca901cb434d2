"""How much leave of each kind a person may take without asking, for a whole tree of units."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from scheduler import audit, fields
from scheduler.audit import Actor
from scheduler.database import Database, Row, one, run, write
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.people.versions import stale

DAYS_MOST = 366

# Who is ill cannot wait for an answer; one day on which somebody cannot is their own affair. All else is asked for.
DEFAULTS: Mapping[str, int] = MappingProxyType({"leave": 0, "sick": 3, "travel": 0, "training": 0, "other": 1})


def rules(db: Database, unit_id: int) -> Row:
    """The rules that count for a unit: unit_id and unit of its tree's top, version (0: never set), days by kind:
    so many in sixty days are approved by themselves. NotFound."""
    found = one(
        db,
        """
        SELECT unit.id AS unit_id, unit.name AS unit, COALESCE(leave_rule.version, 0) AS version,
               COALESCE(leave_rule.days, '{}') AS days
        FROM unit_above
        JOIN unit ON unit.id = unit_above.above_id AND unit.parent_id IS NULL
        LEFT JOIN leave_rule ON leave_rule.unit_id = unit.id
        WHERE unit_above.unit_id = :unit_id
        """,
        unit_id=unit_id,
    )
    if found is None:
        raise NotFound("not_found")
    return found | {"days": {**DEFAULTS, **json.loads(found["days"])}}


def set_rules(
    db: Database, unit_id: int, wanted: Mapping[str, int], *, version: int, by: Actor, now: datetime
) -> list[str]:
    """Set the days of the tree that the unit tops; gives the kinds that changed. What was asked before stays asked.

    Invalid: days out of 0 to 366. Conflict: the unit tops no tree, or somebody else has set them since `version`.
    """
    problems = [p for kind in DEFAULTS if kind in wanted for p in fields.number(kind, wanted[kind], 0, DAYS_MOST)]
    if problems:
        raise Invalid.of(problems)
    with write(db):
        held = rules(db, unit_id)
        if held["unit_id"] != unit_id:
            raise Conflict("rules_are_of_the_top", unit=held["unit"])
        if held["version"] != version:
            raise stale(db, audit.history(db, "leave_rule", unit_id, limit=1))
        after = {kind: wanted.get(kind, days) for kind, days in held["days"].items()}
        changed = [kind for kind in DEFAULTS if after[kind] != held["days"][kind]]
        if changed:
            _store(db, unit_id, after)
            told = {kind: {"from": held["days"][kind], "to": after[kind]} for kind in changed}
            audit.record(db, "set_rules", "leave_rule", unit_id, by=by, now=now, unit_id=unit_id, days=told)
    return changed


def _store(db: Database, unit_id: int, days: Mapping[str, int]) -> None:
    run(
        db,
        """
        INSERT INTO leave_rule (unit_id, days) VALUES (:unit_id, :days)
        ON CONFLICT (unit_id) DO UPDATE SET days = excluded.days, version = version + 1
        """,
        unit_id=unit_id,
        days=json.dumps(dict(days)),
    )
