"""The columns of a list of trips."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from scheduler import clock
from scheduler.database import Row
from scheduler.exports.cells import Column, Held
from scheduler.wording import Lang, name_of, who


def _of(name: str) -> Callable[[Row, Lang], Held]:
    return lambda row, _lang: row.get(name)


def _named(group: str, name: str) -> Callable[[Row, Lang], Held]:
    return lambda row, lang: name_of(group, row[name], lang) if row.get(name) else ""


def _after_close(row: Row, lang: Lang) -> Held:
    return "" if row.get("close_id") is None else "关账后更正" if lang == "zh" else "corrected after it"


def _activity(chinese: str, english: str) -> Callable[[Row, Lang], Held]:
    return lambda row, lang: row.get(chinese if lang == "zh" else english)


def trip_columns(zone: ZoneInfo) -> Sequence[Column]:
    """What a list of trips shows; hours on the wall clock of `zone`."""

    def at(name: str) -> Callable[[Row, Lang], Held]:
        return lambda row, _lang: clock.local(row[name], zone).replace(tzinfo=None) if row[name] else None

    return (
        Column("条目", "Entry", 9, _of("id"), "count"),
        Column("日期", "Day", 12, lambda row, _lang: date.fromisoformat(row["day"]), "day"),
        Column("开始", "Starts", 17, at("starts_at"), "moment"),
        Column("结束", "Ends", 17, at("ends_at"), "moment"),
        Column("工号", "Staff no.", 12, _of("staff_no")),
        Column("姓名", "Name", 14, _of("person")),
        Column("单位", "Unit", 22, _of("unit")),
        Column("地点", "Place", 24, _of("place")),
        Column("地点类型", "Kind of place", 14, _named("place_kind", "place_kind")),
        Column("活动类型", "Activity", 16, _activity("activity_zh", "activity_en")),
        Column("小时", "Hours", 9, lambda row, _lang: row["trips"] * row["minutes"] / 60, "hours"),
        Column("人次", "Person-trips", 12, _of("trips"), "count"),
        Column("来源", "Source", 14, _named("source", "source")),
        Column("更正的条目", "Corrects entry", 14, _of("reverses"), "count"),
        Column("理由", "Reason", 30, _of("reason")),
        Column("记录人", "Written by", 14, lambda row, lang: who(row["actor"], lang)),
        Column("记录时间", "Written at", 17, at("at"), "moment"),
        Column("关账后", "After the close", 12, _after_close),
    )


def written_at(now: datetime, zone: ZoneInfo) -> datetime:
    """A moment as a spreadsheet holds it: on the wall clock, without a zone."""
    return now.astimezone(zone).replace(tzinfo=None)
