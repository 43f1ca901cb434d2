"""The ledger as it stands: what holds of a shift, and every entry for a reader outside."""

from __future__ import annotations

import json
from collections.abc import Iterator

from scheduler.database import Database, Row, rows, value


def standing(db: Database, shift_id: int, person_id: int) -> int | None:
    """The entry that credits the person with the shift and has not been reversed, or None."""
    found: int | None = value(
        db,
        """
        SELECT id
        FROM ledger
        WHERE shift_id = :shift_id AND person_id = :person_id AND trips = 1
          AND NOT EXISTS (SELECT 1 FROM ledger AS correction WHERE correction.reverses = ledger.id)
        """,
        shift_id=shift_id,
        person_id=person_id,
    )
    return found


def entries(db: Database, shift_id: int) -> list[Row]:
    """What the ledger holds of a shift, as written.

    id, person_id, person, staff_no, unit, assignment_id, trips, source, reverses, reversed_by, reason, evidence
    (a dict), close_id, actor, at.
    """
    found = rows(
        db,
        """
        SELECT ledger.id, ledger.person_id, ledger.person, ledger.staff_no, ledger.unit, ledger.assignment_id,
               ledger.trips, ledger.source, ledger.reverses, correction.id AS reversed_by, ledger.reason,
               ledger.evidence, ledger.close_id, ledger.actor, ledger.at
        FROM ledger
        LEFT JOIN ledger AS correction ON correction.reverses = ledger.id
        WHERE ledger.shift_id = :shift_id
        ORDER BY ledger.id
        """,
        shift_id=shift_id,
    )
    return [{**row, "evidence": json.loads(row["evidence"])} for row in found]


def otherwise(db: Database, person_id: int) -> int:
    """Standing trips on days since the person's last change that were entered for what they were before it."""
    return int(
        value(
            db,
            """
            SELECT COALESCE(SUM(ledger.trips), 0)
            FROM ledger
            JOIN person ON person.id = ledger.person_id
            WHERE ledger.person_id = :person_id AND ledger.day >= person.since
              AND (ledger.unit_id <> person.unit_id OR ledger.role <> person.role OR ledger.party <> person.party)
            """,
            person_id=person_id,
        )
    )


def dump(db: Database) -> Iterator[Row]:
    """Every entry in the order it was written, for a reader outside: names beside ids, `party` true or false.

    `tasks` is a list, `evidence` an object, `after_close` true where its month was closed by then; `form` says
    which columns its hash is of.
    """
    cursor = db.conn.execute(
        """
        SELECT id AS entry, assignment_id AS assignment, shift_id AS shift, person, person_id, staff_no,
               unit, unit_id, place, place_id, place_kind, activity, day, minutes, trips, role, party,
               source, reverses, reason, actor, at, tasks, sponsor, sponsor_id, evidence, batch_id AS batch,
               close_id IS NOT NULL AS after_close, form, hash
        FROM ledger
        ORDER BY id
        """
    )
    names = [column[0] for column in cursor.description]
    for values in cursor:
        row = dict(zip(names, values, strict=True))
        told = {name: json.loads(row[name]) for name in ("tasks", "evidence")}
        yield {**row, **told, "party": bool(row["party"]), "after_close": bool(row["after_close"])}
