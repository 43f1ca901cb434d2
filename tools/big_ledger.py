"""A ledger of any length, as an organisation of 2,000 units would write it in five years: always the same.

`python -m tools.big_ledger FOLDER [--rows N]` makes an installation's database there, its chain and totals included.
Whole shifts are entered, three people each; a third of them are of several units at a community; a trip in 200 is
taken back. Rows go in as SQL, without the triggers that would check each: what they hold is proved afterwards.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from scheduler import database
from scheduler.database import Database, rows, value
from scheduler.ledger import chain
from scheduler.tallies import proof

ROWS = 10_000_000
UNITS = 2_000
PER_UNIT = 30
FIRST, LAST = date(2022, 1, 1), date(2026, 12, 31)
CHUNK = 5_000
ACTIVITIES = ("lobby", "community", "visit", "publicity")
TASK_LISTS = tuple(
    json.dumps(pair, ensure_ascii=False)
    for pair in (("入户宣传", "走访"), ("捡拾垃圾", "清理小广告"), ("走访",), ("入户宣传", "捡拾垃圾", "走访"))
)
SOURCES = ("roll_call",) * 60 + ("check_in",) * 30 + ("default",) * 9 + ("supplemented",)
# An entry's columns in the parts that repeat: each part's text is made once.
PERSON, PLACE, WHAT, ROLE = chain.COLUMNS[3:8], chain.COLUMNS[8:11], chain.COLUMNS[11:14], chain.COLUMNS[14:16]
OWN, AT, TASKS, SPONSOR, REST = (
    chain.COLUMNS[16:21], chain.COLUMNS[21:23], chain.COLUMNS[23:24], chain.COLUMNS[24:26], chain.COLUMNS[26:]
)  # fmt: skip
NOTHING = ("{}", None, None)
SHIFT = """
    INSERT INTO shift (id, key, unit_id, place_id, activity_id, day, starts_at, ends_at, headcount, state,
                       confirmed_at, confirmed_by)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 3, 'held', ?, 'system')
"""


@dataclass
class Town:
    """Who and what there is: units with their people and their own outlet, and a community for each county."""

    people: dict[int, list[Any]] = field(default_factory=dict)
    outlets: dict[int, tuple[int, str]] = field(default_factory=dict)
    communities: dict[int, tuple[int, str, list[int]]] = field(default_factory=dict)


def main() -> None:
    """Make one where it is asked for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--rows", type=int, default=ROWS)
    given = asked.parse_args()
    made(given.folder, given.rows)


