"""The totals proved against the ledger: counted anew a year at a time, by another way than the triggers keep them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.database import Database, Row

Numbers = NDArray[np.integer[Any]]
Table = list[Numbers]  # columns of numbers
CHUNK = 100_000
LISTED = 20  # differences that are told; one is enough to know that something is wrong

# A month is a number that sorts; a quarter and a year are the month that they begin with, and this much more.
LENGTHS = {0: 1, 1_000_000: 3, 2_000_000: 12}
MONTH = "CAST(substr({day}, 1, 4) AS INTEGER) * 12 + CAST(substr({day}, 6, 2) AS INTEGER) - 1"
PERIOD = f"""
    CASE length(period)
        WHEN 4 THEN 2000000 + CAST(period AS INTEGER) * 12
        WHEN 6 THEN 1000000 + CAST(substr(period, 1, 4) AS INTEGER) * 12 + (substr(period, 6) - 1) * 3
        ELSE {MONTH.format(day="period")}
    END
"""
BEGINS = "{name} >= :begins AND {name} < :begins || '~'"  # a day, month or period, with a year or a month
ENTRIES = f"""
    SELECT person_id, {MONTH.format(day="day")}, unit_id, COALESCE(shift_id, 0), trips, trips * minutes
    FROM ledger INDEXED BY ledger_by_day
    WHERE {BEGINS.format(name="day")}
"""
PEOPLE = f"""
    SELECT person_id, {MONTH.format(day="month")}, unit_id, trips, minutes, carried
    FROM total_of_person
    WHERE {BEGINS.format(name="month")}
"""
UNITS = f"""
    SELECT unit_id, alone, {PERIOD}, trips, minutes, carried, people, sessions
    FROM total_of_unit
    WHERE {BEGINS.format(name="period")}
"""
DAYS = {"ledger": "day", "total_of_person": "month", "total_of_unit": "period"}


def differing(db: Database) -> list[Row]:
    """The totals that are not the ledger's: table, key, kept and counted, at most 20; none where all are right.

    Units that were moved and wait to be counted anew are left out above the move.
    """
    found: list[Row] = []
    with db.atomic():  # one moment of ledger and totals
        moved = _fetched(db, "SELECT DISTINCT unit_id FROM moved_total")[0]
        for year in _years(db):
            people, sessions = _counted(db, year)
            found += _told("total_of_person", _fetched(db, PEOPLE, begins=year), people, at=1)
            units = [
                _picked(table, (table[1] == 1) | ~np.isin(table[0], moved))
                for table in (_fetched(db, UNITS, begins=year), _units(db, people, sessions))
            ]
            found += _told("total_of_unit", units[0], units[1], at=2)
    return sorted(found, key=lambda row: row["table"])[:LISTED]


def fill(db: Database) -> None:
    """Write the totals of a ledger that was filled without its triggers."""
    years = _years(db)
    for table in ("total_of_person", "total_of_unit"):
        db.conn.execute(f"DELETE FROM {table}")
    for year in years:
        people, sessions = _counted(db, year)
        _insert(db, "total_of_person", 1, people)
        _insert(db, "total_of_unit", 2, _units(db, people, sessions))


def _insert(db: Database, table: str, at: int, found: Table) -> None:
    names = {int(key): _period(int(key)) for key in np.unique(found[at])}
    columns: list[list[Any]] = [column.tolist() for column in found]
    columns[at] = [names[key] for key in columns[at]]
    db.conn.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", zip(*columns, strict=True))


def _years(db: Database) -> list[str]:
    """Every year that an entry or a total says it is of."""
    asked = [f"SELECT DISTINCT substr({name}, 1, 4) FROM {table}" for table, name in DAYS.items()]
    return sorted({year for sql in asked for (year,) in db.conn.execute(sql)})


def _period(number: int) -> str:
    year, month = divmod(number % 1_000_000, 12)
    return (f"{year:04}-{month + 1:02}", f"{year:04}Q{month // 3 + 1}", f"{year:04}")[number // 1_000_000]


def _fetched(db: Database, sql: str, **parameters: str) -> Table:
    """The columns of a query that gives whole numbers, in half the room that they would take as they come."""
    cursor = db.conn.execute(sql, parameters)
    width = len(cursor.description)
    chunks: list[list[Any]] = [[] for _ in range(width)]
    while len(found := np.fromiter(chain.from_iterable(islice(cursor, CHUNK)), dtype=np.int64)):
        for number in range(width):
            chunks[number].append(_small(found[number::width]))
    return [np.concatenate(parts) if parts else np.empty(0, dtype=np.int64) for parts in chunks]


def _small(numbers: Numbers) -> Numbers:
    return numbers.astype(np.int32 if not len(numbers) or abs(numbers).max() < 2**31 else np.int64)


def _counted(db: Database, year: str) -> tuple[Table, Table]:
    """(person, month, unit, trips, minutes, carried) and (shift, month, unit, trips) of a year's entries, summed."""
    people: list[Table] = []
    sessions: list[Table] = []
    for number in range(1, 13):  # by the month, so that a year's entries are never held at once
        person, month, unit, shift, trips, minutes = _fetched(db, ENTRIES, begins=f"{year}-{number:02}")
        people.append(_summed((person, month, unit), (trips, minutes, np.where(shift == 0, trips, 0))))
        is_shift = shift != 0
        sessions.append(_summed((shift[is_shift], month[is_shift], unit[is_shift]), (trips[is_shift],)))
    return _joined(people), _joined(sessions)


def _joined(tables: Iterable[Table]) -> Table:
    return [np.concatenate(column) for column in zip(*tables, strict=True)]


