"""The board of leader quotas as a workbook and CSV: a line for each leader, quota and week."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date, datetime

from scheduler import ledger, quotas
from scheduler.audit import Actor
from scheduler.database import Database, Row, value
from scheduler.exports.cells import Column, Held, as_csv
from scheduler.exports.columns import written_at
from scheduler.exports.workbook import Workbook
from scheduler.wording import Lang, name_of

BOM = "\ufeff"  # Excel reads a CSV as UTF-8 only with it


def _of(name: str) -> Callable[[Row, Lang], Held]:
    return lambda row, _lang: row.get(name)


def why(row: Row, lang: Lang) -> str:
    """Why a week is waived, in words; empty where it is not."""
    if row["state"] != "waived":
        return ""
    if row["reason"] == "hand":
        return str(row["note"])
    if row["reason"] == "holiday":
        days, least = row["workdays"], row["least_workdays"]
        return f"节假日：{days} 个工作日，少于 {least}" if lang == "zh" else f"Holidays: {days} workdays, below {least}"
    return name_of("waived", row["reason"], lang)


def where(row: Row, lang: Lang) -> str:
    """At which places a visit counts; empty for anywhere."""
    if row["sponsored"]:
        return "本单位包保社区" if lang == "zh" else "own sponsored communities"
    return str(row["place"] or "")


COLUMNS: Sequence[Column] = (
    Column("姓名", "Name", 14, _of("name")),
    Column("工号", "Staff no.", 12, _of("staff_no")),
    Column("单位", "Unit", 22, _of("unit")),
    Column("职务", "Role", 12, lambda row, lang: name_of("role", row["role"], lang)),
    Column("活动类型", "Activity", 16, lambda row, lang: row[f"activity_{lang}"]),
    Column("地点", "Place", 18, where),
    Column("周期", "Period", 10, lambda row, lang: name_of("quota_period", row["period"], lang)),
    Column("开始", "First day", 12, _of("first"), "day"),
    Column("结束", "Last day", 12, _of("last"), "day"),
    Column("应有人次", "Owed person-trips", 12, _of("need"), "count"),
    Column("台账人次", "Done, in the ledger", 12, _of("done"), "count"),
    Column("已安排人次", "Planned", 12, _of("planned"), "count"),
    Column("状态", "State", 12, lambda row, lang: name_of("quota", row["state"], lang)),
    Column("免除理由", "Why waived", 34, why),
)


def quotas_csv(db: Database, unit_id: int, first: date, last: date, *, lang: Lang, now: datetime) -> bytes:
    """The board as CSV with a BOM."""
    text = io.StringIO(BOM, newline="")
    text.seek(0, io.SEEK_END)
    lines = csv.writer(text)
    lines.writerow([column.head(lang) for column in COLUMNS])
    found = _found(db, unit_id, first, last, now)
    lines.writerows([as_csv(column.held(row, lang)) for column in COLUMNS] for row in found)
    return text.getvalue().encode()


def quotas_workbook(
    db: Database, unit_id: int, first: date, last: date, *, lang: Lang, by: Actor, now: datetime
) -> bytes:
    """Two sheets: the board, and what this file is."""
    book = Workbook(lang)
    zh = lang == "zh"
    with db.atomic():
        book.table("领导指标" if zh else "Leader quotas", COLUMNS, _found(db, unit_id, first, last, now))
        book.facts(
            "说明" if zh else "About",
            [
                ("期间" if zh else "Period", f"{first.isoformat()} – {last.isoformat()}"),
                (
                    "单位（含下级）" if zh else "Unit and below",
                    value(db, "SELECT name FROM unit WHERE id = :i", i=unit_id),
                ),
                ("生成时间" if zh else "Made at", written_at(now, db.zone)),
                ("生成人" if zh else "Made by", by.name),
                ("台账最后一条的哈希" if zh else "Hash of the newest ledger entry", ledger.head(db)),
            ],
        )
    return book.content()


def _found(db: Database, unit_id: int, first: date, last: date, now: datetime) -> list[Row]:
    return [read for of in (quotas.weeks, quotas.months) for read in of(db, unit_id, first, last, now=now)]
