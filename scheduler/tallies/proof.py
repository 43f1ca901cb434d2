"""The totals proved against the ledger: counted anew in one scan, by another way than the triggers keep them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.database import Database, Row

Numbers = NDArray[np.int64]
CHUNK = 100_000
LISTED = 20  # differences that are told; one is enough to know that something is wrong

# A month as a number that sorts, so that all of an entry is numbers.
ENTRIES = """
    SELECT unit_id, person_id, COALESCE(shift_id, 0),
           CAST(substr(day, 1, 4) AS INTEGER) * 12 + CAST(substr(day, 6, 2) AS INTEGER) - 1, trips, minutes
    FROM ledger
"""


def differing(db: Database) -> list[Row]:
    """The totals that are not the ledger's: table, key, kept and counted, at most 20; none where all are right.

    Units that were moved and wait to be counted anew are left out above the move.
    """
    with db.atomic():  # one moment of ledger and totals
        entries = _read(db)
        found = [*_of_people(db, entries), *_of_units(db, entries)]
    return found[:LISTED]


def fill(db: Database) -> None:
    """Write the totals of a ledger that was filled without its triggers."""
    entries = _read(db)
    db.conn.execute("DELETE FROM total_of_person")
    db.conn.execute("DELETE FROM total_of_unit")
    people = _people(entries).tolist()
    db.conn.executemany(
        "INSERT INTO total_of_person (person_id, month, unit_id, trips, minutes, carried) VALUES (?, ?, ?, ?, ?, ?)",
        ((person_id, _period(month), *rest) for person_id, month, *rest in people),
    )
    db.conn.executemany(
        """
        INSERT INTO total_of_unit (unit_id, alone, period, trips, minutes, carried, people, sessions)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (
            (unit_id, is_alone, _period(key), *sums)
            for (unit_id, is_alone, key), sums in sorted(_units(db, entries).items())
        ),
    )


