"""Sponsorship: a unit answers for a community over dated months, by a working procedure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from scheduler import audit, fields
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, update, write
from scheduler.errors import Conflict, Invalid, NotFound, Problem
from scheduler.people.versions import stale
from scheduler.places.register import place
from scheduler.places.trees import tops_of_people, tops_of_units

PROCEDURE_MOST = 2000
WITHOUT_END = "9999-12-31"

SPONSORSHIP = """
    SELECT sponsorship.id, sponsorship.place_id, sponsorship.unit_id, unit.name AS unit,
           sponsorship.starts_on, sponsorship.ends_on, sponsorship.responsible_id, person.name AS responsible,
           sponsorship.procedure, sponsorship.version
    FROM sponsorship
    JOIN unit ON unit.id = sponsorship.unit_id
    LEFT JOIN person ON person.id = sponsorship.responsible_id
"""


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

    Several units may sponsor a place on one day, but none of them twice.
    """
    with write(db):
        columns = _checked(db, place(db, place_id), unit_id, starts_on, ends_on, responsible_id, procedure)
        sponsorship_id = insert(db, "sponsorship", place_id=place_id, **columns)
        audit.record(
            db, "sponsor", "place", place_id, by=by, now=now, unit_id=unit_id,
            sponsorship=sponsorship_id, starts_on=starts_on, ends_on=ends_on,
        )  # fmt: skip
    return sponsorship_id


def change_sponsorship(
    db: Database,
    sponsorship_id: int,
    *,
    version: int,
    unit_id: int,
    starts_on: date,
    ends_on: date | None = None,
    responsible_id: int | None = None,
    procedure: str = "",
    by: Actor,
    now: datetime,
) -> None:
    """Change a sponsorship: its unit, its dates, who answers for it, how the work is done there."""
    with write(db):
        before = sponsorship(db, sponsorship_id)
        if before["version"] != version:
            raise stale(db, audit.history(db, "sponsorship", sponsorship_id, limit=1))
        home = place(db, before["place_id"])
        columns = _checked(db, home, unit_id, starts_on, ends_on, responsible_id, procedure, sponsorship_id)
        update(db, "sponsorship", sponsorship_id, version=version + 1, **columns)
        changed = {name: [before[name], new] for name, new in columns.items() if before[name] != new}
        audit.record(
            db, "change", "sponsorship", sponsorship_id, by=by, now=now, unit_id=unit_id, changed=changed
        )  # fmt: skip


def sponsorship(db: Database, sponsorship_id: int) -> Row:
    """One sponsorship: unit_id, unit, starts_on, ends_on, responsible_id, responsible, procedure. NotFound."""
    held = one(db, f"{SPONSORSHIP} WHERE sponsorship.id = :sponsorship_id", sponsorship_id=sponsorship_id)
    if held is None:
        raise NotFound("not_found")
    return held


def sponsorships(db: Database, place_id: int) -> list[Row]:
    """Every sponsorship of a place as `sponsorship` gives it, the latest first."""
    return rows(
        db,
        f"""
        {SPONSORSHIP}
        WHERE sponsorship.place_id = :place_id
        ORDER BY sponsorship.starts_on DESC, sponsorship.id DESC
        """,
        place_id=place_id,
    )


def sponsorship_on(db: Database, place_id: int, day: date) -> Row | None:
    """The sponsorship that a place has on a day, or None: of several, the one that began last."""
    return one(
        db,
        f"""
        {SPONSORSHIP}
        WHERE sponsorship.place_id = :place_id
          AND sponsorship.starts_on <= :day AND COALESCE(sponsorship.ends_on, :without_end) >= :day
        ORDER BY sponsorship.starts_on DESC, sponsorship.id DESC
        """,
        place_id=place_id,
        day=day.isoformat(),
        without_end=WITHOUT_END,
    )


def sponsored_elsewhere(db: Database, below: Sequence[int], day: date) -> list[Row]:
    """What these units and those below sponsor on a day or later, of places that are not theirs, by place.

    Each: id (the sponsorship's), place, kind, place_unit, unit, starts_on, ends_on.
    """
    return rows(
        db,
        """
        WITH own AS (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:below))
        )
        SELECT sponsorship.id, place.name AS place, place.kind, holder.name AS place_unit, unit.name AS unit,
               sponsorship.starts_on, sponsorship.ends_on
        FROM sponsorship
        JOIN place ON place.id = sponsorship.place_id
        JOIN unit AS holder ON holder.id = place.unit_id
        JOIN unit ON unit.id = sponsorship.unit_id
        WHERE sponsorship.unit_id IN (SELECT unit_id FROM own) AND place.unit_id NOT IN (SELECT unit_id FROM own)
          AND COALESCE(sponsorship.ends_on, :without_end) >= :day
        ORDER BY place.name, sponsorship.starts_on, sponsorship.id
        """,
        below=json.dumps(list(below)),
        day=day.isoformat(),
        without_end=WITHOUT_END,
    )


def _checked(
    db: Database,
    home: Row,
    unit_id: int,
    starts_on: date,
    ends_on: date | None,
    responsible_id: int | None,
    procedure: str,
    but: int | None = None,
) -> dict[str, Any]:
    """The columns as they may be stored; `but` is the sponsorship that is being changed."""
    problems = fields.dates("ends_on", starts_on, ends_on)
    problems += fields.text("procedure", procedure, most=PROCEDURE_MOST, lines=True)
    tops = tops_of_units(db, {home["unit_id"], unit_id})
    if tops.get(unit_id) != tops[home["unit_id"]]:
        problems.append(Problem("unknown_unit", "unit_id"))
    if responsible_id is not None and tops_of_people(db, {responsible_id}).get(responsible_id) != tops[home["unit_id"]]:
        problems.append(Problem("unknown_person", "responsible_id"))
    if problems:
        raise Invalid.of(problems)
    columns = {
        "unit_id": unit_id,
        "starts_on": starts_on.isoformat(),
        "ends_on": ends_on.isoformat() if ends_on else None,
        "responsible_id": responsible_id,
        "procedure": procedure.strip(),
    }
    _refuse_overlap(db, home["id"], columns, but)
    return columns


def _refuse_overlap(db: Database, place_id: int, columns: dict[str, Any], but: int | None) -> None:
    other = one(
        db,
        f"""
        {SPONSORSHIP}
        WHERE sponsorship.place_id = :place_id AND sponsorship.unit_id = :unit_id AND sponsorship.id IS NOT :but
          AND sponsorship.starts_on <= :ends_on AND COALESCE(sponsorship.ends_on, :without_end) >= :starts_on
        """,
        place_id=place_id,
        unit_id=columns["unit_id"],
        starts_on=columns["starts_on"],
        ends_on=columns["ends_on"] or WITHOUT_END,
        without_end=WITHOUT_END,
        but=but,
    )
    if other is not None:
        first = date.fromisoformat(other["starts_on"])
        raise Conflict("sponsorship_overlaps", field="starts_on", unit=other["unit"], first=first)
