"""Units: a tree in which each level sees and coordinates what is below it."""

from __future__ import annotations

from datetime import date, datetime

from scheduler import audit
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, update, value, write
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.people.fields import unit_fields
from scheduler.people.versions import stale


def add_unit(
    db: Database, *, name: str, kind: str, parent_id: int | None = None, district: str = "", by: Actor, now: datetime
) -> int:
    """Add a unit to the tree: below `parent_id`, or as a tree of its own. A parent has no two units of one name."""
    checked = unit_fields(name=name, kind=kind, district=district)
    if checked.problems:
        raise Invalid.of(checked.problems)
    with write(db):
        _check_parent(db, parent_id)
        _check_name(db, parent_id, checked.columns["name"])
        unit_id = insert(db, "unit", parent_id=parent_id, **checked.columns)
        audit.record(db, "add", "unit", unit_id, by=by, now=now, unit_id=unit_id, name=checked.columns["name"])
    return unit_id


def change_unit(
    db: Database,
    unit_id: int,
    *,
    version: int,
    name: str,
    kind: str,
    district: str,
    parent_id: int | None,
    by: Actor,
    now: datetime,
) -> None:
    """Rename a unit or move it, and all below it, under another parent. It cannot go below itself."""
    checked = unit_fields(name=name, kind=kind, district=district)
    if checked.problems:
        raise Invalid.of(checked.problems)
    with write(db):
        old = unit(db, unit_id)
        if old["version"] != version:
            raise stale(db, audit.history(db, "unit", unit_id, limit=1))
        _check_move(db, unit_id, parent_id)
        _check_name(db, parent_id, checked.columns["name"], unit_id)
        new = checked.columns | {"parent_id": parent_id}
        update(db, "unit", unit_id, version=version + 1, **new)
        changed = {field: [old[field], new[field]] for field in new if old[field] != new[field]}
        audit.record(db, "change", "unit", unit_id, by=by, now=now, unit_id=unit_id, changed=changed)


def unit(db: Database, unit_id: int) -> Row:
    """One unit: id, parent_id, parent (name or None), name, kind, district, version. NotFound."""
    found = one(
        db,
        """
        SELECT unit.id, unit.parent_id, parent.name AS parent, unit.name, unit.kind, unit.district, unit.version
        FROM unit
        LEFT JOIN unit AS parent ON parent.id = unit.parent_id
        WHERE unit.id = :unit_id
        """,
        unit_id=unit_id,
    )
    if found is None:
        raise NotFound("not_found")
    return found


def units(db: Database, within: int | None = None, *, on: date | None = None) -> list[Row]:
    """Units in tree order: id, parent_id, name, kind, district, depth, people, people_below, version.

    `within` and all below it, else every tree; `depth` counts from the top of what is given. `people` are the unit's
    own, `people_below` with every unit below: those who have not left by `on` (without it: who have no last day).
    """
    found = rows(
        db,
        """
        SELECT unit.id, unit.parent_id, unit.name, unit.kind, unit.district, unit.version,
               (
                   SELECT COUNT(*)
                   FROM person
                   WHERE person.unit_id = unit.id AND (left_on IS NULL OR left_on >= :on)
               ) AS people
        FROM unit
        WHERE :within IS NULL OR id IN (SELECT unit_id FROM unit_above WHERE above_id = :within)
        ORDER BY sort, id
        """,
        within=within,
        on=on.isoformat() if on else None,
    )
    return _in_tree_order(found)


def paths(db: Database, within: int | None = None) -> dict[int, list[str]]:
    """Each unit's path of names from its tree's top down to itself, for `within` and all below it, else for all."""
    found = rows(
        db,
        """
        SELECT unit_above.unit_id, unit.name
        FROM unit_above
        JOIN unit ON unit.id = unit_above.above_id
        WHERE :within IS NULL
           OR unit_above.unit_id IN (SELECT unit_id FROM unit_above WHERE above_id = :within)
        ORDER BY unit_above.unit_id, unit_above.depth DESC
        """,
        within=within,
    )
    path: dict[int, list[str]] = {}
    for row in found:
        path.setdefault(row["unit_id"], []).append(row["name"])
    return path


def _in_tree_order(found: list[Row]) -> list[Row]:
    known = {row["id"] for row in found}
    below: dict[int | None, list[Row]] = {}
    for row in found:
        below.setdefault(row["parent_id"] if row["parent_id"] in known else None, []).append(row)
    ordered: list[Row] = []

    def descend(parent_id: int | None, depth: int) -> int:
        people = 0
        for row in below.get(parent_id, ()):
            row["depth"] = depth
            ordered.append(row)
            row["people_below"] = row["people"] + descend(row["id"], depth + 1)
            people += row["people_below"]
        return people

    descend(None, 0)
    return ordered


def _check_parent(db: Database, parent_id: int | None) -> None:
    if parent_id is not None and value(db, "SELECT id FROM unit WHERE id = :id", id=parent_id) is None:
        raise Invalid("unknown_unit", field="parent_id")


def _check_name(db: Database, parent_id: int | None, name: str, but_id: int | None = None) -> None:
    # The schema's UNIQUE does not hold between trees: two NULL parents differ.
    taken = value(
        db,
        "SELECT id FROM unit WHERE parent_id IS :parent_id AND name = :name AND id IS NOT :but_id",
        parent_id=parent_id,
        name=name,
        but_id=but_id,
    )
    if taken is not None:
        raise Invalid("unit_name_taken", field="name", name=name)


def _check_move(db: Database, unit_id: int, parent_id: int | None) -> None:
    """Refuse a place below itself; the schema refuses it too, and carries the move through `unit_above`."""
    _check_parent(db, parent_id)
    inside = value(
        db,
        "SELECT 1 FROM unit_above WHERE unit_id = :parent_id AND above_id = :unit_id",
        parent_id=parent_id,
        unit_id=unit_id,
    )
    if inside:
        raise Conflict("unit_below_itself", field="parent_id")
