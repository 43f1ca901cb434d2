"""People looked up: one, those of some staff numbers, a page of a list, what was done to one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date

from scheduler.database import Database, Row, one, rows, value
from scheduler.errors import NotFound

COLUMNS = """
    person.id, person.key, person.staff_no, person.name, person.unit_id, unit.name AS unit, person.role, person.party,
    person.email, person.mobile, person.lang, person.joined_on, person.left_on, person.max_per_week, person.version,
    (SELECT json_group_array(skill) FROM person_skill WHERE person_id = person.id) AS skills
"""


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


def skills(db: Database, below: Sequence[int]) -> list[str]:
    """Every skill that somebody of the units `below` has, sorted."""
    found = rows(
        db,
        """
        SELECT DISTINCT person_skill.skill
        FROM person_skill
        JOIN person ON person.id = person_skill.person_id
        JOIN unit_above ON unit_above.unit_id = person.unit_id
        WHERE unit_above.above_id IN (SELECT value FROM json_each(:below))
        ORDER BY person_skill.skill
        """,
        below=json.dumps(list(below)),
    )
    return [row["skill"] for row in found]


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


def _with_skills(row: Row) -> Row:
    return {**row, "skills": sorted(json.loads(row["skills"]))}
