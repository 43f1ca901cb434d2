"""Lines of the lists in messages to those in charge: a shift short of people, a visit owed, a month's figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Literal

from scheduler.wording.dates import MONTHS_EN, dates_text, day_text
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


def silent_duty(duty: DutyLine, person: str, mobile: str, stand_ins: Sequence[str], link: str, lang: Lang) -> str:
    """A duty that nobody has acknowledged, whose it is, who could stand in, and where to hand it over."""
    if lang == "zh":
        whose = f"{duty.text(lang)}：{person}" + (f"（电话 {mobile}）" if mobile else "")
        who = "；".join(stand_ins) or "目前没有人可以替"
        return f"{whose}\n  可替班：{who}\n  换人：{link}"
    whose = f"{duty.text(lang)}: {person}" + (f" (phone {mobile})" if mobile else "")
    who = "; ".join(stand_ins) or "nobody at present"
    return f"{whose}\n  could stand in: {who}\n  hand over: {link}"


def stand_in(rank: int, name: str, trips: int, share: float, last: date | None, is_near: bool, lang: Lang) -> str:
    """Who could stand in, and why they come in this place: the figures by which candidates are ranked."""
    if lang == "zh":
        before = f"上次 {day_text(last, lang)}" if last else "此前没有"
        near = "同区" if is_near else "跨区"
        return f"{rank}. {name}（近一年 {trips} 人次，份额 {share:.1f}，{before}，{near}）"
    before = f"last {day_text(last, lang)}" if last else "none before"
    near = "nearby" if is_near else "another district"
    return f"{rank}. {name} ({trips} trips in a year, share {share:.1f}, {before}, {near})"


def visits_owed(activity: str, period: str, need: int, missing: int, lang: Lang) -> str:
    """What a leader still owes of one activity this week or month."""
    if lang == "zh":
        return f"{activity}：本{'周' if period == 'week' else '月'}应 {need} 次，还差 {missing} 次没有安排"
    return f"{activity}: {need} this {period}, {missing} not planned"


def leader_owes(name: str, unit: str, activity: str, missing: int, lang: Lang) -> str:
    """The same about a leader."""
    if lang == "zh":
        return f"{name}（{unit}）：{activity}还差 {missing} 次"
    return f"{name} ({unit}): {activity}, {missing} not planned"


def unit_behind(unit: str, done: int, expected: float, owed: int, lang: Lang) -> str:
    """A unit that has made fewer of the person-trips it owes than its days say."""
    if lang == "zh":
        return f"{unit}：完成 {done} 人次，到今天应 {expected:.0f}，本期应 {owed}"
    return f"{unit}: {done} person-trips, {expected:.0f} expected by now, {owed} in all"


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
