"""People: who stands, with number, unit, role, skills, and the dates between which they belong."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from scheduler import audit
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, update, value, write
from scheduler.errors import Invalid, NotFound, Problem
from scheduler.people.fields import Checked, person_fields
from scheduler.people.versions import stale

DEFAULTS: Row = {
    "role": "staff",
    "party": False,
    "skills": (),
    "email": "",
    "mobile": "",
    "lang": "zh",
    "left_on": None,
    "max_per_week": None,
}
COLUMNS = """
    person.id, person.key, person.staff_no, person.name, person.unit_id, unit.name AS unit, person.role, person.party,
    person.email, person.mobile, person.lang, person.joined_on, person.left_on, person.max_per_week, person.version,
    (SELECT json_group_array(skill ORDER BY skill) FROM person_skill WHERE person_id = person.id) AS skills
"""


def add(
    db: Database,
    *,
    staff_no: str,
    name: str,
    unit_id: int,
    role: str = "staff",
    party: bool = False,
    skills: Iterable[str] = (),
    email: str = "",
    mobile: str = "",
    lang: str = "zh",
    joined_on: date,
    left_on: date | None = None,
    max_per_week: int | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Add a person. A staff number is text that nobody else has; `max_per_week` overrides the organisation's."""
    given = {
        "staff_no": staff_no, "name": name, "role": role, "party": party, "skills": skills, "email": email,
        "mobile": mobile, "lang": lang, "joined_on": joined_on, "left_on": left_on, "max_per_week": max_per_week,
    }  # fmt: skip
    with write(db):
        checked = person_fields(given)
        _check_unit(db, checked, unit_id)
        _check_staff_no_is_free(db, checked)
        if checked.problems:
            raise Invalid.of(checked.problems)
        person_id = _insert(db, checked.columns)
        new = checked.columns
        audit.record(
            db, "add", "person", person_id, by=by, now=now, unit_id=unit_id, staff_no=new["staff_no"], name=new["name"]
        )
    return person_id


def add_many(db: Database, people: Iterable[Mapping[str, Any]], *, by: Actor, now: datetime) -> list[int]:
    """Add many at once, all or none: rows with the fields of `add`, what it has a default for may be missing.

    A problem names its row by its place among the given, the first being 1. Gives the ids in the given order.
    """
    with write(db):
        added = [_checked(db, number, DEFAULTS | dict(given)) for number, given in enumerate(people, start=1)]
        problems = [problem for checked in added for problem in checked.problems] or _twice(added)
        if problems:
            raise Invalid.of(problems)
        ids = [_insert(db, checked.columns) for checked in added]
        audit.record(db, "add", "people", 0, by=by, now=now, added=ids)
    return ids


def change(db: Database, person_id: int, *, version: int, by: Actor, now: datetime, **given: object) -> None:
    """Change the given fields of a person; those of `add` that are not given stay as they are."""
    with write(db):
        old = person(db, person_id)
        if old["version"] != version:
            raise stale(db, history(db, person_id, limit=1))
        changed = _change(db, old, given)
        audit.record(db, "change", "person", person_id, by=by, now=now, unit_id=old["unit_id"], changed=changed)


def change_many(db: Database, changes: Mapping[int, Row], *, by: Actor, now: datetime) -> None:
    """Change many at once, all or none: person id → the fields to set."""
    with write(db):
        changed = {person_id: _change(db, person(db, person_id), given) for person_id, given in changes.items()}
        audit.record(db, "change", "people", 0, by=by, now=now, changed=changed)


def person(db: Database, person_id: int) -> Row:
    """One person with unit (name) and skills (a sorted list). NotFound."""
    found = one(
        db,
        f"""
        SELECT {COLUMNS}
        FROM person
        JOIN unit ON unit.id = person.unit_id
        WHERE person.id = :person_id
        """,
        person_id=person_id,
    )
    if found is None:
        raise NotFound("not_found")
    return _with_skills(found)


def by_staff_no(db: Database, staff_nos: Iterable[str]) -> dict[str, Row]:
    """The people with these staff numbers, each as `person` gives them; numbers that nobody has are left out."""
    found = rows(
        db,
        f"""
        SELECT {COLUMNS}
        FROM person
        JOIN unit ON unit.id = person.unit_id
        WHERE person.staff_no IN (SELECT value FROM json_each(:staff_nos))
        """,
        staff_nos=json.dumps(list(staff_nos)),
    )
    return {row["staff_no"]: _with_skills(row) for row in found}


def found(
    db: Database,
    *,
    below: Sequence[int],
    text: str = "",
    role: str | None = None,
    party: bool | None = None,
    present_on: date | None = None,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[Row], int]:
    """People of the units `below` (each with its whole subtree) as `person` gives them, and how many there are in all.

    `text` is looked for in name, staff number, mobile, e-mail and skills; `present_on` leaves out who has left by then.
    By unit, leaders first, then by staff number.
    """
    where = """
        FROM person
        JOIN unit ON unit.id = person.unit_id
        WHERE person.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:below))
        )
          AND (:role IS NULL OR person.role = :role)
          AND (:party IS NULL OR person.party = :party)
          AND (:present_on IS NULL OR person.left_on IS NULL OR person.left_on >= :present_on)
          AND (
            :like = '%%'
            OR person.name LIKE :like ESCAPE '!'
            OR person.staff_no LIKE :like ESCAPE '!'
            OR person.mobile LIKE :like ESCAPE '!'
            OR person.email LIKE :like ESCAPE '!'
            OR EXISTS (SELECT 1 FROM person_skill WHERE person_id = person.id AND skill LIKE :like ESCAPE '!')
          )
    """
    asked = {
        "below": json.dumps(list(below)),
        "role": role,
        "party": party,
        "present_on": present_on.isoformat() if present_on else None,
        "like": "%" + text.strip().replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%",
    }
    shown = rows(
        db,
        f"""
        SELECT {COLUMNS}
        {where}
        ORDER BY unit.sort, unit.id,
                 CASE person.role WHEN 'head' THEN 0 WHEN 'deputy' THEN 1 ELSE 2 END,
                 person.staff_no
        LIMIT :limit OFFSET :offset
        """,
        **asked,
        limit=limit,
        offset=offset,
    )
    return [_with_skills(row) for row in shown], int(value(db, f"SELECT COUNT(*) {where}", **asked))


