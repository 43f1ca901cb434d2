"""Problems that were found on duty, and the reports of shifts, as a workbook and CSV."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Unpack

from scheduler import clock, reports
from scheduler.database import Database, Row
from scheduler.exports.cells import Column, as_csv
from scheduler.exports.tallies import BOM
from scheduler.exports.workbook import Workbook
from scheduler.reports import Asked, PeriodAsked
from scheduler.wording import Lang, name_of


def problems_csv(db: Database, *, lang: Lang, **asked: Unpack[Asked]) -> bytes:
    """The problems that `reports.problems` finds, as CSV with a BOM, so that Excel reads Chinese."""
    return _csv(_columns(db), reports.problems(db, **asked), lang)


def problems_workbook(db: Database, *, lang: Lang, **asked: Unpack[Asked]) -> bytes:
    """The same on one sheet."""
    book = Workbook(lang)
    book.table("问题" if lang == "zh" else "Problems", _columns(db), reports.problems(db, **asked))
    return book.content()


def reports_csv(db: Database, *, lang: Lang, **asked: Unpack[PeriodAsked]) -> bytes:
    """The reports that `reports.listing` finds, as CSV."""
    return _csv(_report_columns(db), reports.listing(db, **asked), lang)


def reports_workbook(db: Database, *, lang: Lang, **asked: Unpack[PeriodAsked]) -> bytes:
    """The same on one sheet."""
    book = Workbook(lang)
    book.table("值班日志" if lang == "zh" else "Shift reports", _report_columns(db), reports.listing(db, **asked))
    return book.content()


def _csv(columns: tuple[Column, ...], found: list[Row], lang: Lang) -> bytes:
    text = io.StringIO(BOM, newline="")
    text.seek(0, io.SEEK_END)
    lines = csv.writer(text)
    lines.writerow([column.head(lang) for column in columns])
    lines.writerows([as_csv(column.held(row, lang)) for column in columns] for row in found)
    return text.getvalue().encode()


def _report_columns(db: Database) -> tuple[Column, ...]:
    def told(text: str) -> str:  # a cell is one line
        return "；".join(text.splitlines())

    def hours(row: Row) -> str:
        return "–".join(f"{clock.local(row[name], db.zone):%H:%M}" for name in ("starts_at", "ends_at"))

    return (
        Column("日期", "Day", 12, lambda row, _: date.fromisoformat(row["day"]), "day"),
        Column("时间", "Hours", 14, lambda row, _: hours(row)),
        Column("地点", "Place", 20, lambda row, _: row["place"]),
        Column("活动类型", "Activity", 16, lambda row, lang: row[f"activity_{lang}"]),
        Column("单位", "Unit", 22, lambda row, _: row["unit"]),
        Column("值班人", "On duty", 24, lambda row, _: row["people"]),
        Column("任务数", "Tasks", 8, lambda row, _: row["tasks"], "count"),
        Column("完成数", "Done", 8, lambda row, _: row["done_count"], "count"),
        Column("完成的任务", "Tasks done", 40, lambda row, _: told(row["done"])),
        Column("情况说明", "Remarks", 40, lambda row, _: told(row["remarks"])),
        Column("问题数", "Problems", 8, lambda row, _: row["problems"], "count"),
        Column("待办数", "Open", 8, lambda row, _: row["open_problems"], "count"),
        Column("发现的问题", "Problems found", 48, lambda row, _: told(row["found"])),
        Column("跟进人", "Follow-up", 16, lambda row, _: row["follow_up"]),
        Column("状态", "State", 12, lambda row, lang: name_of("report", row["state"], lang)),
        Column("填写人", "Written by", 12, lambda row, _: row["by"]),
    )


def _columns(db: Database) -> tuple[Column, ...]:
    def moment(row: Row, name: str) -> str | None:
        return f"{clock.local(row[name], db.zone):%Y-%m-%d %H:%M}" if row[name] else None

    return (
        Column("日期", "Day", 12, lambda row, _: date.fromisoformat(row["day"]), "day"),
        Column("地点", "Place", 20, lambda row, _: row["place"]),
        Column("活动类型", "Activity", 16, lambda row, lang: row[f"activity_{lang}"]),
        Column("单位", "Unit", 22, lambda row, _: row["unit"]),
        Column("问题", "Problem", 48, lambda row, _: row["text"]),
        Column("发现人", "Found by", 12, lambda row, _: row["found_by"]),
        Column("跟进人", "Follow-up", 12, lambda row, _: row["follow_up"]),
        Column("状态", "State", 10, lambda row, lang: name_of("problem", row["state"], lang)),
        Column("处理结果", "Outcome", 40, lambda row, _: row["outcome"]),
        Column("办结人", "Closed by", 12, lambda row, _: row["closed_by"]),
        Column("办结时间", "Closed at", 18, lambda row, _: moment(row, "closed_at")),
    )
