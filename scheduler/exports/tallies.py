"""Tallies and the trips behind them, as workbooks and CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Unpack

from scheduler import ledger, tallies
from scheduler.audit import Actor
from scheduler.database import Database, value
from scheduler.exports.cells import Column, Held, as_csv
from scheduler.exports.columns import trip_columns, written_at
from scheduler.exports.pivots import Named, Total, pivot_sheets
from scheduler.exports.targets import Target, in_memory
from scheduler.exports.workbook import Workbook
from scheduler.tallies import Cut, Question
from scheduler.wording import STATES, Lang

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


def tallies_csv(db: Database, question: Question, *, lang: Lang, now: datetime) -> bytes:
    """The answer and its total as CSV with a BOM, so that Excel reads Chinese; with columns, each measure's in turn."""
    answer = tallies.answer(db, question, now)
    parts = [
        as_csv_file(columns, [*answer.lines, Total(answer)], lang).decode() for _, columns in pivot_sheets(answer, lang)
    ]
    return BOM.encode() + "\r\n".join(part.removeprefix(BOM) for part in parts).encode()


def trips_csv(db: Database, *, lang: Lang, order: str = "trips", **cut: Unpack[Cut]) -> bytes:
    """The ledger's entries as CSV with a BOM."""
    return in_memory(lambda target: put_trips_csv(db, target, lang=lang, order=order, **cut))


def put_trips_csv(db: Database, target: Target, *, lang: Lang, order: str = "trips", **cut: Unpack[Cut]) -> None:
    """The same into a file."""
    put_csv(target, trip_columns(db.zone), target.watch(tallies.each_trip(db, order=order, **cut)), lang)


def tallies_workbook(db: Database, question: Question, *, lang: Lang, by: Actor, now: datetime) -> bytes:
    """A sheet of figures for each measure that has columns (one for all without), the trips, and what this file is."""
    return in_memory(lambda target: put_tallies_workbook(db, target, question, lang=lang, by=by, now=now))


def put_tallies_workbook(
    db: Database, target: Target, question: Question, *, lang: Lang, by: Actor, now: datetime
) -> None:
    """The same into a file."""
    book = Workbook(lang, target)
    with db.atomic():
        answer = tallies.answer(db, question, now)
        for name, columns in pivot_sheets(answer, lang):
            book.table(name, columns, answer.lines, Total(answer))
        book.table(
            _word(lang, "明细", "Trips"), trip_columns(db.zone), target.watch(tallies.each_trip(db, **question.cut))
        )
        asked = [(_word(lang, *words), held) for words, held in _asked(question, lang)]
        rates = [name for name in question.measures if name in STATES["rate"]]
        meant = [(_word(lang, *STATES["measure"][name]), _word(lang, *STATES["rate"][name])) for name in rates]
        book.facts(_word(lang, "说明", "About"), [*asked, *about(db, lang, by, now, question.cut), *meant])
    book.end()


def trips_workbook(
    db: Database, *, lang: Lang, by: Actor, now: datetime, order: str = "trips", **cut: Unpack[Cut]
) -> bytes:
    """Two sheets: the trips, and what this file is."""
    return in_memory(lambda target: put_trips_workbook(db, target, lang=lang, by=by, now=now, order=order, **cut))


def put_trips_workbook(
    db: Database,
    target: Target,
    *,
    lang: Lang,
    by: Actor,
    now: datetime,
    order: str = "trips",
    **cut: Unpack[Cut],
) -> None:
    """The same into a file."""
    book = Workbook(lang, target)
    with db.atomic():
        found = target.watch(tallies.each_trip(db, order=order, **cut))
        book.table(_word(lang, "明细", "Trips"), trip_columns(db.zone), found)
        book.facts(_word(lang, "说明", "About"), about(db, lang, by, now, cut))
    book.end()


def file_name(what: str, ending: str, **cut: Unpack[Cut]) -> str:
    """`tallies-2026-01-01-2026-12-31.xlsx`: letters that every system keeps."""
    name = f"{what}-{cut['first'].isoformat()}-{cut['last'].isoformat()}.{ending}"
    return re.sub(r"[^A-Za-z0-9.-]", "_", name)


def _word(lang: Lang, chinese: str, english: str) -> str:
    return chinese if lang == "zh" else english


def _asked(question: Question, lang: Lang) -> list[tuple[tuple[str, str], Held]]:
    """Rows, columns and measures of a question, by name."""

    def named(words: Iterable[Named]) -> str:
        return " × ".join(word.zh if lang == "zh" else word.en for word in words)

    measures = [one.zh if lang == "zh" else one.en for one in (tallies.MEASURES[name] for name in question.measures)]
    return [
        (("行", "Rows"), named(tallies.DIMENSIONS[name] for name in question.rows)),
        (("列", "Columns"), named([tallies.DIMENSIONS[question.columns]] if question.columns else [])),
        (("指标", "Measures"), ("、" if lang == "zh" else ", ").join(measures)),
    ]  # fmt: skip


def as_csv_file(columns: Sequence[Column], found: Iterable[Any], lang: Lang) -> bytes:
    """Rows as CSV with a BOM, texts harmless."""
    return in_memory(lambda target: put_csv(target, columns, found, lang))


def put_csv(target: Target, columns: Sequence[Column], found: Iterable[Any], lang: Lang) -> None:
    """The same into a file."""
    text = io.TextIOWrapper(target.file, encoding="utf-8", newline="")
    text.write(BOM)
    lines = csv.writer(text)
    lines.writerow([column.head(lang) for column in columns])
    lines.writerows([as_csv(column.held(row, lang)) for column in columns] for row in found)
    text.detach()  # which writes what it still holds, and leaves the file open


def about(db: Database, lang: Lang, by: Actor, now: datetime, cut: Cut) -> list[tuple[str, Held]]:
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
