"""Years, quarters, months: as an address names them, as days, and which of them lie in a span of days."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from scheduler import clock
from scheduler.errors import Invalid
from scheduler.wording import Lang
from scheduler.wording.dates import month_text

YEARS = range(1900, 2101)  # what a period may lie in: a typing error does not ask for ten thousand months
KEYS_MOST = 400  # days of a year, and some


def period(text: str) -> tuple[date, date]:
    """The first and last day of `2026`, `2026Q4` or `2026-12`; anything else, or outside of `YEARS`, is refused."""
    found = re.fullmatch(r"([0-9]{4})(?:Q([1-4])|-(0[1-9]|1[0-2]))?", text)
    if found is None or int(found[1]) not in YEARS:
        raise Invalid("bad_choice", field="period", text=text[:20])
    year = int(found[1])
    if found[2]:
        opening, closing = int(found[2]) * 3 - 2, int(found[2]) * 3
    elif found[3]:
        opening = closing = int(found[3])
    else:
        opening, closing = 1, 12
    return date(year, opening, 1), date(year, closing, calendar.monthrange(year, closing)[1])


def period_text(first: date, last: date) -> str | None:
    """What `period` calls these days: `2026`, `2026Q4`, `2026-12`; None where they are no such period."""
    for text in (f"{first.year:04}", key_of("quarter", first), key_of("month", first)):
        if first.year in YEARS and period(text) == (first, last):
            return text
    return None


def key_of(span: str, day: date) -> str:
    """The day, the Monday of its ISO week, or the name of its month, quarter or year."""
    if span == "week":
        return clock.monday(day).isoformat()
    if span == "quarter":
        return f"{day.year:04}Q{(day.month + 2) // 3}"
    return day.isoformat()[: {"day": 10, "month": 7, "year": 4}[span]]


def days_of(span: str, key: str) -> tuple[date, date]:
    """The first and last day of what `key_of` names."""
    if span == "day":
        return date.fromisoformat(key), date.fromisoformat(key)
    if span == "week":
        monday = date.fromisoformat(key)
        return monday, monday + timedelta(days=6)
    return period(key)


def keys_between(span: str, first: date, last: date) -> list[str]:
    """Every day, week, month, quarter or year that touches these days, in order; none where they are too many."""
    keys: list[str] = []
    day = first
    while day <= last:
        keys.append(key_of(span, day))
        if len(keys) > KEYS_MOST:
            return []
        if (end := days_of(span, keys[-1])[1]) >= last:
            break
        day = end + timedelta(days=1)
    return keys


def kind_of(first: date, last: date) -> str:
    """year, quarter, month, or own."""
    text = period_text(first, last) or ""
    return {4: "year", 6: "quarter", 7: "month"}.get(len(text), "own")


def told(first: date, last: date, lang: Lang) -> str:
    """The days in words: `2026年`, `2026年四季度`, `2026年11月`, `Q4 2026`, or its two days."""
    kind = kind_of(first, last)
    if kind == "month":
        return month_text(first, lang)
    if kind == "quarter":
        number = (first.month + 2) // 3
        return f"{first.year}年{'一二三四'[number - 1]}季度" if lang == "zh" else f"Q{number} {first.year}"
    if kind == "year":
        return f"{first.year}年" if lang == "zh" else f"{first.year}"
    return f"{first.isoformat()} – {last.isoformat()}"


def shifted(day: date, months: int) -> date:
    """The same day so many months later (or earlier); the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
