"""Duty templates: what must be staffed where, on which days, by how many."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from scheduler import audit, fields
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, run, update, value, write
from scheduler.duties.generation import Generated, follow_template
from scheduler.errors import Invalid, NotFound, Problem
from scheduler.people.versions import stale
from scheduler.wording import STATES

DAYS = tuple(STATES["days"])
ROLES = tuple(STATES["role"])
NAME_MOST = 60
TASKS_MOST = 1000
SKILL_MOST = 40


@dataclass(frozen=True, slots=True)
class _Given:
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


def activities(db: Database) -> list[Row]:
    """The kinds of duty there are: code, name_zh, name_en."""
    return rows(db, "SELECT code, name_zh, name_en FROM activity ORDER BY sort, id")


def add_template(
    db: Database,
    *,
    unit_id: int,
    name: str,
    activity: str,
    places: Iterable[int],
    days: str,
    weekdays: Iterable[int] = (),
    starts: time,
    ends: time,
    headcount: int = 1,
    party: bool = False,
    roles: Iterable[str] = (),
    skills: Iterable[str] = (),
    units: Iterable[int] = (),
    tasks: str = "",
    weight: int = 1,
    valid_from: date,
    valid_to: date | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Add a duty template. `weekdays` are 0 for Monday to 6 for Sunday; an end before the start is on the next day."""
    asked = _Given(
        unit_id=unit_id, name=name.strip(), activity=activity, places=sorted(set(places)),
        days=days, weekdays=sorted(set(weekdays)), starts=starts, ends=ends, headcount=headcount,
        party=party, roles=sorted(set(roles)), skills=_words(skills), units=sorted(set(units)),
        tasks=tasks.strip(), weight=weight, valid_from=valid_from, valid_to=valid_to,
    )  # fmt: skip
    with write(db):
        _refuse(db, asked)
        template_id = insert(db, "template", unit_id=unit_id, **_columns(db, asked))
        _set_places(db, template_id, asked.places)
        audit.record(db, "add", "template", template_id, by=by, now=now, unit_id=unit_id, name=asked.name)
    return template_id


def change_template(
    db: Database,
    template_id: int,
    *,
    version: int,
    name: str,
    activity: str,
    places: Iterable[int],
    days: str,
    weekdays: Iterable[int] = (),
    starts: time,
    ends: time,
    headcount: int = 1,
    party: bool = False,
    roles: Iterable[str] = (),
    skills: Iterable[str] = (),
    units: Iterable[int] = (),
    tasks: str = "",
    weight: int = 1,
    valid_from: date,
    valid_to: date | None = None,
    by: Actor,
    now: datetime,
) -> Generated:
    """Change a template; its future shifts that are in no roster yet follow at once, never a second one beside them."""
    with write(db):
        before = template(db, template_id)
        if before["version"] != version:
            raise stale(db, audit.history(db, "template", template_id, limit=1))
        asked = _Given(
            unit_id=before["unit_id"], name=name.strip(), activity=activity, places=sorted(set(places)),
            days=days, weekdays=sorted(set(weekdays)), starts=starts, ends=ends, headcount=headcount,
            party=party, roles=sorted(set(roles)), skills=_words(skills), units=sorted(set(units)),
            tasks=tasks.strip(), weight=weight, valid_from=valid_from, valid_to=valid_to,
        )  # fmt: skip
        _refuse(db, asked)
        update(db, "template", template_id, version=version + 1, **_columns(db, asked))
        _set_places(db, template_id, asked.places)
        done = follow_template(db, asked.unit_id, template_id, now=now)
        audit.record(
            db, "change", "template", template_id, by=by, now=now, unit_id=asked.unit_id, name=asked.name,
            added=done.added, changed=done.changed, removed=done.removed, kept=done.kept,
        )  # fmt: skip
    return done


def end_template(db: Database, template_id: int, *, last: date, version: int, by: Actor, now: datetime) -> Generated:
    """Let a template ask for nothing after a last day; its later shifts that are in no roster yet go."""
    with write(db):
        before = template(db, template_id)
        if before["version"] != version:
            raise stale(db, audit.history(db, "template", template_id, limit=1))
        problems = fields.dates("last", date.fromisoformat(before["valid_from"]), last)
        if problems:
            raise Invalid.of(problems)
        update(db, "template", template_id, version=version + 1, valid_to=last.isoformat())
        done = follow_template(db, before["unit_id"], template_id, now=now)
        audit.record(
            db, "end", "template", template_id, by=by, now=now, unit_id=before["unit_id"],
            name=before["name"], last=last, removed=done.removed, kept=done.kept,
        )  # fmt: skip
    return done


