"""Places: added, changed, looked up."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from scheduler import audit, fields
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, update, value, write
from scheduler.errors import Invalid, NotFound, Problem
from scheduler.people.versions import stale
from scheduler.places.trees import tops_of_people, tops_of_units
from scheduler.wording import STATES

KINDS = tuple(STATES["place_kind"])

NAME_MOST = 60
LINE_MOST = 120

COLUMNS = """
    place.id, place.key, place.name, place.kind, place.unit_id, unit.name AS unit,
    place.district, place.address, place.contact, place.phone,
    place.responsible_id, person.name AS responsible, place.closed_on, place.version
"""
KIND_ORDER = "instr('outlet community village school other', place.kind)"
SPONSORS = """
    (
        SELECT json_group_array(sponsor.name ORDER BY sponsorship.starts_on, sponsorship.id)
        FROM sponsorship
        JOIN unit AS sponsor ON sponsor.id = sponsorship.unit_id
        WHERE sponsorship.place_id = place.id AND sponsorship.starts_on <= :on
          AND COALESCE(sponsorship.ends_on, '9999-12-31') >= :on
    )
"""
FOUND = """
    FROM place
    JOIN unit ON unit.id = place.unit_id
    LEFT JOIN person ON person.id = place.responsible_id
    WHERE place.unit_id IN (
        SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:below))
    )
      AND (:kind IS NULL OR place.kind = :kind)
      AND (NOT :is_open OR place.closed_on IS NULL OR place.closed_on > :on)
      AND (
        :like = '%%'
        OR place.name LIKE :like ESCAPE '!'
        OR place.district LIKE :like ESCAPE '!'
        OR place.address LIKE :like ESCAPE '!'
        OR place.contact LIKE :like ESCAPE '!'
        OR unit.name LIKE :like ESCAPE '!'
      )
"""


def add(
    db: Database,
    *,
    name: str,
    kind: str,
    unit_id: int,
    district: str = "",
    address: str = "",
    contact: str = "",
    phone: str = "",
    responsible_id: int | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Add a place. Refused: a name that the unit already has, a responsible person of another organisation."""
    given = {
        "name": name, "kind": kind, "unit_id": unit_id, "district": district, "address": address,
        "contact": contact, "phone": phone, "responsible_id": responsible_id,
    }  # fmt: skip
    with write(db):
        problems = _problems(db, [given])[0]
        if problems:
            raise Invalid.of(problems)
        place_id = insert(db, "place", key=secrets.token_hex(8), **_tidy(given))
        audit.record(db, "add", "place", place_id, by=by, now=now, unit_id=unit_id, name=name.strip())
    return place_id


def add_many(db: Database, given: Iterable[Mapping[str, Any]], *, by: Actor, now: datetime) -> list[int]:
    """Add places that are each given as `add` takes them, all or none; their ids in the same order.

    A problem's row is the place's number in what was given, from 1.
    """
    wanted = list(given)
    if not wanted:
        return []
    with write(db):
        problems = [
            Problem(problem.code, problem.field, row, problem.facts)
            for row, own in enumerate(_problems(db, wanted), start=1)
            for problem in own
        ]
        if problems:
            raise Invalid.of(problems)
        made = [insert(db, "place", key=secrets.token_hex(8), **_tidy(place)) for place in wanted]
        audit.record(db, "add", "place", made[0], by=by, now=now, unit_id=wanted[0]["unit_id"], places=len(made))
    return made


