"""The part of the ledger that a figure is made of, as conditions of a query."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Required, TypedDict

from scheduler import workdays
from scheduler.database import Database, one
from scheduler.wording import STATES

NONE = "-"  # what an address says for “of no community”, “of no task”


class Cut(TypedDict, total=False):
    """The part of the ledger that a figure is made of: days from first to last, and whatever else is named.

    `within` is a unit with all below it, `unit_id` that unit alone; both mean the person's unit on the
    day, as do role and party. `community_id` is a place on the days on which somebody sponsors it (0:
    trips to places that nobody sponsors that day). `day_kind` is workday or rest, `weekday` 1 (Monday)
    to 7, `source` one of `SOURCES` or a source of its own.
    """

    first: Required[date]
    last: Required[date]
    within: int
    unit_id: int
    person_id: int
    place_id: int
    community_id: int
    activity: str
    task: str
    role: str
    party: bool
    day_kind: str
    weekday: int
    source: str


# Verified and supplemented trips are kept apart; balances of before the system are neither.
SOURCES = {
    "verified": ("check_in", "roll_call", "default"),
    "supplemented": ("supplemented",),
    "carried": ("carried_forward",),
} | {name: (name,) for name in STATES["source"] if name != "supplemented"}

# What an entry says of its shift it says since the second form; of earlier ones and of balances the registers tell.
SPONSORED = """CASE WHEN fact.form = 2 AND fact.shift_id IS NOT NULL THEN fact.sponsor_id IS NOT NULL ELSE EXISTS (
    SELECT 1 FROM sponsorship
    WHERE sponsorship.place_id = fact.place_id
      AND sponsorship.starts_on <= fact.day AND COALESCE(sponsorship.ends_on, '9999') >= fact.day
) END"""
TASKS = r"""CASE fact.form WHEN 2 THEN fact.tasks ELSE COALESCE((
    SELECT '["' || replace(replace(replace(replace(replace(
        tasks, '\', '\\'), '"', '\"'), char(13), ''), char(9), ' '), char(10), '","') || '"]'
    FROM shift
    WHERE shift.id = fact.shift_id
), '[]') END"""
TASKS_OF_FACT = f"SELECT trim(line.value) FROM json_each({TASKS}) AS line WHERE trim(line.value) <> ''"
WEEKDAY = "(strftime('%w', fact.day) + 6) % 7 + 1"
IS_REST = "fact.day IN (SELECT value FROM json_each(:rest_days))"

# The + keeps SQLite from the index by kind, which only helps where whoever asks goes through it kind by kind.
CONDITIONS = {
    "first": "fact.day >= :first",
    "last": "fact.day <= :last",
    "within": "fact.unit_id IN (SELECT unit_id FROM unit_above WHERE above_id = :within)",
    "unit_id": "fact.unit_id = :unit_id",
    "person_id": "fact.person_id = :person_id",
    "place_id": "fact.place_id = :place_id",
    "community_id": f"CASE WHEN {SPONSORED} THEN fact.place_id ELSE 0 END = :community_id",
    "activity": "+fact.activity = :activity",
    "task": f"CASE :task WHEN '{NONE}' THEN NOT EXISTS ({TASKS_OF_FACT}) ELSE :task IN ({TASKS_OF_FACT}) END",
    "role": "+fact.role = :role",
    "party": "+fact.party = :party",
    "day_kind": f"{IS_REST} = (:day_kind = 'rest')",
    "weekday": f"{WEEKDAY} = :weekday",
    "source": "+fact.source IN (SELECT value FROM json_each(:source))",
}


def given(cut: Cut) -> dict[str, Any]:
    """What a cut names."""
    return {name: held for name, held in cut.items() if held is not None}


def where(db: Database, cut: Cut, only: set[str] | None = None) -> tuple[str, dict[str, Any]]:
    """The conditions on `fact` for those parts of a cut that are given (and among `only`), and their values."""
    named = {name: held for name, held in given(cut).items() if only is None or name in only}
    values = {name: _value(name, held) for name, held in named.items()}
    if "day_kind" in named:
        values["rest_days"] = rest_days(db, cut)
    conditions = [CONDITIONS[name] for name in named]
    if named.get("community_id"):  # said once more, so that the index of places can be used
        conditions.append(CONDITIONS["place_id"].replace(":place_id", ":community_id"))
    return " AND ".join(conditions), values


def rest_days(db: Database, cut: Cut) -> str:
    """The off days of a cut by the calendar of workdays, as JSON; only as far as there are rosters and entries."""
    span = one(
        db,
        """
        SELECT MIN(day) AS first, MAX(day) AS last
        FROM (
            SELECT MIN(day) AS day FROM ledger UNION ALL SELECT MAX(day) FROM ledger
            UNION ALL SELECT MIN(starts_on) FROM roster UNION ALL SELECT MAX(ends_on) FROM roster
        )
        """,
    )
    if span is None or span["first"] is None:
        return "[]"
    first = max(cut["first"], date.fromisoformat(span["first"]))
    last = min(cut["last"], date.fromisoformat(span["last"]))
    return json.dumps([day.day.isoformat() for day in workdays.days(db, first, last) if not day.is_workday])


def _value(name: str, held: Any) -> Any:
    if name == "source":
        return json.dumps(SOURCES[held])
    if isinstance(held, date):
        return held.isoformat()
    return int(held) if isinstance(held, bool) else held
