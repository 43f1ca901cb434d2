"""Who is told: coordinators nearest to a unit, everybody with a role, heads of units. Nobody who has left."""

from __future__ import annotations

from datetime import datetime

from scheduler import accounts, clock
from scheduler.database import Database, Row, rows
from scheduler.messages import coordinators

__all__ = ["coordinators", "heads", "with_role"]


def with_role(db: Database, role: str, *, now: datetime) -> list[Row]:
    """Everybody who has a role over any unit and can be told: person_id, person, lang, units (JSON)."""
    return rows(
        db,
        f"""
        SELECT person.id AS person_id, person.name AS person, person.lang,
               json_group_array(access.unit_id) AS units
        FROM access
        JOIN person ON person.id = access.person_id
        WHERE access.role = :role AND {accounts.IN_FORCE} AND EXISTS (SELECT 1 FROM way WHERE way.person_id = person.id)
          AND (person.left_on IS NULL OR person.left_on >= :day)
        GROUP BY person.id
        ORDER BY person.staff_no
        """,
        role=role,
        day=clock.today(now, db.zone).isoformat(),
    )


def heads(db: Database, *, now: datetime) -> list[Row]:
    """The heads of units that can be told: person_id, person, lang, unit_id, unit, may_look.

    A head by position, of the unit they belong to; and whoever was made one for a part of the tree: of the
    widest unit that they were given.
    """
    return rows(
        db,
        f"""
        WITH given AS (
            SELECT access.person_id, access.unit_id,
                   ROW_NUMBER() OVER (
                       PARTITION BY access.person_id
                       ORDER BY (SELECT MAX(depth) FROM unit_above WHERE unit_above.unit_id = access.unit_id), access.id
                   ) AS place
            FROM access
            WHERE access.role = 'unit_head' AND {accounts.IN_FORCE}
        )
        SELECT person.id AS person_id, person.name AS person, person.lang,
               unit.id AS unit_id, unit.name AS unit,
               EXISTS (SELECT 1 FROM access WHERE access.person_id = person.id AND {accounts.IN_FORCE}) AS may_look
        FROM person
        LEFT JOIN given ON given.person_id = person.id AND given.place = 1
        JOIN unit ON unit.id = COALESCE(given.unit_id, person.unit_id)
        WHERE (person.role = 'head' OR given.unit_id IS NOT NULL) AND person.joined_on <= :day
          AND EXISTS (SELECT 1 FROM way WHERE way.person_id = person.id)
          AND (person.left_on IS NULL OR person.left_on >= :day)
        ORDER BY person.staff_no
        """,
        day=clock.today(now, db.zone).isoformat(),
    )
