"""The activity of opening balances where only the list's title says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from scheduler.database import Row
from scheduler.imports import unsaid
from scheduler.imports.heads import Vocabulary
from scheduler.imports.sheets import Line


def completed_by(known: Vocabulary, activities: Mapping[str, Row]) -> Vocabulary:
    """The words of the list, and its activity from a title that names one of those that are known."""

    def completed(lines: Sequence[Line], head: Line, columns: Mapping[str, list[int]]) -> list[Line] | None:
        if "activity" in columns or "count" not in columns:
            return None
        said = activity_in(unsaid.over(lines, head), activities)
        return unsaid.filled(lines, head, "活动类型", said, columns["count"]) if said else None

    return replace(known, completed=completed)


def activity_in(title: str, activities: Mapping[str, Row]) -> str:
    """The one activity that a title names, 值守 said for 值班; nothing where it names none, or several."""
    words = "".join(title.split()).lower()
    found = {row["code"]: row["name_zh"] for name, row in activities.items()
             if name != row["code"] and (name in words or name in words.replace("值守", "值班"))}  # fmt: skip
    return str(next(iter(found.values()))) if len(found) == 1 else ""
