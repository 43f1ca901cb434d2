"""What a duty template may ask for, and of which places and units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from scheduler import fields
from scheduler.database import Database, Row, rows, value
from scheduler.errors import Invalid, Problem
from scheduler.wording import STATES

DAYS = tuple(STATES["days"])
ROLES = tuple(STATES["role"])
NAME_MOST = 60
TASKS_MOST = 1000
SKILL_MOST = 40


@dataclass(frozen=True, slots=True)
class Given:
    """A template as it was given, tidied, before it is checked."""

    unit_id: int
    name: str
    activity: str
    places: list[int]
    days: str
    weekdays: list[int]
    starts: time
    ends: time
    headcount: int
    party: bool
    roles: list[str]
    skills: list[str]
    units: list[int]
    tasks: str
    weight: int
    valid_from: date
    valid_to: date | None


def refuse(db: Database, asked: Given) -> None:
    """Refuse a template with every problem that it has."""
    problems = _own_problems(asked)
    if value(db, "SELECT 1 FROM activity WHERE code = :code", code=asked.activity) is None:
        problems.append(Problem("unknown_activity", "activity"))
    if asked.places and set(asked.places) - {row["id"] for row in places_in_reach(db, asked.unit_id)}:
        problems.append(Problem("place_out_of_reach", "places"))
    if asked.units and set(asked.units) - {row["id"] for row in units_in_line(db, asked.unit_id)}:
        problems.append(Problem("unknown_unit", "units"))
    if problems:
        raise Invalid.of(problems)


def _own_problems(asked: Given) -> list[Problem]:
    problems = fields.text("name", asked.name, most=NAME_MOST, required=True)
    problems += fields.choice("days", asked.days, DAYS)
    problems += fields.number("headcount", asked.headcount, 1, 99)
    problems += fields.number("weight", asked.weight, 1, 9)
    problems += fields.dates("valid_to", asked.valid_from, asked.valid_to)
    problems += fields.text("tasks", asked.tasks, most=TASKS_MOST, lines=True)
    problems += [found for role in asked.roles for found in fields.choice("roles", role, ROLES)]
    problems += [found for skill in asked.skills for found in fields.text("skills", skill, most=SKILL_MOST)]
    problems += [found for day in asked.weekdays for found in fields.choice("weekdays", day, range(7))]
    if asked.days == "weekdays" and not asked.weekdays:
        problems.append(Problem("no_weekday", "weekdays"))
    if asked.starts == asked.ends:
        problems.append(Problem("no_duration", "ends"))
    if not asked.places:
        problems.append(Problem("no_place", "places"))
    return problems


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