def made(folder: Path, count: int) -> Path:
    """The database of so many entries in the folder; made only where it is not there yet."""
    path = folder / f"big-ledger-{count}.db"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    began, own = time.monotonic(), time.process_time()
    with closing(database.connect(draft, ZoneInfo("Asia/Shanghai"), journal="OFF")) as db:
        database.migrate(db)
        db.conn.execute("PRAGMA synchronous = OFF")
        db.conn.execute("PRAGMA cache_size = -1000000")
        town = _town(db, min(UNITS, max(count // 500, 20)))
        _enter(db, town, count)
        spent = time.process_time() - own
        print(f"{count:,} entries made in {time.monotonic() - began:.0f} s, {spent:.0f} s of them CPU", flush=True)
        db.conn.execute("PRAGMA journal_mode = WAL")
    draft.rename(path)
    return path


def _enter(db: Database, town: Town, count: int) -> None:
    """All shifts and entries, without indexes and triggers, which are put back afterwards; then the totals."""
    db.conn.execute("PRAGMA foreign_keys = OFF")
    db.conn.execute("PRAGMA ignore_check_constraints = ON")
    db.conn.execute("BEGIN")
    with _bare(db):
        held: list[Sequence[object]] = []
        chained: list[Sequence[object]] = []
        columns = (*chain.COLUMNS, "hash")
        insert = f"INSERT INTO ledger ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        for shift, entries in _shifts(town, count):
            held.append(shift)
            chained += entries
            if len(chained) > CHUNK:
                db.conn.executemany(SHIFT, held)
                db.conn.executemany(insert, chained)
                held, chained = [], []
        db.conn.executemany(SHIFT, held)
        db.conn.executemany(insert, chained)
        _say("written")
    _say("indexed")
    proof.fill(db)
    db.conn.execute("COMMIT")
    _say("summed")
    db.conn.execute("PRAGMA ignore_check_constraints = OFF")
    db.conn.execute("PRAGMA foreign_keys = ON")


def _say(name: str) -> None:
    print(f"  {name} by {time.process_time():.0f} s CPU", flush=True)


@contextmanager
def _bare(db: Database) -> Iterator[None]:
    """The ledger and its shifts without indexes and triggers; all are as they were afterwards.

    SQLite drops no index that a UNIQUE in the table makes. It is given a name and a statement of its own for as long.
    """
    kept = rows(
        db,
        """
        SELECT name, type, sql
        FROM sqlite_master
        WHERE tbl_name IN ('ledger', 'shift') AND type IN ('index', 'trigger') AND sql IS NOT NULL
        ORDER BY type
        """,
    )
    table = value(db, "SELECT sql FROM sqlite_master WHERE name = 'ledger'")
    for found in kept:
        db.conn.execute(f"DROP {found['type']} {found['name']}")
    uniques = {f"sqlite_autoindex_ledger_{number}": name for number, name in enumerate(("reverses", "hash"), start=1)}
    for index, name in uniques.items():
        own = f"CREATE UNIQUE INDEX unique_{name} ON ledger ({name})"
        _rewrite(db, index, f"unique_{name}", own)
    _rewrite(db, "ledger", "ledger", re.sub(r"\bUNIQUE\b", "", table))
    db.conn.execute("PRAGMA writable_schema = RESET")
    for name in uniques.values():
        db.conn.execute(f"DROP INDEX unique_{name}")
    yield
    for index, name in uniques.items():
        db.conn.execute(f"CREATE UNIQUE INDEX unique_{name} ON ledger ({name})")
        _rewrite(db, f"unique_{name}", index, None)
    _rewrite(db, "ledger", "ledger", table)
    db.conn.execute("PRAGMA writable_schema = RESET")
    for found in kept:
        db.conn.execute(found["sql"])


def _rewrite(db: Database, name: str, new: str, sql: str | None) -> None:
    db.conn.execute("PRAGMA writable_schema = ON")
    db.conn.execute("UPDATE sqlite_master SET name = ?, sql = ? WHERE name = ?", [new, sql, name])


def _shifts(town: Town, count: int) -> Iterator[tuple[Sequence[object], list[Sequence[object]]]]:
    """Shift after shift, day after day, each with its entries; now and then one that takes an earlier one back."""
    dice = random.Random(7).random  # noqa: S311 - the same ledger every time
    days = (LAST - FIRST).days + 1
    every = [(FIRST + timedelta(days=number)).isoformat() for number in range(days)]
    units = list(town.people)
    counties = list(town.communities.items())
    made, number, previous = 0, 0, chain.BEFORE_THE_FIRST
    while made < count:
        number += 1
        day = every[made * days // count]
        starts = f"{day}T01:00:00Z"
        if dice() < 1 / 3:
            home, (place_id, place, near) = counties[int(dice() * len(counties))]
            homes = [near[int(dice() * len(near))] for _ in range(3)]
            activity = 1 + int(dice() * 3)
            tasks = TASK_LISTS[int(dice() * len(TASK_LISTS))]
            where = (place_id, place, "community")
            sponsor: tuple[int | None, str] = (home, f"单位{home}")
        else:
            home = units[int(dice() * len(units))]
            homes, activity, tasks = [home] * 3, 0, "[]"
            where, sponsor = (*town.outlets[home], "outlet"), (None, "")
        what, at = (ACTIVITIES[activity], day, 480), (starts, chain.FORM)
        head = f"{_text(PLACE, where)},{_text(WHAT, what)}"
        tail = f"{_text(AT, at)},{_text(TASKS, (tasks,))},{_text(SPONSOR, sponsor)},{_text(REST, NOTHING)}}}"
        there, after = (*where, *what), (*at, tasks, *sponsor, *NOTHING)
        entries: list[Sequence[object]] = []
        met: set[int] = set()
        for unit_id in homes:
            who, who_text, role, role_text = town.people[unit_id][int(dice() * PER_UNIT)]
            if who[0] in met or made == count:
                continue
            met.add(who[0])
            made += 1
            source = SOURCES[int(dice() * len(SOURCES))]
            takes_back: list[tuple[int, int | None, str]] = [(1, None, "")]
            if len(met) == 1 and made < count and dice() < 1 / 65:
                takes_back.append((-1, made, "没有来"))
            for later, said in enumerate(takes_back):
                made += later
                own = (source, *said, "system")
                own_text = _text(OWN, own) if later == 0 else _text.__wrapped__(OWN, own)
                text = f'{previous}{{"id":{made},"shift_id":{number},"assignment_id":null,{who_text},{head},'
                previous = sha256(f"{text}{role_text},{own_text},{tail}".encode()).hexdigest()
                entries.append((made, number, None, *who, *there, *role, *own, *after, previous))
        shift = (
            number, f"{number:016x}", home, where[0], activity + 1, day, starts, f"{day}T09:00:00Z", starts,
        )  # fmt: skip
        yield shift, entries


@lru_cache(maxsize=200_000)
def _text(names: Sequence[str], values: Sequence[object]) -> str:
    """A part of an entry as the chain hashes it; the whole chain is verified by `tools.bench_ledger`."""
    return json.dumps(dict(zip(names, values, strict=True)), separators=(",", ":"))[1:-1]


def _town(db: Database, count: int) -> Town:
    """A tree of four levels with 30 people in each unit, an outlet each, and a community for each county."""
    town = Town()
    with database.write(db):
        known = {row["code"] for row in rows(db, "SELECT code FROM activity")}
        for number, code in enumerate(ACTIVITIES, start=1):
            if code not in known:
                database.insert(db, "activity", code=code, name_zh=code, name_en=code, sort=number)
        db.conn.execute("DELETE FROM activity WHERE code NOT IN (?, ?, ?, ?)", ACTIVITIES)
        for number, code in enumerate(ACTIVITIES, start=1):
            db.conn.execute("UPDATE activity SET id = ? WHERE code = ?", [-number, code])
        db.conn.execute("UPDATE activity SET id = -id")
        parents: list[int] = []
        for unit_id in range(1, count + 1):
            parent = _parent(unit_id)
            parents.append(parent or 0)
            database.insert(db, "unit", id=unit_id, parent_id=parent, name=f"单位{unit_id}",
                            kind="branch" if unit_id == 1 else "county" if unit_id <= 221 else "outlet")  # fmt: skip
        for unit_id in range(1, count + 1):
            _people(db, town, unit_id)
        for unit_id in range(1, count + 1):
            near = [unit_id, *(below for below, above in enumerate(parents, start=1) if above == unit_id)]
            if len(near) > 1:
                place = f"社区{unit_id}"
                place_id = database.insert(
                    db, "place", key=f"c{unit_id}", name=place, kind="community", unit_id=unit_id
                )
                town.communities[unit_id] = (place_id, place, near)
    return town


def _parent(unit_id: int) -> int | None:
    """The organisation, 20 cities below it, 200 counties, and the rest below those."""
    if unit_id == 1:
        return None
    if unit_id <= 21:
        return 1
    return 2 + (unit_id - 22) % 20 if unit_id <= 221 else 22 + (unit_id - 222) % 200


def _people(db: Database, town: Town, unit_id: int) -> None:
    name = f"网点{unit_id}"
    town.outlets[unit_id] = (
        database.insert(db, "place", key=f"o{unit_id}", name=name, kind="outlet", unit_id=unit_id),
        name,
    )
    found = []
    for number in range(PER_UNIT):
        person_id = (unit_id - 1) * PER_UNIT + number + 1
        role = ("head", "deputy", "deputy")[number] if number < 3 else "staff"
        one = {"staff_no": f"{person_id:06}", "role": role, "party": int(number % 3 == 0), "unit_id": unit_id}
        database.insert(db, "person", id=person_id, key=f"p{person_id}", name=f"员工{person_id}",
                        joined_on=FIRST.isoformat(), **one)  # fmt: skip
        who = (person_id, one["staff_no"], f"员工{person_id}", unit_id, f"单位{unit_id}")
        what = (role, one["party"])
        found.append((who, _text(PERSON, who), what, _text(ROLE, what)))
    town.people[unit_id] = found


if __name__ == "__main__":
    main()
