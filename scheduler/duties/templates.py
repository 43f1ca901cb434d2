"""Duty templates: what must be staffed where, on which days, by how many."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Unpack

from scheduler import audit, fields
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, rows, run, update, write
from scheduler.duties.checks import Pattern, TemplateGiven, Work, activity_id, problems_of
from scheduler.duties.generation import Generated, follow_template
from scheduler.errors import Invalid, NotFound
from scheduler.people.versions import stale

TEMPLATE = """
    SELECT template.id, template.unit_id, unit.name AS unit, template.name,
           activity.code AS activity, activity.name_zh AS activity_zh, activity.name_en AS activity_en,
           template.days, template.weekdays, template.starts, template.ends, template.headcount,
           template.requires, template.tasks, template.weight, template.valid_from, template.valid_to,
           template.version,
           (
               SELECT json_group_object(kind, places)
               FROM (
                   SELECT place.kind, COUNT(*) AS places
                   FROM template_place
                   JOIN place ON place.id = template_place.place_id
                   WHERE template_place.template_id = template.id
                   GROUP BY place.kind
               )
           ) AS kinds
    FROM template
    JOIN unit ON unit.id = template.unit_id
    JOIN activity ON activity.id = template.activity_id
"""


def activities(db: Database) -> list[Row]:
    """The kinds of duty there are: code, name_zh, name_en."""
    return rows(db, "SELECT code, name_zh, name_en FROM activity ORDER BY sort, id")


def add_template(db: Database, *, unit_id: int, by: Actor, now: datetime, **given: Unpack[TemplateGiven]) -> int:
    """Add a duty template, whose fields are those of `TemplateGiven`."""
    with write(db):
        pattern, work = _checked(db, unit_id, given)
        template_id = insert(db, "template", unit_id=unit_id, **_columns(db, pattern, work))
        _set_places(db, template_id, work.places)
        audit.record(db, "add", "template", template_id, by=by, now=now, unit_id=unit_id, name=pattern.name)
    return template_id


def change_template(
    db: Database, template_id: int, *, version: int, by: Actor, now: datetime, **given: Unpack[TemplateGiven]
) -> Generated:
    """Change a template; its future shifts that are in no roster yet follow at once, never a second one beside them."""
    with write(db):
        before = template(db, template_id)
        if before["version"] != version:
            raise stale(db, audit.history(db, "template", template_id, limit=1))
        pattern, work = _checked(db, before["unit_id"], given)
        update(db, "template", template_id, version=version + 1, **_columns(db, pattern, work))
        _set_places(db, template_id, work.places)
        done = follow_template(db, before["unit_id"], template_id, now=now)
        audit.record(
            db, "change", "template", template_id, by=by, now=now, unit_id=before["unit_id"], name=pattern.name,
            **asdict(done),
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
    """One template as `templates` gives it, with `places` as rows: id, name, kind, closed_on. NotFound."""
    held = rows(db, f"{TEMPLATE} WHERE template.id = :template_id", template_id=template_id)
    if not held:
        raise NotFound("not_found")
    places = rows(
        db,
        """
        SELECT place.id, place.name, place.kind, place.closed_on
        FROM template_place
        JOIN place ON place.id = template_place.place_id
        WHERE template_place.template_id = :template_id
        ORDER BY place.kind, place.name, place.id
        """,
        template_id=template_id,
    )
    return _read(db, held)[0] | {"places": places}


def templates(db: Database, *, below: Sequence[int]) -> list[Row]:
    """The templates of units (each with its whole subtree), by unit, activity and name.

    Each with activity (code) and its names, weekdays (a list), requires (a dict), required_units (names),
    kinds (place kind → how many places).
    """
    held = rows(
        db,
        f"""
        {TEMPLATE}
        WHERE template.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:below))
        )
        ORDER BY unit.sort, unit.id, activity.sort, template.name, template.id
        """,
        below=json.dumps(list(below)),
    )
    return _read(db, held)


def _read(db: Database, held: list[Row]) -> list[Row]:
    """The rows with their JSON columns read, and the names of the units that they require."""
    read = [row | {name: json.loads(row[name]) for name in ("weekdays", "requires", "kinds")} for row in held]
    wanted = {unit_id for row in read for unit_id in row["requires"].get("units", ())}
    names = unit_names(db, wanted)
    return [row | {"required_units": [names[unit] for unit in row["requires"].get("units", ())]} for row in read]


def unit_names(db: Database, unit_ids: Iterable[int]) -> dict[int, str]:
    """Unit → its name."""
    held = rows(
        db,
        "SELECT id, name FROM unit WHERE id IN (SELECT value FROM json_each(:unit_ids)) ORDER BY id",
        unit_ids=json.dumps(sorted(unit_ids)),
    )
    return {row["id"]: row["name"] for row in held}


def _checked(db: Database, unit_id: int, given: TemplateGiven) -> tuple[Pattern, Work]:
    pattern, work = Pattern.of(given), Work.of(given)
    problems = pattern.problems() + problems_of(db, unit_id, work)
    if problems:
        raise Invalid.of(problems)
    return pattern, work


def _columns(db: Database, pattern: Pattern, work: Work) -> dict[str, object]:
    return {
        "name": pattern.name,
        "activity_id": activity_id(db, work.activity),
        "days": pattern.days,
        "weekdays": json.dumps(pattern.weekdays),
        "starts": work.starts.isoformat("minutes"),
        "ends": work.ends.isoformat("minutes"),
        "headcount": work.headcount,
        "requires": work.requires(),
        "tasks": work.tasks,
        "weight": work.weight,
        "valid_from": pattern.valid_from.isoformat(),
        "valid_to": pattern.valid_to.isoformat() if pattern.valid_to else None,
    }


def _set_places(db: Database, template_id: int, place_ids: list[int]) -> None:
    run(db, "DELETE FROM template_place WHERE template_id = :template_id", template_id=template_id)
    db.table("template_place").insert_all({"template_id": template_id, "place_id": place_id} for place_id in place_ids)
