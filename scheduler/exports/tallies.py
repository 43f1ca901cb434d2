"""Tallies and the trips behind them, as workbooks and CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Unpack

from scheduler import ledger, tallies
from scheduler.audit import Actor
from scheduler.database import Database, Row, value
from scheduler.exports.cells import Column, Held, as_csv
from scheduler.exports.columns import tally_columns, trip_columns, written_at
from scheduler.exports.workbook import Workbook
from scheduler.tallies import Cut
from scheduler.wording import Lang

BOM = "\ufeff"  # Excel reads a CSV as UTF-8 only with it

# What an export says of its counts, wherever it goes.
DEFINITIONS = (
    (
        "人次",
        "Person-trips",
        "一人到一班，计 1 人次；更正计 −1。",
        "One person attending one shift is 1; a correction is −1.",
    ),
    ("人数", "People", "不重复的人；各行相加不等于合计。", "Distinct persons; rows do not add up."),
    (
        "场次",
        "Sessions",
        "办了多少班，不论到了几人；结转不知场次，计 0；各行相加不等于合计。",
        "Shifts held and attended, however many came; balances carried forward count 0; rows do not add up.",
    ),
    ("小时", "Hours", "到岗班次的时长，按人相加。", "The length of the shifts attended, summed over persons."),
)
BY_WHAT = {
    "person": ("人员", "Person"),
    "unit": ("单位", "Unit"),
    "place": ("地点", "Place"),
    "activity": ("活动类型", "Activity"),
    "month": ("月份", "Month"),
}


def tallies_csv(db: Database, by_what: str, *, lang: Lang, **cut: Unpack[Cut]) -> bytes:
    """The tally and its total as CSV with a BOM, so that Excel reads Chinese."""
    with db.atomic():  # a read transaction: rows and total of one moment
        columns = tally_columns(by_what)
        found = tallies.tally(db, by_what, **cut)
        return _csv(columns, [*found, _total(db, lang, cut)], lang)


def trips_csv(db: Database, *, lang: Lang, order: str = "trips", **cut: Unpack[Cut]) -> bytes:
    """The ledger's entries as CSV with a BOM."""
    return _csv(trip_columns(db.zone), tallies.trips(db, order=order, **cut), lang)


def tallies_workbook(db: Database, by_what: str, *, lang: Lang, by: Actor, now: datetime, **cut: Unpack[Cut]) -> bytes:
    """Three sheets: the tally with its total, the trips that it is made of, and what this file is."""
    book = Workbook(lang)
    with db.atomic():
        found = tallies.tally(db, by_what, **cut)
        book.table(_word(lang, "统计", "Tally"), tally_columns(by_what), found, _total(db, lang, cut))
        book.table(_word(lang, "明细", "Trips"), trip_columns(db.zone), tallies.trips(db, **cut))
        counted_by = (_word(lang, "统计方式", "Counted by"), _word(lang, *BY_WHAT[by_what]))
        book.facts(_word(lang, "说明", "About"), [counted_by, *_about(db, lang, by, now, cut)])
    return book.content()


def trips_workbook(
    db: Database, *, lang: Lang, by: Actor, now: datetime, order: str = "trips", **cut: Unpack[Cut]
) -> bytes:
    """Two sheets: the trips, and what this file is."""
    book = Workbook(lang)
    with db.atomic():
        book.table(_word(lang, "明细", "Trips"), trip_columns(db.zone), tallies.trips(db, order=order, **cut))
        book.facts(_word(lang, "说明", "About"), _about(db, lang, by, now, cut))
    return book.content()


def file_name(what: str, ending: str, **cut: Unpack[Cut]) -> str:
    """`tallies-2026-01-01-2026-12-31.xlsx`: letters that every system keeps."""
    name = f"{what}-{cut['first'].isoformat()}-{cut['last'].isoformat()}.{ending}"
    return re.sub(r"[^A-Za-z0-9.-]", "_", name)


def _word(lang: Lang, chinese: str, english: str) -> str:
    return chinese if lang == "zh" else english


def _total(db: Database, lang: Lang, cut: Cut) -> Row:
    word = _word(lang, "合计", "Total")
    return {**tallies.total(db, **cut), "label": word, "label_en": word}


def _csv(columns: Sequence[Column], found: Iterable[Row], lang: Lang) -> bytes:
    text = io.StringIO(BOM, newline="")
    text.seek(0, io.SEEK_END)
    lines = csv.writer(text)
    lines.writerow([column.head(lang) for column in columns])
    lines.writerows([as_csv(column.held(row, lang)) for column in columns] for row in found)
    return text.getvalue().encode()


def _about(db: Database, lang: Lang, by: Actor, now: datetime, cut: Cut) -> list[tuple[str, Held]]:
    """What, which days, whose, when, by whom; and the ledger's newest hash, by which it can be checked later."""
    pairs: list[tuple[str, Held]] = [
        (_word(lang, "期间", "Period"), f"{cut['first'].isoformat()} – {cut['last'].isoformat()}"),
        *((_word(lang, *words), held) for words, held in _narrowed(db, lang, cut)),
        (_word(lang, "生成时间", "Made at"), written_at(now, db.zone)),
        (_word(lang, "生成人", "Made by"), by.name),
        (_word(lang, "台账最后一条的哈希", "Hash of the newest ledger entry"), ledger.head(db)),
    ]
    for chinese, english, meaning_zh, meaning_en in DEFINITIONS:
        pairs.append((_word(lang, chinese, english), _word(lang, meaning_zh, meaning_en)))
    return pairs


def _narrowed(db: Database, lang: Lang, cut: Cut) -> list[tuple[tuple[str, str], Held]]:
    """By what the tally was narrowed, by name."""
    asked = {
        ("单位（含下级）", "Unit and below"): ("SELECT name FROM unit WHERE id = :key", cut.get("within")),
        ("单位（不含下级）", "Unit alone"): ("SELECT name FROM unit WHERE id = :key", cut.get("unit_id")),
        ("人员", "Person"): ("SELECT name || ' ' || staff_no FROM person WHERE id = :key", cut.get("person_id")),
        ("地点", "Place"): ("SELECT name FROM place WHERE id = :key", cut.get("place_id")),
        ("活动类型", "Activity"): (
            f"SELECT name_{'zh' if lang == 'zh' else 'en'} FROM activity WHERE code = :key",
            cut.get("activity"),
        ),
    }
    return [(words, value(db, sql, key=key)) for words, (sql, key) in asked.items() if key is not None]