def template(db: Database, template_id: int) -> Row:
    """One template: activity (code) with its names, weekdays (a list), requires (a dict), places (rows). NotFound."""
    found = one(
        db,
        """
        SELECT template.id, template.unit_id, unit.name AS unit, template.name,
               activity.code AS activity, activity.name_zh AS activity_zh, activity.name_en AS activity_en,
               template.days, template.weekdays, template.starts, template.ends, template.headcount,
               template.requires, template.tasks, template.weight, template.valid_from, template.valid_to,
               template.version
        FROM template
        JOIN unit ON unit.id = template.unit_id
        JOIN activity ON activity.id = template.activity_id
        WHERE template.id = :template_id
        """,
        template_id=template_id,
    )
    if found is None:
        raise NotFound("not_found")
    return found | {
        "weekdays": json.loads(found["weekdays"]),
        "requires": json.loads(found["requires"]),
        "places": _places_of(db, template_id),
    }


def _places_of(db: Database, template_id: int) -> list[Row]:
    return rows(
        db,
        """
        SELECT place.id, place.name, place.kind, place.closed_on
        FROM template_place
        JOIN place ON place.id = template_place.place_id
        WHERE template_place.template_id = :template_id
        ORDER BY place.kind, place.name
        """,
        template_id=template_id,
    )


def templates(db: Database, within: Iterable[int]) -> list[Row]:
    """The templates of units and all below them, by unit and name: `places` is how many each has."""
    found = rows(
        db,
        """
        SELECT template.id, template.unit_id, unit.name AS unit, template.name,
               activity.code AS activity, activity.name_zh AS activity_zh, activity.name_en AS activity_en,
               template.days, template.weekdays, template.starts, template.ends, template.headcount,
               template.requires, template.tasks, template.valid_from, template.valid_to,
               (SELECT COUNT(*) FROM template_place WHERE template_id = template.id) AS places
        FROM template
        JOIN unit ON unit.id = template.unit_id
        JOIN activity ON activity.id = template.activity_id
        WHERE template.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:within))
        )
        ORDER BY unit.sort, unit.name, activity.sort, template.name, template.id
        """,
        within=json.dumps(list(within)),
    )
    return [row | {"weekdays": json.loads(row["weekdays"]), "requires": json.loads(row["requires"])} for row in found]


def _words(given: Iterable[str]) -> list[str]:
    return sorted({word.strip() for word in given if word.strip()})


def _requires(asked: _Given) -> str:
    """Only what restricts: an empty object lets everybody stand."""
    found: dict[str, object] = {"party": True} if asked.party else {}
    for key, held in (("roles", asked.roles), ("skills", asked.skills), ("units", asked.units)):
        if held:
            found[key] = held
    return json.dumps(found, ensure_ascii=False)


def _columns(db: Database, asked: _Given) -> dict[str, object]:
    return {
        "name": asked.name,
        "activity_id": value(db, "SELECT id FROM activity WHERE code = :code", code=asked.activity),
        "days": asked.days,
        "weekdays": json.dumps(asked.weekdays if asked.days == "weekdays" else []),
        "starts": asked.starts.isoformat("minutes"),
        "ends": asked.ends.isoformat("minutes"),
        "headcount": asked.headcount,
        "requires": _requires(asked),
        "tasks": asked.tasks,
        "weight": asked.weight,
        "valid_from": asked.valid_from.isoformat(),
        "valid_to": asked.valid_to.isoformat() if asked.valid_to else None,
    }


def _set_places(db: Database, template_id: int, place_ids: list[int]) -> None:
    run(db, "DELETE FROM template_place WHERE template_id = :template_id", template_id=template_id)
    db.table("template_place").insert_all({"template_id": template_id, "place_id": place_id} for place_id in place_ids)


def _refuse(db: Database, asked: _Given) -> None:
    problems = _own_problems(asked)
    if value(db, "SELECT 1 FROM activity WHERE code = :code", code=asked.activity) is None:
        problems.append(Problem("unknown_activity", "activity"))
    if asked.places and set(asked.places) - _places_in_reach(db, asked.unit_id):
        problems.append(Problem("place_out_of_reach", "places"))
    if asked.units and set(asked.units) - _units_in_line(db, asked.unit_id):
        problems.append(Problem("unknown_unit", "units"))
    if problems:
        raise Invalid.of(problems)


def _own_problems(asked: _Given) -> list[Problem]:
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


def _units_in_line(db: Database, unit_id: int) -> set[int]:
    """The unit, those above it and those below it."""
    found = rows(
        db,
        """
        SELECT above_id AS id FROM unit_above WHERE unit_id = :unit_id
        UNION
        SELECT unit_id FROM unit_above WHERE above_id = :unit_id
        """,
        unit_id=unit_id,
    )
    return {row["id"] for row in found}


def _places_in_reach(db: Database, unit_id: int) -> set[int]:
    """Places that belong to the unit or one above or below it, or that one of these sponsors."""
    return {row["id"] for row in places_in_reach(db, unit_id)}


def places_in_reach(db: Database, unit_id: int) -> list[Row]:
    """The places that a unit's templates may ask for, by kind and name: those of the unit, of one above or below it,
    and those that one of these sponsors: id, name, kind, district, unit, closed_on.
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
        ORDER BY place.kind, place.name, place.id
        """,
        unit_id=unit_id,
    )