def _units(db: Database, people: Table, sessions: Table) -> Table:
    """unit, alone, period, trips, minutes, carried, people, sessions: of each unit alone, and with all below it."""
    above = _ancestors(db)
    parts: list[Table] = []
    for start, length in LENGTHS.items():
        for at, (who, month, unit, *sums) in ((3, people), (4, sessions)):
            period = start + month // length * length
            if at == 3:
                alone = _summed((unit, period), tuple(sums))
                parts += [_wide(1, alone, (0, 1, 2)), _wide(0, _above(alone, above), (0, 1, 2))]
            standing = _standing(who, period, unit, sums[0])
            alone = _summed((standing[2], standing[1]), (np.ones_like(standing[0]),))
            parts += [_wide(1, alone, (at,)), _wide(0, _distinct(standing, above), (at,))]
    columns = _joined(parts)
    return _summed(tuple(columns[:3]), tuple(columns[3:]))


def _wide(alone: int, table: Table, at: Sequence[int]) -> Table:
    """The counts of a (unit, period, …) in their places among the five."""
    unit, period, *counts = table
    sums = [np.zeros_like(unit) for _ in range(5)]
    for number, count in zip(at, counts, strict=True):
        sums[number] = count
    return [unit, np.full_like(unit, alone), period, *sums]


def _ancestors(db: Database) -> list[Numbers]:
    """For each distance, from 0: by unit, who stands so far above it (0: nobody)."""
    unit, over, depth = _fetched(db, "SELECT unit_id, above_id, depth FROM unit_above")
    size = int(unit.max(initial=0)) + 1
    found: list[Numbers] = []
    for distance in range(int(depth.max(initial=-1)) + 1):
        is_so_far = depth == distance
        ancestors = np.zeros(size, dtype=np.int32)
        ancestors[unit[is_so_far]] = over[is_so_far]
        found.append(ancestors)
    return found


def _above(table: Table, above: list[Numbers]) -> Table:
    """(unit, period, counts …) added up the tree."""
    unit, *rest = table
    lifted = [_picked([ancestors[unit], *rest], ancestors[unit] > 0) for ancestors in above]
    if not lifted:
        return table
    over, period, *counts = _joined(lifted)
    return _summed((over, period), tuple(counts))


def _distinct(standing: Table, above: list[Numbers]) -> Table:
    """(unit, period, how many) distinct in each unit with all below it.

    Who stands in one unit of a period adds up the tree; the few who stand in several are told apart in each above.
    """
    who, period, _ = standing
    if not len(who):
        return [who, who, who]
    is_next_other = (who[1:] != who[:-1]) | (period[1:] != period[:-1])
    is_alone = np.r_[True, is_next_other] & np.r_[is_next_other, True]
    who, period, unit = _picked(standing, is_alone)
    once = _above(_summed((unit, period), (np.ones_like(who),)), above)
    who, period, unit = _picked(standing, ~is_alone)
    lifted = [_picked([who, period, ancestors[unit]], ancestors[unit] > 0) for ancestors in above]
    several = _summed(tuple(_joined(lifted)), ())
    found = _joined([once, [several[2], several[1], np.ones_like(several[0])]])
    return _summed((found[0], found[1]), (found[2],))


def _standing(who: Numbers, period: Numbers, unit: Numbers, trips: Numbers) -> Table:
    """(who, period, unit) of those who have a trip left there, sorted."""
    *keys, left = _summed((who, period, unit), (trips,))
    return _picked(keys, left > 0)


def _picked(table: Iterable[Numbers], which: NDArray[np.bool_]) -> Table:
    return [column[which] for column in table]


def _summed(keys: tuple[Numbers, ...], counts: tuple[Numbers, ...]) -> Table:
    """Counts summed by keys, in the order of the keys: the columns of both."""
    if not len(keys[0]):
        return [*keys, *counts]
    lows = [int(key.min()) for key in keys]
    widths = [int(key.max()) - low + 1 for key, low in zip(keys, lows, strict=True)]
    packed = np.zeros(len(keys[0]), dtype=np.int64)
    for key, low, width in zip(keys, lows, widths, strict=True):
        packed *= width
        packed += key
        packed -= low
    order = np.argsort(packed) if counts else None
    packed = packed[order] if counts else np.sort(packed)
    starts = np.flatnonzero(np.r_[True, packed[1:] != packed[:-1]])
    packed = packed[starts]
    sums = [np.add.reduceat(count[order], starts, dtype=np.int64) for count in counts]
    found: Table = []
    for low, width in zip(reversed(lows), reversed(widths), strict=True):
        found.insert(0, _small(packed % width + low))
        packed //= width
    return [*found, *(_small(held) for held in sums)]


def _told(table: str, kept: Table, counted: Table, at: int, width: int = 3) -> Iterator[Row]:
    """What stands in one and not, or not so, in the other; rows of nothing are left out. `at`: the period in a key."""
    both = [np.concatenate([one, -other if number >= width else other])
            for number, (one, other) in enumerate(zip(kept, counted, strict=True))]  # fmt: skip
    left = _summed(tuple(both[:width]), tuple(both[width:]))
    is_other = np.any([column != 0 for column in left[width:]], axis=0)
    for key in zip(*(column[is_other][:LISTED].tolist() for column in left[:width]), strict=True):
        told = tuple(_period(part) if number == at else part for number, part in enumerate(key))
        yield {"table": table, "key": told, "kept": _of(kept, key), "counted": _of(counted, key)}


def _of(table: Table, key: tuple[int, ...]) -> tuple[int, ...] | None:
    """The counts of a key; None where there is no row of it, or one of nothing."""
    is_it = np.all([column == part for column, part in zip(table, key, strict=False)], axis=0)
    found = [int(column[is_it].sum()) for column in table[len(key) :]]
    return tuple(found) if any(found) else None
