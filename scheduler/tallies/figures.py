"""Trips, people, sessions and minutes of a part of the ledger, by any dimensions: one GROUP BY."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scheduler.database import Database, Row, rows, value
from scheduler.tallies import totals
from scheduler.tallies.cuts import IS_REST, SPONSORED, TASKS, WEEKDAY, Cut, rest_days, where

# dimension → the key of a `fact`: a row of the ledger, or of a relation that has the same columns
KEYS = {
    "person": "fact.person_id",
    "unit": "fact.unit_id",
    "place": "fact.place_id",
    "community": f"CASE WHEN {SPONSORED} THEN fact.place_id END",
    "activity": "fact.activity",
    "task": "trim(line.value)",
    "role": "fact.role",
    "party": "fact.party",
    "day_kind": f"CASE WHEN {IS_REST} THEN 'rest' ELSE 'workday' END",
    "weekday": WEEKDAY,
    "day": "fact.day",
    "week": "date(fact.day, 'weekday 0', '-6 days')",
    "month": "substr(fact.day, 1, 7)",
    "quarter": "substr(fact.day, 1, 4) || 'Q' || ((substr(fact.day, 6, 2) + 2) / 3)",
    "year": "substr(fact.day, 1, 4)",
}
TASK_JOIN = f"LEFT JOIN json_each({TASKS}) AS line ON trim(line.value) <> ''"

# Each unit's ancestor at a depth, or itself where it stands above that depth.
GATHERED = """
    gathered (unit_id, key) AS MATERIALIZED (
        SELECT deep.unit_id, unit_above.above_id
        FROM (SELECT unit_id, MAX(depth) AS depth FROM unit_above GROUP BY unit_id) AS deep
        JOIN unit_above ON unit_above.unit_id = deep.unit_id AND unit_above.depth = MAX(deep.depth - :at_depth, 0)
    ),
"""

SUMS = """
    SUM(trips) AS trips,
    COUNT(DISTINCT CASE WHEN trips > 0 THEN person_id END) AS people,
    COUNT(DISTINCT CASE WHEN trips > 0 THEN shift_id END) AS sessions,
    SUM(minutes) AS minutes,
    SUM(CASE WHEN shift_id IS NULL THEN trips ELSE 0 END) AS carried
"""


def counted(db: Database, cut: Cut, by: Sequence[str], *, level: int | None = None) -> list[Row]:
    """k0, k1 … (a key for each dimension of `by`), trips, people, sessions, minutes, carried: net of corrections.

    What was corrected away altogether has no row. From the totals where they hold it, else as `scanned`.
    """
    found = totals.kept(db, cut, by, level=level)
    return scanned(db, cut, by, level=level) if found is None else found


def scanned(db: Database, cut: Cut, by: Sequence[str], *, level: int | None = None) -> list[Row]:
    """The same by one GROUP BY over the ledger, whatever the totals say."""
    keys, values = keyed(db, cut, by, level)
    condition, found = where(db, cut)
    names = [f"k{number}" for number in range(len(by))]
    grouped = ", ".join([*names, "shift_id", "person_id"])
    return rows(
        db,
        f"""
        WITH {GATHERED if "at_depth" in values else ""}
        picked AS (
            SELECT {"DISTINCT fact.id," if "task" in by else ""}
                   {"".join(f"{key} AS {name}, " for key, name in zip(keys, names, strict=True))}
                   fact.shift_id, fact.person_id, fact.trips, fact.minutes
            FROM ledger AS fact {TASK_JOIN if "task" in by else ""}
            WHERE {condition}
        ),
        net AS (
            SELECT {grouped}, SUM(trips) AS trips, SUM(minutes * trips) AS minutes
            FROM picked
            GROUP BY {grouped}
        )
        SELECT {"".join(f"{name}, " for name in names)} {SUMS}
        FROM net
        {f"GROUP BY {', '.join(names)}" if names else ""}
        HAVING SUM(trips) <> 0
        """,
        **values | found,
    )


def keyed(db: Database, cut: Cut, by: Sequence[str], level: int | None) -> tuple[list[str], dict[str, Any]]:
    """The expressions of the keys of `fact`, and the values that they need."""
    values: dict[str, Any] = {}
    keys = [KEYS[name] for name in by]
    if "day_kind" in by:
        values["rest_days"] = rest_days(db, cut)
    if "unit" in by and level is not None:
        values["at_depth"] = depth_of(db, cut.get("within")) + level
        keys[list(by).index("unit")] = "(SELECT key FROM gathered WHERE gathered.unit_id = fact.unit_id)"
    return keys, values


def depth_of(db: Database, unit_id: int | None) -> int:
    """How many units stand above a unit; 0 for the whole organisation."""
    if unit_id is None:
        return 0
    return int(value(db, "SELECT MAX(depth) FROM unit_above WHERE unit_id = :unit_id", unit_id=unit_id) or 0)
