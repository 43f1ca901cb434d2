"""Totals kept beside the ledger: what can be answered from them, whether they are right, and counting them anew."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from scheduler.database import Database, Row, rows, run, value, write
from scheduler.tallies import periods
from scheduler.tallies.cuts import Cut, given

SPANS = ("month", "quarter", "year")
COUNTS = ("trips", "people", "sessions", "minutes", "carried")


def kept(db: Database, cut: Cut, by: Sequence[str], *, level: int | None = None) -> list[Row] | None:
    """As `figures.counted`, from the totals; None where they do not hold the answer.

    They hold units by whole months, quarters and years. After a unit was moved, those that it left and
    joined are counted from the ledger until `renew` has been through.
    """
    if not set(by) <= {"unit", *SPANS} or not set(given(cut)) <= {"first", "last", "within", "unit_id"}:
        return None
    spans = _spans(cut, by)
    if spans is None or len([name for name in by if name in SPANS]) > 1:
        return None
    units = _units(db, cut, by, level)
    if units is None:
        return None
    keys = ", ".join(
        f"{'total.unit_id' if name == 'unit' else 'total.period'} AS k{number}" for number, name in enumerate(by)
    )
    return rows(
        db,
        f"""
        SELECT {keys + "," if keys else ""} {", ".join(COUNTS)}
        FROM json_each(:units) AS unit
        CROSS JOIN json_each(:spans) AS span
        JOIN total_of_unit AS total
            ON total.unit_id = unit.value ->> 0 AND total.alone = unit.value ->> 1 AND total.period = span.value
        WHERE total.trips <> 0
        """,
        units=json.dumps(units),
        spans=json.dumps(spans),
    )


def _spans(cut: Cut, by: Sequence[str]) -> list[str] | None:
    """The periods that make up a cut's days: as the dimension has them, or one that is all of it; None: they do not."""
    named = [name for name in by if name in SPANS]
    first, last = cut["first"], cut["last"]
    if first > last:
        return None
    if not named:
        whole = periods.period_text(first, last)
        return [whole] if whole else None
    keys = periods.keys_between(named[0], first, last)
    fits = keys and periods.days_of(named[0], keys[0])[0] == first and periods.days_of(named[0], keys[-1])[1] == last
    return keys if fits else None


def _units(db: Database, cut: Cut, by: Sequence[str], level: int | None) -> list[tuple[int, int]] | None:
    """(unit, alone) of every total that is wanted; None where one of them is being counted anew."""
    within, alone = cut.get("within"), cut.get("unit_id")
    found: list[tuple[int, int]]
    if alone is not None:
        is_inside = within is None or value(
            db, "SELECT 1 FROM unit_above WHERE unit_id = :alone AND above_id = :within", alone=alone, within=within
        )
        if "unit" in by and level is not None:
            return None
        return [(alone, 1)] if is_inside else []
    tops = [within] if within is not None else _tops(db)
    if "unit" not in by:
        found = [(unit_id, 0) for unit_id in tops]
        if len(tops) != 1:  # somebody may stand in two of them
            return None
    else:
        found = [unit for top in tops for unit in _below(db, top, level)]
    moved = {row["unit_id"] for row in rows(db, "SELECT DISTINCT unit_id FROM moved_total")}
    return None if any(unit_id in moved and not is_alone for unit_id, is_alone in found) else found


def _tops(db: Database) -> list[int]:
    return [row["id"] for row in rows(db, "SELECT id FROM unit WHERE parent_id IS NULL ORDER BY id")]


def _below(db: Database, top: int, level: int | None) -> Iterator[tuple[int, int]]:
    """Each unit alone; or those at the level with all below them, and those above it alone."""
    for row in rows(db, "SELECT unit_id, depth FROM unit_above WHERE above_id = :top", top=top):
        if level is None or row["depth"] <= level:
            yield row["unit_id"], int(level is None or row["depth"] < level)


def renew(db: Database) -> int:
    """Count anew the totals of every unit that the tree took something from or gave something to; how many."""
    moved = [row["unit_id"] for row in rows(db, "SELECT DISTINCT unit_id FROM moved_total ORDER BY unit_id")]
    for unit_id in moved:
        with write(db):
            run(db, "DELETE FROM total_of_unit WHERE unit_id = :unit_id AND alone = 0", unit_id=unit_id)
            run(db, RENEW, unit_id=unit_id)
            run(db, RENEW_SESSIONS, unit_id=unit_id)
            run(db, "DELETE FROM moved_total WHERE unit_id = :unit_id", unit_id=unit_id)
    return len(moved)


PERIODS = """
    json_each(json_array(month, substr(month, 1, 4) || 'Q' || ((substr(month, 6) + 2) / 3), substr(month, 1, 4)))
"""
RENEW = f"""
    INSERT INTO total_of_unit (unit_id, alone, period, trips, minutes, carried, people, sessions)
    SELECT :unit_id, 0, period.value, SUM(trips), SUM(minutes), SUM(carried),
           COUNT(DISTINCT CASE WHEN trips > 0 THEN person_id END), 0
    FROM total_of_person
    JOIN {PERIODS} AS period
    WHERE unit_id IN (SELECT unit_id FROM unit_above WHERE above_id = :unit_id)
    GROUP BY period.value
"""
RENEW_SESSIONS = f"""
    INSERT INTO total_of_unit (unit_id, alone, period, trips, minutes, carried, people, sessions)
    SELECT :unit_id, 0, period.value, 0, 0, 0, 0, COUNT(DISTINCT shift_id)
    FROM (
        SELECT shift_id, substr(day, 1, 7) AS month
        FROM ledger
        WHERE shift_id IS NOT NULL AND unit_id IN (SELECT unit_id FROM unit_above WHERE above_id = :unit_id)
        GROUP BY shift_id
        HAVING SUM(trips) > 0
    )
    JOIN {PERIODS} AS period
    WHERE true
    GROUP BY period.value
    ON CONFLICT (unit_id, alone, period) DO UPDATE SET sessions = excluded.sessions
"""
