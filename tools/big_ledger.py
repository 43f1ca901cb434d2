"""A ledger of any length, as an organisation of 2,000 units would write it in five years: always the same.

`python -m tools.big_ledger FOLDER [--rows N]` makes an installation's database there, its chain and totals included.
Whole shifts are entered, three people each; a third of them are of several units at a community; a trip in 200 is
taken back. Rows go in as SQL, without the triggers that would check each: what they hold is proved afterwards.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from scheduler import database
from scheduler.database import Database, rows
from scheduler.ledger import chain
from scheduler.tallies import proof

ROWS = 10_000_000
UNITS = 2_000
PER_UNIT = 30
FIRST, LAST = date(2022, 1, 1), date(2026, 12, 31)
CHUNK = 20_000
ACTIVITIES = ("lobby", "community", "visit", "publicity")
TASKS = ("入户宣传", "走访", "捡拾垃圾", "清理小广告")
SOURCES = ("roll_call",) * 60 + ("check_in",) * 30 + ("default",) * 9 + ("supplemented",)


@dataclass
class Town:
    """Who and what there is: units with their people and their own outlet, and a community for each county."""

    people: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
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
    began = time.monotonic()
    with closing(database.connect(draft, ZoneInfo("Asia/Shanghai"), journal="OFF")) as db:
        database.migrate(db)
        db.conn.execute("PRAGMA synchronous = OFF")
        db.conn.execute("PRAGMA cache_size = -1000000")
        town = _town(db, max(UNITS * min(count, ROWS) // ROWS, 20))
        _enter(db, town, count)
        print(f"{count:,} entries in {time.monotonic() - began:.0f} s", flush=True)
        db.conn.execute("PRAGMA journal_mode = WAL")
    draft.rename(path)
    return path


def _enter(db: Database, town: Town, count: int) -> None:
    """All shifts and entries, without indexes and triggers, which are put back afterwards; then the totals."""
    kept = rows(
        db,
        """
        SELECT name, type, sql
        FROM sqlite_master
        WHERE tbl_name IN ('ledger', 'shift') AND type IN ('index', 'trigger') AND sql IS NOT NULL
        ORDER BY type
        """,
    )
    db.conn.execute("PRAGMA foreign_keys = OFF")
    db.conn.execute("BEGIN")
    for found in kept:
        db.conn.execute(f"DROP {found['type']} {found['name']}")
    held: list[dict[str, Any]] = []
    chained: list[dict[str, Any]] = []
    previous = chain.BEFORE_THE_FIRST
    columns = (*chain.COLUMNS, "hash")
    insert = f"INSERT INTO ledger ({', '.join(columns)}) VALUES ({', '.join(f':{name}' for name in columns)})"
    for shift, entries in _shifts(town, count):
        held.append(shift)
        for entry in entries:
            previous = chain.hashed(previous, entry)
            chained.append({**entry, "hash": previous})
        if len(chained) > CHUNK:
            db["shift"].insert_all(held)
            db.conn.executemany(insert, chained)
            held, chained = [], []
    db["shift"].insert_all(held) if held else None
    db.conn.executemany(insert, chained)
    for found in kept:
        db.conn.execute(found["sql"])
    proof.fill(db)
    db.conn.execute("COMMIT")
    db.conn.execute("PRAGMA foreign_keys = ON")


def _shifts(town: Town, count: int) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Shift after shift, day after day, each with its entries; now and then one that takes an earlier one back."""
    dice = random.Random(7)  # noqa: S311 - the same ledger every time
    days = (LAST - FIRST).days + 1
    units = list(town.people)
    counties = list(town.communities.items())
    made, number = 0, 0
    while made < count:
        number += 1
        day = FIRST + timedelta(days=made * days // count)
        if dice.random() < 1 / 3:
            home, (place_id, place, near) = dice.choice(counties)
            crew = [dice.choice(town.people[dice.choice(near)]) for _ in range(3)]
            activity = dice.choice(ACTIVITIES[1:])
        else:
            home = dice.choice(units)
            place_id, place = town.outlets[home]
            crew, near, activity = dice.sample(town.people[home], 3), [], ACTIVITIES[0]
        crew = list({one["person_id"]: one for one in crew}.values())[: count - made]
        starts = f"{day.isoformat()}T01:00:00Z"
        shift = {
            "id": number, "key": f"{number:016x}", "unit_id": home, "place_id": place_id,
            "activity_id": ACTIVITIES.index(activity) + 1, "day": day.isoformat(), "starts_at": starts,
            "ends_at": f"{day.isoformat()}T09:00:00Z", "headcount": 3, "state": "held", "confirmed_at": starts,
            "confirmed_by": "系统",
        }  # fmt: skip
        same = {
            "shift_id": number, "place_id": place_id, "place": place, "place_kind": "community" if near else "outlet",
            "activity": activity, "day": day.isoformat(), "minutes": 480, "trips": 1, "reverses": None, "reason": "",
            "actor": "system", "at": starts, "form": chain.FORM, "assignment_id": None, "evidence": "{}",
            "tasks": json.dumps(dice.sample(TASKS, 2), ensure_ascii=False) if near else "[]", "batch_id": None,
            "sponsor_id": home if near else None, "sponsor": f"单位{home}" if near else "", "close_id": None,
        }  # fmt: skip
        entries = []
        for one in crew:
            made += 1
            entry = {**same, **one, "id": made, "source": dice.choice(SOURCES)}
            entries.append({name: entry[name] for name in chain.COLUMNS})
        if made < count and dice.random() < 1 / 65:
            made += 1
            entries.append({**entries[0], "id": made, "trips": -1, "reverses": entries[0]["id"], "reason": "没有来"})
        yield shift, entries


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
        found.append({**one, "person_id": person_id, "person": f"员工{person_id}", "unit": f"单位{unit_id}"})
    town.people[unit_id] = found


if __name__ == "__main__":
    main()
