"""Which organisation's tree a unit or a person belongs to: two organisations in one installation never mix."""

from __future__ import annotations

import json

from scheduler.database import Database, rows


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
