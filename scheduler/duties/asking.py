"""What templates ask for: which days, and on them which shifts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import NamedTuple

from scheduler import clock, workdays
from scheduler.database import Database, Row, rows
from scheduler.workdays import Day

PREVIEW = timedelta(days=183)  # holidays are announced a year ahead at most; a rarer duty is no template

Slot = tuple[int, int, str]  # template, place, day: at most one shift each


class Asked(NamedTuple):
    """What a template decides about a shift, by the names of the shift's own columns."""

    activity_id: int
    starts_at: str
    ends_at: str
    headcount: int
    requires: str
    tasks: str
    weight: int


@dataclass(frozen=True, slots=True)
class Rule:
    """The days that a template asks for."""

    days: str
    weekdays: tuple[int, ...]
    valid_from: date
    valid_to: date | None

    def asks_for(self, day: Day) -> bool:
        """Whether the template asks for shifts on the day."""
        if day.day < self.valid_from or (self.valid_to is not None and day.day > self.valid_to):
            return False
        if self.days == "weekdays":
            return day.day.weekday() in self.weekdays
        return self.days == "every" or (self.days == "workday") == day.is_workday


def rule_of(row: Row) -> Rule:
    """The days that a template asks for, from its row."""
    return Rule(
        days=row["days"],
        weekdays=tuple(row["weekdays"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    )


def next_days(db: Database, rule: Rule, first: date, *, most: int = 12) -> list[Day]:
    """The next days that a rule asks for, from `first` on, as far as half a year ahead."""
    start = max(first, rule.valid_from)
    calendar = workdays.days(db, start, min(start, date.max - PREVIEW) + PREVIEW)
    return [day for day in calendar if rule.asks_for(day)][:most]


def asked_for(
    db: Database, unit_id: int, first: date, last: date, *, template_id: int | None = None
) -> dict[Slot, Asked]:
    """Every shift that the unit's templates, or one of them, ask for in a period. A closed place gets none."""
    calendar = workdays.days(db, first, last)
    asked: dict[Slot, Asked] = {}
    for template in _templates(db, unit_id, template_id):
        rule = rule_of(template)
        for day in calendar:
            if rule.asks_for(day):
                asked |= _asked_on(db, template, day.day)
    return asked


def _asked_on(db: Database, template: Row, day: date) -> dict[Slot, Asked]:
    starts, ends = time.fromisoformat(template["starts"]), time.fromisoformat(template["ends"])
    starts_at, ends_at = clock.span(day, starts, ends, db.zone)
    text = day.isoformat()
    wanted = Asked(
        template["activity_id"], clock.to_text(starts_at), clock.to_text(ends_at), template["headcount"],
        template["requires"], template["tasks"], template["weight"],
    )  # fmt: skip
    return {
        (template["id"], place_id, text): wanted
        for place_id, closed_on in template["places"]
        if closed_on is None or text < closed_on
    }


def _templates(db: Database, unit_id: int, template_id: int | None) -> list[Row]:
    """The unit's templates with their places: `places` is a list of (place, closed on)."""
    found = rows(
        db,
        """
        SELECT template.id, activity_id, days, weekdays, starts, ends, headcount, requires, tasks, weight,
               valid_from, valid_to, place.id AS place_id, place.closed_on
        FROM template
        JOIN template_place ON template_place.template_id = template.id
        JOIN place ON place.id = template_place.place_id
        WHERE template.unit_id = :unit_id AND (:template_id IS NULL OR template.id = :template_id)
        ORDER BY template.id, place.id
        """,
        unit_id=unit_id,
        template_id=template_id,
    )
    grouped: dict[int, Row] = {}
    for row in found:
        template = grouped.setdefault(row["id"], row | {"weekdays": json.loads(row["weekdays"]), "places": []})
        template["places"].append((row["place_id"], row["closed_on"]))
    return list(grouped.values())
