"""What a template or a shift may ask for, and of which places and units."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import NotRequired, TypedDict

from scheduler import fields
from scheduler.database import Database, Row, rows, value
from scheduler.errors import Problem
from scheduler.wording import STATES

DAYS = tuple(STATES["days"])
ROLES = tuple(STATES["role"])
NAME_MOST = 60
TASKS_MOST = 1000
SKILL_MOST = 40


class WorkGiven(TypedDict):
    """What one shift needs, as a caller gives it. An end before the start is on the next day."""

    activity: str
    places: Iterable[int]
    starts: time
    ends: time
    headcount: NotRequired[int]
    party: NotRequired[bool]
    roles: NotRequired[Iterable[str]]
    skills: NotRequired[Iterable[str]]
    units: NotRequired[Iterable[int]]
    tasks: NotRequired[str]
    weight: NotRequired[int]


class TemplateGiven(WorkGiven):
    """A template as a caller gives it; `weekdays` are 0 for Monday to 6 for Sunday."""

    name: str
    days: str
    weekdays: NotRequired[Iterable[int]]
    valid_from: date
    valid_to: NotRequired[date | None]


@dataclass(frozen=True, slots=True)
class Work:
    """What one shift needs, tidied: a template's shifts and a single one alike."""

    activity: str
    places: list[int]
    starts: time
    ends: time
    headcount: int
    party: bool
    roles: list[str]
    skills: list[str]
    units: list[int]
    tasks: str
    weight: int

    @classmethod
    def of(cls, given: WorkGiven) -> Work:
        """Without doubles and blanks, the defaults filled in."""
        return cls(
            activity=given["activity"],
            places=sorted(set(given["places"])),
            starts=given["starts"],
            ends=given["ends"],
            headcount=given.get("headcount", 1),
            party=given.get("party", False),
            roles=sorted(set(given.get("roles", ()))),
            skills=sorted({skill.strip() for skill in given.get("skills", ())} - {""}),
            units=sorted(set(given.get("units", ()))),
            tasks=given.get("tasks", "").strip(),
            weight=given.get("weight", 1),
        )

    def requires(self) -> str:
        """Who may stand, as JSON: only what restricts, so that an empty object lets everybody."""
        found: dict[str, object] = {"party": True} if self.party else {}
        named = {"roles": self.roles, "skills": self.skills, "units": self.units}
        return json.dumps(found | {name: held for name, held in named.items() if held}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A template's name and the days it asks for, tidied."""

    name: str
    days: str
    weekdays: list[int]
    valid_from: date
    valid_to: date | None

    @classmethod
    def of(cls, given: TemplateGiven) -> Pattern:
        """Weekdays in order and once each, and only where they matter."""
        return cls(
            name=given["name"].strip(),
            days=given["days"],
            weekdays=sorted(set(given.get("weekdays", ()))) if given["days"] == "weekdays" else [],
            valid_from=given["valid_from"],
            valid_to=given.get("valid_to"),
        )

    def problems(self) -> list[Problem]:
        """What is wrong with it."""
        problems = fields.text("name", self.name, most=NAME_MOST, required=True)
        problems += fields.choice("days", self.days, DAYS)
        problems += [found for day in self.weekdays for found in fields.choice("weekdays", day, range(7))]
        if self.days == "weekdays" and not self.weekdays:
            problems.append(Problem("no_weekday", "weekdays"))
        return problems + fields.dates("valid_to", self.valid_from, self.valid_to)


def problems_of(db: Database, unit_id: int, work: Work) -> list[Problem]:
    """What is wrong with the work, for shifts of the unit."""
    problems = fields.number("headcount", work.headcount, 1, 99)
    problems += fields.number("weight", work.weight, 1, 9)
    problems += fields.text("tasks", work.tasks, most=TASKS_MOST, lines=True)
    problems += [found for role in work.roles for found in fields.choice("roles", role, ROLES)]
    problems += [found for skill in work.skills for found in fields.text("skills", skill, most=SKILL_MOST)]
    if work.starts == work.ends:
        problems.append(Problem("no_duration", "ends"))
    if not work.places:
        problems.append(Problem("no_place", "places"))
    if activity_id(db, work.activity) is None:
        problems.append(Problem("unknown_activity", "activity"))
    if set(work.places) - {row["id"] for row in places_in_reach(db, unit_id)}:
        problems.append(Problem("place_out_of_reach", "places"))
    if set(work.units) - {row["id"] for row in units_in_line(db, unit_id)}:
        problems.append(Problem("unknown_unit", "units"))
    return problems


def activity_id(db: Database, code: str) -> int | None:
    """The id of a kind of duty, or None where there is no such kind."""
    found: int | None = value(db, "SELECT id FROM activity WHERE code = :code", code=code)
    return found


def places_in_reach(db: Database, unit_id: int) -> list[Row]:
    """The places that a unit's templates may ask for: its own, those of units above and below it, what these sponsor.

    By kind, unit and name: id, name, kind, district, unit, closed_on.
    """
    return rows(
        db,
        """
        WITH line AS (
            SELECT above_id AS id FROM unit_above WHERE unit_id = :unit_id
            UNION
            SELECT unit_id FROM unit_above WHERE above_id = :unit_id
        )
        SELECT place.id, place.name, place.kind, place.district, unit.name AS unit, place.closed_on
        FROM place
        JOIN unit ON unit.id = place.unit_id
        WHERE place.unit_id IN (SELECT id FROM line)
           OR place.id IN (SELECT place_id FROM sponsorship WHERE unit_id IN (SELECT id FROM line))
        ORDER BY place.kind, unit.sort, unit.id, place.name, place.id
        """,
        unit_id=unit_id,
    )


def units_in_line(db: Database, unit_id: int) -> list[Row]:
    """The unit, those above it and those below it, in tree order as far as it is a line: id, name, depth."""
    return rows(
        db,
        """
        SELECT unit.id, unit.name, -unit_above.depth AS depth
        FROM unit_above
        JOIN unit ON unit.id = unit_above.above_id
        WHERE unit_above.unit_id = :unit_id
        UNION
        SELECT unit.id, unit.name, unit_above.depth
        FROM unit_above
        JOIN unit ON unit.id = unit_above.unit_id
        WHERE unit_above.above_id = :unit_id
        ORDER BY 3, 1
        """,
        unit_id=unit_id,
    )
