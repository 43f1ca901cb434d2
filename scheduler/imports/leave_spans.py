"""From when to when leave lasts where one cell says both: 12月1日至12月5日, 12.1-12.5, 12月1日下午."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time

from scheduler.errors import Invalid
from scheduler.imports import cells, leave_dates
from scheduler.imports.wall.dates import arabic, weekday_of
from scheduler.imports.wall.periods import Period

WEEKDAY = r"(?P<week{n}>\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?"
HALF = r"\(?(?P<half{n}>上午|下午|全天|am|pm)?\)?"
CLOCK = r"(?P<at{n}>\d{1,2}[:：]\d{2})?(?::00)?"
DAY = r"(?:(?P<y{n}>\d{4})[年./-])?(?P<m{n}>\d{1,2})[月./-](?P<d{n}>\d{1,2})[日号]?|(?P<only{n}>\d{1,2})[日号]"
MOMENT = rf"(?P<said{{n}}>{DAY}){WEEKDAY}{HALF}{CLOCK}"
DASH = r"(?:至|到|-+|—+|–|~|～)"
LATER = rf"(?:(?P<said2>{DAY}|(?P<bare>\d{{1,2}}(?![\d:：]))[日号]?){WEEKDAY})?{HALF}{CLOCK}".replace("{n}", "2")
SPAN = re.compile(
    rf"(?:自|从)?{MOMENT.replace('{n}', '1')}(?:起?{DASH}{LATER}止?)?(?:\(?共?(?:计)?[\d.]+天\)?)?", re.IGNORECASE
)
WHOLE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T.*)?")
SEVERAL = re.compile(r"[、，,；;\n和及]")
OPEN = re.compile(r"(?:起|开始|至今|以后|之后|至|到|[-—–~～])$")
HALVES = {"上午": "am", "am": "am", "下午": "pm", "pm": "pm"}


@dataclass(frozen=True, slots=True)
class Moment:
    """What a cell says of a beginning or an end: the day, and a half of it or a clock time if it says so."""

    day: date
    half: str = ""
    at: time | None = None


def span(written: str, known: Period, *, is_number: bool = False) -> tuple[Moment, Moment]:
    """The first and the last moment that one cell says; Invalid where it says several, no end, or no date."""
    text = arabic("".join(written.strip().split())).translate(str.maketrans("（）", "()"))
    if SEVERAL.search(text.rstrip("、，,；;")) or SEVERAL.search(written.strip()):
        raise Invalid("leave_several_spans", text=written)
    found = SPAN.fullmatch(text)
    if found is None:
        raise Invalid("leave_end_missing" if OPEN.search(text) else "bad_date", text=written)
    first = _day(found, "1", known, is_number)
    last = first
    if found["said2"]:
        last = _last(found, first, known, written)
    for day, name in ((first, "week1"), (last, "week2")):
        if found[name] and weekday_of(found[name].strip("()")) != day.weekday():
            raise Invalid("leave_weekday_differs", text=written)
    halves = [HALVES.get((found[name] or "").lower(), "") for name in ("half1", "half2")]
    clocks = [_clock(found[name], written) for name in ("at1", "at2")]
    if not found["said2"] and not (halves[1] or clocks[1]):
        if re.search(rf"{DASH}(?:止)?$", text):
            raise Invalid("leave_end_missing", text=written)
        if clocks[0]:  # a clock time alone begins and does not end
            raise Invalid("leave_end_missing", text=written)
        halves[1] = halves[0]
    return (
        Moment(first, "" if clocks[0] else halves[0], clocks[0]),
        Moment(last, "" if clocks[1] else halves[1], clocks[1]),
    )


def _day(found: re.Match[str], n: str, known: Period, is_number: bool) -> date:
    said = found[f"said{n}"]
    if found[f"y{n}"]:
        return cells.day(f"{found[f'y{n}']}-{found[f'm{n}']}-{found[f'd{n}']}")
    return leave_dates.day(said, known, is_number=is_number)


def _last(found: re.Match[str], first: date, known: Period, written: str) -> date:
    """The last day: what it does not say of year and month is that of the first, where it then comes after it."""
    if found["y2"]:
        return _day(found, "2", known, False)
    day = int(found["only2"] or found["bare"] or found["d2"])
    month = int(found["m2"] or first.month)
    try:
        last = date(first.year, month, day)
    except ValueError as error:
        raise Invalid("bad_date", text=written) from error
    if month < first.month:  # of the next year where that is near, or a slip
        last = last.replace(year=last.year + 1)
        if last - first > leave_dates.FOLLOWING:
            raise Invalid("leave_date_unsure", text=written)
    return last


def _clock(said: str | None, written: str) -> time | None:
    try:
        return time.fromisoformat(said.replace("：", ":").zfill(5)) if said else None
    except ValueError as error:
        raise Invalid("bad_date", text=written) from error
