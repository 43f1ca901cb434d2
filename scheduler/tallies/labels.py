"""What the keys of a dimension are called, and in which order they stand."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from scheduler.database import Database, rows
from scheduler.tallies import figures, periods
from scheduler.tallies.words import TIMES
from scheduler.wording import STATES

if TYPE_CHECKING:
    from scheduler.tallies.questions import Question

WEEKDAYS = {
    1: ("星期一", "Monday"),
    2: ("星期二", "Tuesday"),
    3: ("星期三", "Wednesday"),
    4: ("星期四", "Thursday"),
    5: ("星期五", "Friday"),
    6: ("星期六", "Saturday"),
    7: ("星期日", "Sunday"),
}
DAY_KINDS = {"workday": ("工作日", "Workday"), "rest": ("休息日", "Rest day")}
PARTY = {1: ("党员", "Party member"), 0: ("非党员", "Not a party member")}
NOTHING = {"community": ("非包保社区", "No sponsored community"), "task": ("未列任务", "No task listed")}

NO_KEY = {"community": (0,), "task": ("-",)}

# key → name, name in English, what tells namesakes apart, order
NAMED = {
    "person": """
        SELECT person.id AS key, person.name AS zh, person.name AS en,
               person.staff_no || ' · ' || unit.name AS note, person.staff_no AS place
        FROM person JOIN unit ON unit.id = person.unit_id
        WHERE person.id IN (SELECT value FROM json_each(:keys))
    """,
    "unit": """
        SELECT unit.id AS key, unit.name AS zh, unit.name AS en, COALESCE(above.name, '') AS note, unit.id AS place,
               (SELECT MAX(depth) FROM unit_above WHERE unit_above.unit_id = unit.id) AS depth
        FROM unit LEFT JOIN unit AS above ON above.id = unit.parent_id
        WHERE unit.id IN (SELECT value FROM json_each(:keys))
    """,
    "place": """
        SELECT id AS key, name AS zh, name AS en, district AS note, id AS place
        FROM place
        WHERE id IN (SELECT value FROM json_each(:keys))
    """,
    "activity": """
        SELECT code AS key, name_zh AS zh, name_en AS en, '' AS note, sort AS place
        FROM activity
        WHERE code IN (SELECT value FROM json_each(:keys))
    """,
}
NAMED["community"] = NAMED["place"]


@dataclass(frozen=True, slots=True)
class Key:
    """One row's or column's key and what it is called; `note` tells namesakes apart (staff number, unit above).

    `alone`: a unit without those below it.
    """

    key: Any
    zh: str
    en: str
    note: str = ""
    place: Any = None
    alone: bool = False


def labelled(db: Database, name: str, keys: set[Any], question: Question) -> dict[Any, Key]:
    """Every key with what it is called."""
    found: dict[Any, Key] = {}
    if name in NAMED:
        deepest = None
        if name == "unit" and question.level is not None:
            deepest = figures.depth_of(db, question.within) + question.level
        for row in rows(db, NAMED[name], keys=json.dumps([key for key in keys if key is not None])):
            alone = name == "unit" and (deepest is None or row["depth"] < deepest)
            found[row["key"]] = Key(row["key"], row["zh"], row["en"], row["note"], row["place"], alone)
    for key in keys - set(found):
        found[key] = Key(key, *called(name, key), place=key)
    return found


def named(db: Database, name: str, key: Any) -> tuple[str, str]:
    """What one key of a dimension is called, in Chinese and English, as a question holds it."""
    if key in NO_KEY.get(name, ()):
        return NOTHING[name]
    found = rows(db, NAMED[name], keys=json.dumps([key])) if name in NAMED else []
    if not found:
        return called(name, key)
    note = found[0]["note"] if name == "person" else ""
    return f"{found[0]['zh']} {note}".strip(), f"{found[0]['en']} {note}".strip()


def called(name: str, key: Any) -> tuple[str, str]:
    """What a key that stands in no table is called, in Chinese and English."""
    if key is None:
        return NOTHING[name]
    if name in TIMES:
        return _time(name, str(key))
    known: dict[str, dict[Any, tuple[str, str]]] = {
        "weekday": WEEKDAYS,
        "day_kind": DAY_KINDS,
        "party": PARTY,
        "role": STATES["role"],
    }
    return known.get(name, {}).get(key, (str(key), str(key)))


def every(name: str, first: date, last: date) -> Iterable[Any]:
    """Every key that an ordered dimension has in a span of days."""
    if name == "weekday":
        return list(WEEKDAYS)
    return list(DAY_KINDS) if name == "day_kind" else periods.keys_between(name, first, last)


def ordered(name: str, keys: Iterable[Key]) -> list[Key]:
    """Keys in the order of their dimension; what has no key comes last."""
    if name == "day_kind":
        return sorted(keys, key=lambda key: list(DAY_KINDS).index(key.key))
    if name == "role":
        return sorted(keys, key=lambda key: list(STATES["role"]).index(key.key))
    return sorted(keys, key=lambda key: (key.key is None, key.place if key.place is not None else ""))


def _time(name: str, key: str) -> tuple[str, str]:
    if name == "week":
        year, week, _ = date.fromisoformat(key).isocalendar()
        return f"{year}年第{week}周", f"{year}-W{week:02}"
    if name == "month":
        return f"{key[:4]}年{int(key[5:])}月", key
    if name == "quarter":
        return f"{key[:4]}年{'一二三四'[int(key[5]) - 1]}季度", f"Q{key[5]} {key[:4]}"
    return (f"{key}年", key) if name == "year" else (key, key)
