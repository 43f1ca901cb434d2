"""Who answers for a unit and is told of what waits there."""

from __future__ import annotations

from datetime import datetime
from itertools import takewhile

from scheduler import accounts, clock
from scheduler.database import Database, Row, rows


def coordinators(db: Database, unit_id: int, *, now: datetime) -> list[Row]:
    """Who answers for a unit and can be told: person_id, person, lang.

    Those whose grant stands nearest above it; administrators only where nobody coordinates.
    """
    found = rows(
        db,
        f"""
        SELECT person.id AS person_id, person.name AS person, person.lang,
               MIN((access.role = 'administrator') * 1000 + unit_above.depth) AS distance
        FROM access
        JOIN unit_above ON unit_above.above_id = access.unit_id AND unit_above.unit_id = :unit_id
        JOIN person ON person.id = access.person_id
        WHERE access.role IN ('coordinator', 'administrator') AND {accounts.IN_FORCE}
          AND EXISTS (SELECT 1 FROM way WHERE way.person_id = person.id)
          AND (person.left_on IS NULL OR person.left_on >= :day)
        GROUP BY person.id
        ORDER BY distance, person.staff_no
        """,
        unit_id=unit_id,
        day=clock.today(now, db.zone).isoformat(),
    )
    return list(takewhile(lambda row: row["distance"] == found[0]["distance"], found))