def _period(number: int) -> str:
    year, month = divmod(number % 1_000_000, 12)
    return (f"{year:04}-{month + 1:02}", f"{year:04}Q{month // 3 + 1}", f"{year:04}")[number // 1_000_000]


def _read(db: Database) -> Numbers:
    cursor = db.conn.execute(ENTRIES)
    chunks = []
    while found := cursor.fetchmany(CHUNK):
        chunks.append(np.array(found, dtype=np.int64))
    return np.concatenate(chunks) if chunks else np.empty((0, 6), dtype=np.int64)


def _of_people(db: Database, entries: Numbers) -> Iterator[Row]:
    kept = _kept(db, f"SELECT person_id, {MONTH}, unit_id, trips, minutes, carried FROM total_of_person")
    return _told("total_of_person", kept, _people(entries), at=1)


def _people(entries: Numbers) -> Numbers:
    """person, month, unit, trips, minutes, carried."""
    unit, person, shift, month, trips, minutes = entries.T
    keys, sums = _summed((person, month, unit), (trips, trips * minutes, np.where(shift == 0, trips, 0)))
    return np.column_stack([*keys, *sums])


MONTH = "CAST(substr(month, 1, 4) AS INTEGER) * 12 + CAST(substr(month, 6, 2) AS INTEGER) - 1"
# A month 24312, a quarter 24312 + 1,000,000, a year 24312 + 2,000,000, by the month that it begins with.
PERIOD = """
    CASE length(period)
        WHEN 4 THEN 2000000 + CAST(period AS INTEGER) * 12
        WHEN 6 THEN 1000000 + CAST(substr(period, 1, 4) AS INTEGER) * 12 + (substr(period, 6) - 1) * 3
        ELSE CAST(substr(period, 1, 4) AS INTEGER) * 12 + CAST(substr(period, 6, 2) AS INTEGER) - 1
    END
"""


def _of_units(db: Database, entries: Numbers) -> Iterator[Row]:
    counted = _units(db, entries)
    moved = {unit_id for (unit_id,) in db.conn.execute("SELECT DISTINCT unit_id FROM moved_total")}
    order = ", ".join(("trips", "minutes", "carried", "people", "sessions"))
    kept = _kept(db, f"SELECT unit_id, alone, {PERIOD}, {order} FROM total_of_unit")
    waits = [is_alone == 0 and unit_id in moved for unit_id, is_alone in kept[:, :2].tolist()]
    fresh = np.array([(*key, *sums) for key, sums in counted.items() if key[1] or key[0] not in moved], dtype=np.int64)
    return _told("total_of_unit", kept[~np.array(waits, dtype=bool)], fresh.reshape(-1, 8), at=2)


def _units(db: Database, entries: Numbers) -> dict[tuple[int, int, int], list[int]]:
    """(unit, alone, period) → trips, minutes, carried, people, sessions.

    People and sessions are distinct in each unit alone, and added up the tree: whoever stands in several units is
    taken back once too often wherever those units meet.
    """
    unit, person, shift, month, trips, minutes = entries.T
    above = defaultdict(list)
    for unit_id, above_id in db.conn.execute("SELECT unit_id, above_id FROM unit_above"):
        above[unit_id].append(above_id)
    found: dict[tuple[int, int, int], list[int]] = defaultdict(lambda: [0] * 5)
    for start, length in ((0, 1), (1_000_000, 3), (2_000_000, 12)):
        period = start + month // length * length
        sums = _summed((unit, period), (trips, trips * minutes, np.where(shift == 0, trips, 0)))
        distinct = {3: _standing(person, period, unit, trips)}
        is_shift = shift != 0
        distinct[4] = _standing(shift[is_shift], period[is_shift], unit[is_shift], trips[is_shift])
        for unit_id, key, *own in np.column_stack([*sums[0], *sums[1]]).tolist():
            for at, count in enumerate(own):
                _add(found, above, unit_id, key, at, count)
        for at, (who, when, where) in distinct.items():
            (units, keys), (counts,) = _summed((where, when), (np.ones_like(where),))
            for unit_id, key, count in np.column_stack([units, keys, counts]).tolist():
                _add(found, above, unit_id, key, at, count)
            for unit_ids, key, count in _several(who, when, where):
                for above_id, times in _met(above, unit_ids).items():
                    found[above_id, 0, key][at] -= (times - 1) * count
    return found


def _add(found: Any, above: dict[int, list[int]], unit_id: int, key: int, at: int, count: int) -> None:
    found[unit_id, 1, key][at] += count
    for above_id in above[unit_id]:
        found[above_id, 0, key][at] += count


def _met(above: dict[int, list[int]], unit_ids: tuple[int, ...]) -> dict[int, int]:
    times: dict[int, int] = defaultdict(int)
    for unit_id in unit_ids:
        for above_id in above[unit_id]:
            times[above_id] += 1
    return {above_id: count for above_id, count in times.items() if count > 1}


def _several(who: Numbers, when: Numbers, where: Numbers) -> Iterator[tuple[tuple[int, ...], int, int]]:
    """(units, period, how many) of those who stand in several units in a period. All three are sorted by who, when."""
    if not len(who):
        return
    starts = np.flatnonzero(np.r_[True, (who[1:] != who[:-1]) | (when[1:] != when[:-1])])
    sizes = np.diff(np.r_[starts, len(who)])
    for size in np.unique(sizes[sizes > 1]).tolist():
        rows = starts[sizes == size][:, None] + np.arange(size)
        sets, counts = np.unique(np.column_stack([when[rows[:, 0]], where[rows]]), axis=0, return_counts=True)
        for (key, *units), count in zip(sets.tolist(), counts.tolist(), strict=True):
            yield tuple(units), key, count


def _standing(who: Numbers, period: Numbers, unit: Numbers, trips: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """(who, period, unit) of those who have a trip left there, sorted."""
    keys, (left,) = _summed((who, period, unit), (trips,))
    who, period, unit = (key[left > 0] for key in keys)
    return who, period, unit


def _summed(keys: tuple[Numbers, ...], counts: tuple[Numbers, ...]) -> tuple[list[Numbers], list[Numbers]]:
    """Counts summed by keys, in the order of the keys."""
    if not len(keys[0]):
        return [*keys], [*counts]
    lows = [int(key.min()) for key in keys]
    widths = [int(key.max()) - low + 1 for key, low in zip(keys, lows, strict=True)]
    packed = np.zeros(len(keys[0]), dtype=np.int64)
    for key, low, width in zip(keys, lows, widths, strict=True):
        packed = packed * width + (key - low)
    order = np.argsort(packed, kind="stable")
    packed = packed[order]
    starts = np.flatnonzero(np.r_[True, packed[1:] != packed[:-1]])
    return [key[order[starts]] for key in keys], [np.add.reduceat(count[order], starts) for count in counts]


def _kept(db: Database, sql: str) -> Numbers:
    return np.array(db.conn.execute(sql).fetchall(), dtype=np.int64).reshape(
        -1, len(db.conn.execute(f"{sql} LIMIT 0").description)
    )


def _told(table: str, kept: Numbers, counted: Numbers, at: int, width: int = 3) -> Iterator[Row]:
    """What stands in one and not, or not so, in the other; rows of nothing are left out. `at`: the period in a key."""
    kept, counted = (rows[rows[:, width:].any(axis=1)] for rows in (kept, counted))
    kept, counted = (rows[np.lexsort(rows[:, width - 1 :: -1].T)] for rows in (kept, counted))
    if kept.shape == counted.shape and (kept == counted).all():
        return
    of = [{tuple(row[:width]): row[width:] for row in rows.tolist()} for rows in (kept, counted)]
    for key in sorted(of[0].keys() | of[1].keys()):
        if of[0].get(key) != of[1].get(key):
            told = tuple(_period(part) if number == at else part for number, part in enumerate(key))
            yield {"table": table, "key": told, "kept": of[0].get(key), "counted": of[1].get(key)}
