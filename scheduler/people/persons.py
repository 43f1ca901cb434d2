"""People: who stands, with number, unit, role, skills, and the dates between which they belong."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from scheduler import accounts, audit, clock
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, rows, run, update, value, write
from scheduler.errors import Invalid, Problem
from scheduler.people.fields import Checked, person_fields
from scheduler.people.finding import history, person
from scheduler.people.versions import stale

REMEMBERED = frozenset({"staff_no", "name", "unit_id", "role", "party"})  # day by day, in person_was

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
    """Add many at once, all or none: rows with the fields of `add`; what it has a default for may be missing.

    A problem names its row by its place among the given, the first being 1. Gives the ids in the given order.
    """
    return store_many(db, people, {}, by=by, now=now)


def store_many(
    db: Database,
    added: Iterable[Mapping[str, Any]],
    changed: Mapping[int, Mapping[str, Any]],
    *,
    by: Actor,
    now: datetime,
    checked: Sequence[Checked] | None = None,
) -> list[int]:
    """Add people as `add_many` does and set fields of others (person id → fields), all or nothing, as one act.

    `checked` is what `fields_of` made of the added ones, where that was done before: nobody else can write meanwhile.
    """
    new = fields_of(added) if checked is None else list(checked)
    with write(db):
        problems = [*(one for each in new for one in each.problems), *_not_new(db, new)]
        problems = sorted(problems, key=lambda one: one.row or 0) or _twice(new)
        if problems:
            raise Invalid.of(problems)
        ids = _insert_many(db, [checked.columns for checked in new])
        changes: dict[int, dict[str, list[object]]] = {}
        for person_id, given in changed.items():
            old = person(db, person_id)
            changes[person_id] = _change(db, old, given, by, _holds_from(db, old, None, now), now)
        audit.record(db, "import", "people", 0, by=by, now=now, added=ids, changed=changes)
    return ids


def change(
    db: Database, person_id: int, *, version: int, since: date | None = None, by: Actor, now: datetime, **given: object
) -> None:
    """Change the given fields of a person; those of `add` that are not given stay as they are.

    Number, name, unit, role and party membership hold from `since` on, from today without it: a trip
    is counted for what the person was on its day. Refused for a day to come, and for one before the last such change.
    """
    with write(db):
        old = person(db, person_id)
        if old["version"] != version:
            raise stale(db, history(db, person_id, limit=1))
        changed = _change(db, old, given, by, _holds_from(db, old, since, now), now)
        facts: dict[str, object] = {"since": since} if since else {}
        audit.record(
            db, "change", "person", person_id, by=by, now=now, unit_id=old["unit_id"], changed=changed, **facts
        )


def as_given(row: Row) -> Row:
    """A stored person as the fields that `add` takes."""
    given = {name: row[name] for name in ("staff_no", "name", "unit_id", *DEFAULTS)}
    given["joined_on"] = date.fromisoformat(row["joined_on"])
    given["left_on"] = date.fromisoformat(row["left_on"]) if row["left_on"] else None
    return given


def _checked(db: Database, number: int, given: Row) -> Checked:
    checked = person_fields(given)
    _check_unit(db, checked, given["unit_id"])
    _check_staff_no_is_free(db, checked)
    checked.problems = [Problem(found.code, found.field, number, found.facts) for found in checked.problems]
    return checked


def fields_of(added: Iterable[Mapping[str, Any]]) -> list[Checked]:
    """The fields of people to be added, checked as far as that needs no database; a problem's row counts from 1."""
    new = []
    for number, given in enumerate(added, start=1):
        whole = DEFAULTS | dict(given)
        checked = person_fields(whole)
        checked.columns["unit_id"] = whole["unit_id"]
        checked.problems = [Problem(found.code, found.field, number, found.facts) for found in checked.problems]
        new.append(checked)
    return new


def _not_new(db: Database, new: Sequence[Checked]) -> list[Problem]:
    """Units that there are not, and numbers that somebody has."""
    numbers = json.dumps([checked.columns["staff_no"] for checked in new])
    taken = {
        row["staff_no"]
        for row in rows(
            db, "SELECT staff_no FROM person WHERE staff_no IN (SELECT value FROM json_each(:numbers))", numbers=numbers
        )
    }
    units = {row["id"] for row in rows(db, "SELECT id FROM unit ORDER BY id")}
    problems = []
    for number, checked in enumerate(new, start=1):
        if checked.columns["unit_id"] not in units:
            problems.append(Problem("unknown_unit", "unit_id", number))
        if (staff_no := checked.columns["staff_no"]) in taken:
            problems.append(Problem("staff_no_taken", "staff_no", number, {"staff_no": staff_no}))
    return problems


def _insert_many(db: Database, people: Sequence[Row]) -> list[int]:
    """Their ids in the same order. Many at once: no other process can write meanwhile."""
    if not people:
        return []
    keys = [secrets.token_hex(8) for _ in people]
    own = [{name: held for name, held in columns.items() if name != "skills"} for columns in people]
    names = list(own[0])
    db.conn.executemany(
        f"INSERT INTO person (key, {', '.join(names)}) VALUES (:key, {', '.join(f':{name}' for name in names)})",
        [columns | {"key": key} for columns, key in zip(own, keys, strict=True)],
    )
    sql = "SELECT id, key FROM person WHERE key IN (SELECT value FROM json_each(:keys))"
    made = {row["key"]: int(row["id"]) for row in rows(db, sql, keys=json.dumps(keys))}
    for columns, key in zip(people, keys, strict=True):
        if columns["skills"]:
            _set_skills(db, made[key], columns["skills"])
    return [made[key] for key in keys]


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
    run(db, "DELETE FROM person_skill WHERE person_id = :person_id", person_id=person_id)
    for skill in skills:
        insert(db, "person_skill", person_id=person_id, skill=skill)


def _holds_from(db: Database, old: Row, since: date | None, now: datetime) -> str:
    """The day from which a change of what is remembered holds."""
    last = str(value(db, "SELECT since FROM person WHERE id = :id", id=old["id"]))
    today = clock.today(now, db.zone)
    if since is None:
        return max(last, today.isoformat())
    if since > today:
        raise Invalid("holds_from_later", field="since")
    if since.isoformat() < last:
        raise Invalid("changed_later_already", field="since", person=old["name"], day=date.fromisoformat(last))
    return since.isoformat()


def _change(
    db: Database, old: Row, given: Mapping[str, object], by: Actor, since: str, now: datetime
) -> dict[str, list[object]]:
    """Store the given fields; what has changed: field → [old, new]."""
    merged = as_given(old) | dict(given)
    if merged.keys() != as_given(old).keys():
        raise TypeError(f"a person has no field {sorted(merged.keys() - as_given(old).keys())}")
    checked = person_fields(merged)
    _check_unit(db, checked, int(merged["unit_id"]))
    _check_staff_no_is_free(db, checked, old["id"])
    if checked.columns["email"] != old["email"] and not accounts.may_speak_for(db, by, old["id"], now=now):
        checked.refuse("email_above_own_rights", "email", person=old["name"])  # sign-in links are mailed there
    if checked.problems:
        raise Invalid.of(checked.problems)
    new = checked.columns
    changed = {name: [old[name], new[name]] for name in new if old[name] != new[name]}
    own = {name: pair[1] for name, pair in changed.items() if name != "skills"}
    if own.keys() & REMEMBERED:
        own["since"] = since
    update(db, "person", old["id"], version=old["version"] + 1, **own)
    if "left_on" in changed:
        accounts.keep_administered(db, old["id"], now=now)
    if "skills" in changed:
        _set_skills(db, old["id"], new["skills"])
    return changed
