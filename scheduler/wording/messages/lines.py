"""Lines of the lists in messages to those in charge: a shift short of people, a visit owed, a month's figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Literal

from scheduler.wording.dates import MONTHS_EN, dates_text
from scheduler.wording.messages.duties import DutyLine

Lang = Literal["zh", "en"]

COUNTS = ("trips", "people", "sessions")
SHOWN = 15  # lines of one list: the rest stands on the page that the message links to


def listed(lines: Sequence[str], lang: Lang) -> str:
    """The first lines of a list, and how many more there are."""
    more = len(lines) - SHOWN
    tail = [f"…… 还有 {more} 条" if lang == "zh" else f"… and {more} more"] if more > 0 else []
    return "\n".join([*lines[:SHOWN], *tail])


def short_shift(duty: DutyLine, headcount: int, missing: int, unpublished: int, lang: Lang) -> str:
    """A shift, how many it lacks, and how many are seated whom nobody has told yet."""
    if lang == "zh":
        waiting = f"，另有 {unpublished} 人已排入、尚未发布" if unpublished else ""
        return f"{duty.text(lang)}：需要 {headcount} 人，缺 {missing} 人{waiting}"
    waiting = f"; {unpublished} seated, not published yet" if unpublished else ""
    return f"{duty.text(lang)}: {missing} of {headcount} missing{waiting}"


def visits_owed(activity: str, need: int, missing: int, lang: Lang) -> str:
    """What a leader still owes of one activity this week."""
    if lang == "zh":
        return f"{activity}：本周应 {need} 次，还差 {missing} 次没有安排"
    return f"{activity}: {need} this week, {missing} not planned"


def leader_owes(name: str, unit: str, activity: str, missing: int, lang: Lang) -> str:
    """The same about a leader."""
    if lang == "zh":
        return f"{name}（{unit}）：{activity}还差 {missing} 次"
    return f"{name} ({unit}): {activity}, {missing} not planned"


def week_text(monday: date, lang: Lang) -> str:
    """`本周（3月2日–8日）` or `the week of 2–8 Mar`."""
    span = dates_text(monday, monday + timedelta(days=6), lang)
    return f"本周（{span}）" if lang == "zh" else f"the week of {span}"


def days_away(name: str, first: date, last: date, kind: str, lang: Lang) -> str:
    """Who is away, when and why."""
    one = first == last
    if lang == "zh":
        span = f"{first.month}月{first.day}日" if one else dates_text(first, last, "zh")
        return f"{name}：{span}（{kind}）"
    span = f"{first.day} {MONTHS_EN[first.month - 1]}" if one else dates_text(first, last, "en")
    return f"{name}: {span} ({kind})"


def three_counts(figures: dict[str, Any], before: dict[str, Any], lang: Lang) -> str:
    """Person-trips, people, sessions of a month, the month before in brackets: each says which of the three it is."""
    if lang == "zh":
        named = zip(("人次", "人数", "场次"), COUNTS, strict=True)
        return "、".join(f"{name} {figures[count]:,}（{before[count]:,}）" for name, count in named)
    named = zip(("person-trips", "people", "sessions"), COUNTS, strict=True)
    return ", ".join(f"{name} {figures[count]:,} ({before[count]:,})" for name, count in named)
