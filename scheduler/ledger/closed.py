"""Which entries fall into a month that is closed: for the person's unit on the day, or for the shift's."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from scheduler.database import Database, Row, one, rows, value
from scheduler.errors import Conflict


def covering(db: Database, entries: Sequence[Row]) -> dict[int, int]:
    """Which of the entries (counted from 1) fall into a closed month, and by which close.

    An opening balance is refused there: it is no correction.
    """
    months = {entry["day"][:7] for entry in entries}
    if not _is_any_closed(db, months):
        return {}
    known: dict[tuple[int, int | None, str], int | None] = {}
    found: dict[int, int] = {}
    for number, entry in enumerate(entries, start=1):
        key = (entry["unit_id"], entry["shift_id"], entry["day"][:7])
        if key not in known:
            known[key] = _close_of(db, *key)
        close_id = known[key]
        if close_id is not None:
            if entry["source"] == "carried_forward" and entry["trips"] == 1:
                raise refuse_closed(db, close_id)
            found[number] = close_id
    return found


def refuse_closed(db: Database, close_id: int, code: str = "month_is_closed") -> Conflict:
    """The refusal that names the unit and the month that are closed."""
    held = one(
        db,
        """
        SELECT unit.name AS unit, month_close.month, month_close.closed_by
        FROM month_close
        JOIN unit ON unit.id = month_close.unit_id
        WHERE month_close.id = :close_id
        """,
        close_id=close_id,
    )
    facts = held or {"unit": "", "month": "", "closed_by": ""}
    return Conflict(code, unit=facts["unit"], month=facts["month"], who=facts["closed_by"])


def closed(db: Database, unit_id: int, month: str, shift_id: int | None = None) -> int | None:
    """The close that holds the month (`2026-03`) for the unit, its own or one above, or for the shift's; or None."""
    return _close_of(db, unit_id, shift_id, month)


def _is_any_closed(db: Database, months: Iterable[str]) -> bool:
    sql = """
        SELECT 1 FROM month_close WHERE reopened_at IS NULL AND month IN (SELECT value FROM json_each(:months)) LIMIT 1
    """
    return value(db, sql, months=json.dumps(sorted(months))) is not None


def _close_of(db: Database, unit_id: int, shift_id: int | None, month: str) -> int | None:
    found = rows(
        db,
        """
        SELECT month_close.id
        FROM month_close
        JOIN unit_above ON unit_above.above_id = month_close.unit_id
        WHERE month_close.month = :month AND month_close.reopened_at IS NULL
          AND unit_above.unit_id IN (:unit_id, (SELECT unit_id FROM shift WHERE id = :shift_id))
        ORDER BY unit_above.unit_id <> :unit_id, unit_above.depth, month_close.id
        LIMIT 1
        """,
        month=month,
        unit_id=unit_id,
        shift_id=shift_id,
    )
    return found[0]["id"] if found else None
