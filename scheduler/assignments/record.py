"""Every assignment ever made, for a reader outside."""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.database import Database, Row


def dump(db: Database) -> Iterator[Row]:
    """Every assignment in the order it was made, of drafts too: assignment, shift, person, staff_no, place, place_kind,
    activity, starts_at, ends_at, state, roster (its id), published (whether people were told of it). A release that
    waits to be published is still planned.
    """
    cursor = db.conn.execute(
        """
        SELECT assignment.id AS assignment, assignment.shift_id AS shift, person.name AS person, person.staff_no,
               place.name AS place, place.kind AS place_kind, activity.code AS activity,
               assignment.starts_at, assignment.ends_at, COALESCE(standing.state, assignment.state) AS state,
               assignment.slot, shift.roster_id AS roster,
               assignment.published_at IS NOT NULL AS published
        FROM assignment
        JOIN person ON person.id = assignment.person_id
        JOIN shift ON shift.id = assignment.shift_id
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        LEFT JOIN standing ON standing.id = assignment.id
        ORDER BY assignment.id
        """
    )
    names = [column[0] for column in cursor.description]
    for values in cursor:
        row = dict(zip(names, values, strict=True))
        yield {**row, "published": bool(row["published"])}
