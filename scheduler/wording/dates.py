"""Dates and hours as both languages write them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_text(day: date, lang: Literal["zh", "en"]) -> str:
    """`3月2日 周一` or `Mon 2 Mar`."""
    if lang == "zh":
        return f"{day.month}月{day.day}日 周{WEEKDAYS_ZH[day.weekday()]}"
    return f"{WEEKDAYS_EN[day.weekday()]} {day.day} {MONTHS_EN[day.month - 1]}"


def month_text(day: date, lang: Literal["zh", "en"]) -> str:
    """`2026年3月` or `Mar 2026`."""
    return f"{day.year}年{day.month}月" if lang == "zh" else f"{MONTHS_EN[day.month - 1]} {day.year}"


def dates_text(first: date, last: date, lang: Literal["zh", "en"], *, named_year: int | None = None) -> str:
    """A span of days without saying a month twice: `3月2日–29日`, `3月2日–4月5日`, `2–29 Mar`, `2 Mar – 5 Apr`."""
    if lang == "zh":
        year = f"{named_year}年" if named_year else ""
        end = f"{last.day}日" if (first.year, first.month) == (last.year, last.month) else f"{last.month}月{last.day}日"
        return f"{year}{first.month}月{first.day}日–{end}"
    year = f" {named_year}" if named_year else ""
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last.day} {MONTHS_EN[last.month - 1]}{year}"
    return f"{first.day} {MONTHS_EN[first.month - 1]} – {last.day} {MONTHS_EN[last.month - 1]}{year}"


def hours_text(starts: datetime, ends: datetime, lang: Literal["zh", "en"]) -> str:
    """`08:30–17:00`; a shift over midnight says so: `20:00–次日 08:00`, `20:00–08:00 next day`."""
    if starts.date() == ends.date():
        return f"{starts:%H:%M}–{ends:%H:%M}"
    return f"{starts:%H:%M}–次日 {ends:%H:%M}" if lang == "zh" else f"{starts:%H:%M}–{ends:%H:%M} next day"
