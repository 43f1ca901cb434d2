"""The board, leader by week, and the few figures that sum it up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scheduler.database import Database, Row
from scheduler.quotas.owing import WEEK, months, weeks
from scheduler.quotas.units import results

SAME = (
    "person_id", "name", "staff_no", "role", "unit", "quota_id", "activity", "activity_zh", "activity_en", "period",
    "place", "sponsored", "need",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Leader:
    """One line of the board: a person and a quota (`about`: what all its weeks say alike), with a week each."""

    about: Row
    weeks: Sequence[Row]
    by_first: dict[date, Row]

    def __getattr__(self, name: str) -> Any:
        if name in SAME:
            return self.about[name]
        raise AttributeError(name)

    def count(self, state: str) -> int:
        """How many of the weeks are in a state."""
        return sum(week["state"] == state for week in self.weeks)

    def week(self, monday: date) -> Row | None:
        """The week that begins on a Monday, or None where the quota does not bind."""
        return self.by_first.get(monday)

    @property
    def due(self) -> int:
        """The weeks that have been decided: met or missed."""
        return self.count("met") + self.count("missed")


def board(rows_by_week: Iterable[Row]) -> list[Leader]:
    """The rows of `weeks` (or `months`) with one line for each leader and quota."""
    lines: dict[tuple[int, int], list[Row]] = {}
    for row in rows_by_week:
        lines.setdefault((row["person_id"], row["quota_id"]), []).append(row)
    return [
        Leader({name: line[0][name] for name in SAME}, line, {week["first"]: week for week in line})
        for line in lines.values()
    ]


def figures(lines: Sequence[Leader], monday: date) -> Row:
    """Leader-weeks of a board: met, due, missed, waived; of the week of `monday` this_met, this_all, risk."""
    this = [week for line in lines if (week := line.week(monday))]
    following = [week for line in lines if (week := line.week(monday + WEEK))]
    return {
        "met": sum(line.count("met") for line in lines),
        "due": sum(line.due for line in lines),
        "missed": sum(line.count("missed") for line in lines),
        "waived": sum(line.count("waived") for line in lines),
        "this_met": sum(week["state"] == "met" for week in this),
        "this_all": sum(week["state"] != "waived" for week in this),
        "risk": sum(week["state"] == "risk" for week in this),
        "next_open": sum(week["state"] == "open" for week in following),
    }


def attainment(db: Database, unit_id: int, first: date, last: date, *, now: datetime) -> Row:
    """达标率: how much of what was due from first to last has been met, in a unit and all below it.

    `met` and `due`: leader-weeks and leader-months that have been decided, met or missed, of the weeks whose Monday
    and the months whose first day lies from first to last; what is waived, still running or awaits confirmation is
    not due. `units_met` and `units_due`: the unit's own targets (set at the unit or above it) whose periods lie wholly
    from first to last and are over. The rate is met / due: None of it where due is 0.
    """
    found = [*weeks(db, unit_id, first, last, now=now), *months(db, unit_id, first, last, now=now)]
    states = [row["state"] for row in found]
    over = results(db, unit_id, first, last, now=now)
    return {
        "met": states.count("met"),
        "due": states.count("met") + states.count("missed"),
        "units_met": sum(row["is_met"] for row in over),
        "units_due": len(over),
    }