def change(
    db: Database,
    place_id: int,
    *,
    version: int,
    name: str,
    kind: str,
    unit_id: int,
    district: str = "",
    address: str = "",
    contact: str = "",
    phone: str = "",
    responsible_id: int | None = None,
    closed_on: date | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """Change a place. From the day that it is closed on it gets no new shifts."""
    given = {
        "name": name, "kind": kind, "unit_id": unit_id, "district": district, "address": address,
        "contact": contact, "phone": phone, "responsible_id": responsible_id,
    }  # fmt: skip
    with write(db):
        before = place(db, place_id)
        if before["version"] != version:
            raise stale(db, audit.history(db, "place", place_id, limit=1))
        problems = _problems(db, [given], place_id)[0]
        if problems:
            raise Invalid.of(problems)
        after = _tidy(given) | {"closed_on": closed_on.isoformat() if closed_on else None}
        update(db, "place", place_id, version=version + 1, **after)
        changed = audit.differences(before, after)
        audit.record(
            db, "change", "place", place_id, by=by, now=now, unit_id=unit_id, name=after["name"], changed=changed
        )


def place(db: Database, place_id: int) -> Row:
    """One place with unit (name) and responsible (name). NotFound."""
    row = one(
        db,
        f"""
        SELECT {COLUMNS}
        FROM place
        JOIN unit ON unit.id = place.unit_id
        LEFT JOIN person ON person.id = place.responsible_id
        WHERE place.id = :place_id
        """,
        place_id=place_id,
    )
    if row is None:
        raise NotFound("not_found")
    return row


def found(
    db: Database,
    *,
    below: Sequence[int],
    kind: str | None = None,
    text: str = "",
    on: date,
    is_open: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[Row], int]:
    """Places of the units `below` (each with its whole subtree), and how many there are in all.

    Each as `place` gives it, with `sponsors`: the names of the units that sponsor it on `on`. `is_open` leaves out what
    is closed by then. `text` is looked for in name, district, address, contact and unit. By kind, unit, name.
    """
    asked = _asked(below, kind, text, on, is_open)
    shown = rows(
        db,
        f"""
        SELECT {COLUMNS}, {SPONSORS} AS sponsors
        {FOUND}
        ORDER BY {KIND_ORDER}, unit.sort, unit.id, place.name, place.id
        LIMIT :limit OFFSET :offset
        """,
        **asked,
        limit=limit,
        offset=offset,
    )
    read = [row | {"sponsors": json.loads(row["sponsors"])} for row in shown]
    return read, int(value(db, f"SELECT COUNT(*) {FOUND}", **asked))


def kinds(db: Database, *, below: Sequence[int], text: str = "", on: date, is_open: bool = False) -> dict[str, int]:
    """How many places of each kind `found` gives; kinds without any are left out."""
    counted = rows(
        db,
        f"SELECT place.kind, COUNT(*) AS places {FOUND} GROUP BY place.kind ORDER BY {KIND_ORDER}",
        **_asked(below, None, text, on, is_open),
    )
    return {row["kind"]: row["places"] for row in counted}


def _asked(below: Sequence[int], kind: str | None, text: str, on: date, is_open: bool) -> dict[str, object]:
    return {
        "below": json.dumps(list(below)),
        "kind": kind,
        "on": on.isoformat(),
        "is_open": is_open,
        "like": "%" + text.strip().replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%",
    }


def _tidy(given: Mapping[str, Any]) -> dict[str, Any]:
    return {column: held.strip() if isinstance(held, str) else held for column, held in given.items()}


def _problems(db: Database, given: Sequence[Mapping[str, Any]], but: int | None = None) -> list[list[Problem]]:
    """What is wrong with each place, in a fixed number of queries; `but` is the place that is being changed."""
    tops = tops_of_units(db, {columns["unit_id"] for columns in given})
    homes = tops_of_people(db, {columns.get("responsible_id") for columns in given})
    taken = _names_taken(db, set(tops), but)
    every = []
    for columns in given:
        problems = _own_problems(columns)
        name = (columns["unit_id"], columns["name"].strip())
        if columns["unit_id"] not in tops:
            problems.append(Problem("unknown_unit", "unit_id"))
        if name in taken:
            problems.append(Problem("place_name_taken", "name", facts={"name": name[1]}))
        taken.add(name)
        responsible_id = columns.get("responsible_id")
        if responsible_id is not None and homes.get(responsible_id) != tops.get(columns["unit_id"], 0):
            problems.append(Problem("unknown_person", "responsible_id"))
        every.append(problems)
    return every


def _own_problems(columns: Mapping[str, Any]) -> list[Problem]:
    problems = fields.text("name", columns["name"], most=NAME_MOST, required=True)
    problems += fields.choice("kind", columns["kind"], KINDS)
    for field in ("district", "address", "contact", "phone"):
        problems += fields.text(field, columns.get(field, ""), most=LINE_MOST)
    return problems


def _names_taken(db: Database, unit_ids: set[int], but: int | None) -> set[tuple[int, str]]:
    held = rows(
        db,
        """
        SELECT unit_id, name
        FROM place
        WHERE unit_id IN (SELECT value FROM json_each(:unit_ids)) AND id IS NOT :but
        """,
        unit_ids=json.dumps(sorted(unit_ids)),
        but=but,
    )
    return {(row["unit_id"], row["name"]) for row in held}