def skills(db: Database) -> list[str]:
    """Every skill that somebody has, sorted."""
    return [row["skill"] for row in rows(db, "SELECT DISTINCT skill FROM person_skill ORDER BY skill")]


def history(db: Database, person_id: int, *, limit: int = 50) -> list[Row]:
    """What was done to a person, alone or with many others, newest first: at, actor, act, facts (a dict)."""
    found = rows(
        db,
        """
        SELECT id, at, actor, act, facts
        FROM audit
        WHERE subject = 'person' AND subject_id = :person_id
        UNION ALL
        SELECT id, at, actor, act, json_object('changed', json(facts -> ('$.changed."' || :person_id || '"')))
        FROM audit
        WHERE subject = 'people'
          AND (
            facts ->> ('$.changed."' || :person_id || '"') IS NOT NULL
            OR EXISTS (SELECT 1 FROM json_each(facts, '$.added') WHERE value = :person_id)
          )
        ORDER BY id DESC
        LIMIT :limit
        """,
        person_id=person_id,
        limit=limit,
    )
    return [{**row, "facts": json.loads(row["facts"])} for row in found]


def _checked(db: Database, number: int, given: Row) -> Checked:
    checked = person_fields(given)
    _check_unit(db, checked, given["unit_id"])
    _check_staff_no_is_free(db, checked)
    checked.problems = [Problem(found.code, found.field, number, found.facts) for found in checked.problems]
    return checked


def _twice(added: list[Checked]) -> list[Problem]:
    first: dict[str, int] = {}
    problems = []
    for number, checked in enumerate(added, start=1):
        staff_no = checked.columns["staff_no"]
        if first.setdefault(staff_no, number) != number:
            problems.append(
                Problem("staff_no_twice", "staff_no", number, {"staff_no": staff_no, "row": first[staff_no]})
            )
    return problems


def _check_unit(db: Database, checked: Checked, unit_id: int) -> None:
    checked.columns["unit_id"] = unit_id
    if value(db, "SELECT id FROM unit WHERE id = :unit_id", unit_id=unit_id) is None:
        checked.refuse("unknown_unit", "unit_id")


def _check_staff_no_is_free(db: Database, checked: Checked, but_id: int | None = None) -> None:
    staff_no = checked.columns["staff_no"]
    taken = value(
        db,
        "SELECT id FROM person WHERE staff_no = :staff_no AND id IS NOT :but_id",
        staff_no=staff_no,
        but_id=but_id,
    )
    if taken is not None:
        checked.refuse("staff_no_taken", "staff_no", staff_no=staff_no)


def _insert(db: Database, columns: Row) -> int:
    own = {name: given for name, given in columns.items() if name != "skills"}
    person_id = insert(db, "person", key=secrets.token_hex(8), **own)
    _set_skills(db, person_id, columns["skills"])
    return person_id


def _set_skills(db: Database, person_id: int, skills: list[str]) -> None:
    db.conn.execute("DELETE FROM person_skill WHERE person_id = :person_id", {"person_id": person_id})
    for skill in skills:
        insert(db, "person_skill", person_id=person_id, skill=skill)


def _change(db: Database, old: Row, given: Mapping[str, object]) -> dict[str, list[object]]:
    """Store the given fields; what has changed: field → [old, new]."""
    merged = _as_given(old) | given
    if merged.keys() != _as_given(old).keys():
        raise TypeError(f"a person has no field {sorted(merged.keys() - _as_given(old).keys())}")
    checked = person_fields(merged)
    _check_unit(db, checked, int(merged["unit_id"]))
    _check_staff_no_is_free(db, checked, old["id"])
    if checked.problems:
        raise Invalid.of(checked.problems)
    new = checked.columns
    changed = {name: [old[name], new[name]] for name in new if old[name] != new[name]}
    own = {name: pair[1] for name, pair in changed.items() if name != "skills"}
    update(db, "person", old["id"], version=old["version"] + 1, **own)
    if "skills" in changed:
        _set_skills(db, old["id"], new["skills"])
    return changed


def _as_given(row: Row) -> Row:
    """A stored person as the fields that `add` takes."""
    given = {name: row[name] for name in ("staff_no", "name", "unit_id", *DEFAULTS)}
    given["joined_on"] = date.fromisoformat(row["joined_on"])
    given["left_on"] = date.fromisoformat(row["left_on"]) if row["left_on"] else None
    return given


def _with_skills(row: Row) -> Row:
    return {**row, "skills": json.loads(row["skills"])}
