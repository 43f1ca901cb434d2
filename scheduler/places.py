"""Outlets, communities, villages; which unit sponsors which."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from scheduler import audit, fields
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, update, write
from scheduler.errors import Conflict, Invalid, NotFound, Problem
from scheduler.people.versions import stale
from scheduler.wording import STATES

KINDS = tuple(STATES["place_kind"])

NAME_MOST = 60
LINE_MOST = 120
PROCEDURE_MOST = 2000


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
        "name": name,
        "kind": kind,
        "unit_id": unit_id,
        "district": district,
        "address": address,
        "contact": contact,
        "phone": phone,
        "responsible_id": responsible_id,
    }
    with write(db):
        problems = _problems(db, [given])[0]
        if problems:
            raise Invalid.of(problems)
        place_id = insert(db, "place", key=secrets.token_hex(8), **_tidy(given))
        audit.record(db, "add", "place", place_id, by=by, now=now, unit_id=unit_id, name=name.strip())
    return place_id


def add_many(db: Database, given: Iterable[Mapping[str, Any]], *, by: Actor, now: datetime) -> list[int]:
    """Add places that are each given as `add` takes them, all or none; their ids in the same order.

    A problem names its row as a spreadsheet counts it: the first place is row 2.
    """
    wanted = list(given)
    if not wanted:
        return []
    with write(db):
        problems = [
            Problem(problem.code, problem.field, row, problem.facts)
            for row, found in enumerate(_problems(db, wanted), start=2)
            for problem in found
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
        "name": name,
        "kind": kind,
        "unit_id": unit_id,
        "district": district,
        "address": address,
        "contact": contact,
        "phone": phone,
        "responsible_id": responsible_id,
    }
    with write(db):
        before = place(db, place_id)
        if before["version"] != version:
            raise stale(db, audit.history(db, "place", place_id, limit=1))
        problems = _problems(db, [given], place_id)[0]
        if problems:
            raise Invalid.of(problems)
        after = _tidy(given) | {"closed_on": closed_on.isoformat() if closed_on else None}
        update(db, "place", place_id, version=version + 1, **after)
        changes = {column: [before[column], new] for column, new in after.items() if before[column] != new}
        audit.record(db, "change", "place", place_id, by=by, now=now, unit_id=unit_id, name=name, changes=changes)


def place(db: Database, place_id: int) -> Row:
    """One place with unit (name) and responsible (name). NotFound."""
    found = one(
        db,
        """
        SELECT place.id, place.key, place.name, place.kind, place.unit_id, unit.name AS unit,
               place.district, place.address, place.contact, place.phone,
               place.responsible_id, person.name AS responsible, place.closed_on, place.version
        FROM place
        JOIN unit ON unit.id = place.unit_id
        LEFT JOIN person ON person.id = place.responsible_id
        WHERE place.id = :place_id
        """,
        place_id=place_id,
    )
    if found is None:
        raise NotFound("not_found")
    return found


def _tidy(given: Mapping[str, Any]) -> dict[str, Any]:
    return {column: held.strip() if isinstance(held, str) else held for column, held in given.items()}


def _problems(db: Database, given: list[Mapping[str, Any]], but: int | None = None) -> list[list[Problem]]:
    """What is wrong with each place, in a fixed number of queries; `but` is the place that is being changed."""
    roots = tops_of_units(db, {place["unit_id"] for place in given})
    homes = tops_of_people(db, {place.get("responsible_id") for place in given})
    taken = _names_taken(db, set(roots), but)
    found = []
    for place in given:
        problems = _own_problems(place)
        name = (place["unit_id"], place["name"].strip())
        if place["unit_id"] not in roots:
            problems.append(Problem("unknown_unit", "unit_id"))
        if name in taken:
            problems.append(Problem("place_name_taken", "name", facts={"name": name[1]}))
        taken.add(name)
        responsible_id = place.get("responsible_id")
        if responsible_id is not None and homes.get(responsible_id) != roots.get(place["unit_id"], 0):
            problems.append(Problem("unknown_person", "responsible_id"))
        found.append(problems)
    return found


def _own_problems(place: Mapping[str, Any]) -> list[Problem]:
    problems = fields.text("name", place["name"], most=NAME_MOST, required=True)
    problems += fields.choice("kind", place["kind"], KINDS)
    for field in ("district", "address", "contact", "phone"):
        problems += fields.text(field, place.get(field, ""), most=LINE_MOST)
    return problems


def _names_taken(db: Database, unit_ids: set[int], but: int | None) -> set[tuple[int, str]]:
    found = rows(
        db,
        """
        SELECT unit_id, name
        FROM place
        WHERE unit_id IN (SELECT value FROM json_each(:unit_ids)) AND id IS NOT :but
        """,
        unit_ids=json.dumps(sorted(unit_ids)),
        but=but,
    )
    return {(row["unit_id"], row["name"]) for row in found}


def tops_of_units(db: Database, unit_ids: set[int]) -> dict[int, int]:
    """Unit → the top of its tree. An unknown unit is left out."""
    found = rows(
        db,
        """
        SELECT unit_above.unit_id, unit_above.above_id
        FROM unit_above
        JOIN unit ON unit.id = unit_above.above_id AND unit.parent_id IS NULL
        WHERE unit_above.unit_id IN (SELECT value FROM json_each(:unit_ids))
        """,
        unit_ids=json.dumps(sorted(unit_ids)),
    )
    return {row["unit_id"]: row["above_id"] for row in found}


def tops_of_people(db: Database, person_ids: set[int | None]) -> dict[int, int]:
    """Person → the top of the tree that they belong to. An unknown person is left out."""
    found = rows(
        db,
        """
        SELECT person.id, unit_above.above_id
        FROM person
        JOIN unit_above ON unit_above.unit_id = person.unit_id
        JOIN unit ON unit.id = unit_above.above_id AND unit.parent_id IS NULL
        WHERE person.id IN (SELECT value FROM json_each(:person_ids))
        """,
        person_ids=json.dumps(sorted(person_ids - {None}, key=str)),
    )
    return {row["id"]: row["above_id"] for row in found}


def sponsor(
    db: Database,
    place_id: int,
    *,
    unit_id: int,
    starts_on: date,
    ends_on: date | None = None,
    responsible_id: int | None = None,
    procedure: str = "",
    by: Actor,
    now: datetime,
) -> int:
    """Let a unit answer for a community over dated months, by a working procedure.

    One unit may not sponsor the same place twice on a day; several units may.
    """
    with write(db):
        home = place(db, place_id)
        _refuse_sponsorship(db, home, unit_id, starts_on, ends_on, responsible_id, procedure)
        sponsorship_id = insert(
            db,
            "sponsorship",
            place_id=place_id,
            unit_id=unit_id,
            starts_on=starts_on.isoformat(),
            ends_on=ends_on.isoformat() if ends_on else None,
            responsible_id=responsible_id,
            procedure=procedure.strip(),
        )
        audit.record(
            db, "sponsor", "place", place_id, by=by, now=now, unit_id=unit_id,
            sponsorship=sponsorship_id, starts_on=starts_on, ends_on=ends_on,
        )  # fmt: skip
    return sponsorship_id


def _refuse_sponsorship(
    db: Database,
    home: Row,
    unit_id: int,
    starts_on: date,
    ends_on: date | None,
    responsible_id: int | None,
    procedure: str,
    but: int | None = None,
) -> None:
    problems = fields.dates("ends_on", starts_on, ends_on)
    problems += fields.text("procedure", procedure, most=PROCEDURE_MOST, lines=True)
    roots = tops_of_units(db, {home["unit_id"], unit_id})
    if roots.get(unit_id) != roots[home["unit_id"]]:
        problems.append(Problem("unknown_unit", "unit_id"))
    elif responsible_id is not None and tops_of_people(db, {responsible_id}).get(responsible_id) != roots[unit_id]:
        problems.append(Problem("unknown_person", "responsible_id"))
    if problems:
        raise Invalid.of(problems)
    other = _overlapping(db, home["id"], unit_id, starts_on, ends_on, but)
    if other:
        raise Conflict("sponsorship_overlaps", field="starts_on", unit=other["unit"], first=_day(other["starts_on"]))


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _overlapping(
    db: Database, place_id: int, unit_id: int, starts_on: date, ends_on: date | None, but: int | None
) -> Row | None:
    return one(
        db,
        """
        SELECT unit.name AS unit, sponsorship.starts_on
        FROM sponsorship
        JOIN unit ON unit.id = sponsorship.unit_id
        WHERE place_id = :place_id AND unit_id = :unit_id AND sponsorship.id IS NOT :but
          AND starts_on <= :ends_on AND COALESCE(ends_on, '9999-12-31') >= :starts_on
        ORDER BY starts_on
        """,
        place_id=place_id,
        unit_id=unit_id,
        starts_on=starts_on.isoformat(),
        ends_on=ends_on.isoformat() if ends_on else "9999-12-31",
        but=but,
    )


def sponsorship_on(db: Database, place_id: int, day: date) -> Row | None:
    """Who sponsors the place on a day: unit_id, unit, responsible, procedure. Of several, the one that began last."""
    return one(
        db,
        """
        SELECT sponsorship.id, sponsorship.unit_id, unit.name AS unit, person.name AS responsible,
               sponsorship.procedure, sponsorship.starts_on, sponsorship.ends_on
        FROM sponsorship
        JOIN unit ON unit.id = sponsorship.unit_id
        LEFT JOIN person ON person.id = sponsorship.responsible_id
        WHERE sponsorship.place_id = :place_id
          AND sponsorship.starts_on <= :day AND COALESCE(sponsorship.ends_on, '9999-12-31') >= :day
        ORDER BY sponsorship.starts_on DESC, sponsorship.id DESC
        """,
        place_id=place_id,
        day=day.isoformat(),
    )
