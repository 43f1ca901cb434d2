"""Dates of duty sheets: what a cell, a title or a sheet's name says of a date, and which days are meant for certain."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from scheduler.imports.wall.words import plain, squeezed

DIGITS = {
    "〇": 0,
    "零": 0,
    "○": 0,
    "O": 0,
    "o": 0,
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "元": 1,
}
NUMERAL = re.compile(r"[〇零○Oo一二三四五六七八九]{4}(?=年)|[初]?[一二三四五六七八九十廿卅]{1,3}(?=[月日号])")
WEEKDAYS = "一二三四五六日"
ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY = re.compile(
    r"(?:星期|礼拜|周|週)([一二三四五六日天1-7])|\b(mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?\b"
    r"|^\(?([一二三四五六日天])\)?$|(?<=[\d日号])\s*\(([一二三四五六日天])\)|(?<=[日号])\s*([一二三四五六日天])$"
    r"|(?<=\d)\s+([一二三四五六])$",
    re.IGNORECASE,
)
ONE = (
    r"(?:(?P<y>\d{4}|2\d(?=(?:年|[-/.])(?:0?[1-9]|1[0-2])(?:月|[-/.])\d))(?:年|[-/.]))?(?P<m>\d{1,2})(?:月|[-/.])(?P<d>\d{1,2})(?:日|号)?|(?P<d2>\d{1,2})(?:日|号)"
    r"|(?P<y3>20\d{2})(?P<m3>\d{2})(?P<d3>\d{2})"
)
ONLY = re.compile(ONE)
AROUND = re.compile(
    r"元旦|春节|除夕|清明节?|劳动节|端午节?|中秋节?|国庆节?|圣诞节?|冬至|大雪|小年|节假日|工作日|休息日|补班|上班|节日|双休|[()\[\]【】,，\n]"
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NAMED = (
    r"(?<![A-Za-z])(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)(?![A-Za-z])\.?"
)
MONTH_NAME = re.compile(NAMED, re.IGNORECASE)
OF_YEAR = re.compile(NAMED + r"[ ,/-]*(20\d{2})(?!\d)", re.IGNORECASE)
NTH = r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?(?![\d:])"
DAY_FIRST = re.compile(
    NTH + r"[ ./-]*" + NAMED.replace("(?<![A-Za-z])", "") + r"(?:[ ,./-]*(20\d{2})(?!\d))?", re.IGNORECASE
)
MONTH_FIRST = re.compile(NAMED + r"[ /-]*" + NTH + r"(?:[ ,/-]+(20\d{2})(?!\d))?", re.IGNORECASE)
DASH = re.compile(r"-+|—+|–+|~+|至|到|〜")
JOINED = re.compile(r"[、,，;；和及]")
SERIALS = range(36_526, 73_051)  # 2000 to 2099
YEARS = range(2000, 2100)


@dataclass(frozen=True, slots=True)
class Bit:
    """What is said of one date; what is not said is None."""

    day: int
    month: int | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class DateCell:
    """A cell that says a date: full, month and day, a day, a bare number, a weekday alone, several, or a range."""

    kind: str  # full md day number numbers weekday several range
    bits: tuple[Bit, ...] = ()
    weekday: int | None = None


def arabic(text: str) -> str:
    """A text with its dates in digits: 二〇二六年十二月, December 2026 → 2026年12月; 1-Dec → 12月1日."""
    text = NUMERAL.sub(lambda match: str(_number(match[0])), text)
    return _english(text) if MONTH_NAME.search(text) else text


def _english(text: str) -> str:
    text = DAY_FIRST.sub(lambda match: _md(match[2], match[1], match[3]), text)
    text = MONTH_FIRST.sub(lambda match: _md(match[1], match[2], match[3]), text)
    text = OF_YEAR.sub(lambda match: f"{match[2]}年{_month(match[1])}月", text)
    return MONTH_NAME.sub(lambda match: f"{_month(match[1])}月", text)


def _md(month: str, day: str, year: str | None) -> str:
    return f"{year}年" * bool(year) + f"{_month(month)}月{int(day)}日"


def _month(name: str) -> int:
    return MONTHS.index(name[:3].lower()) + 1


def _number(numeral: str) -> int:
    numeral = numeral.removeprefix("初")
    if len(numeral) == 4:
        return int("".join(str(DIGITS[sign]) for sign in numeral))
    tens = {"廿": 20, "卅": 30}
    if numeral[0] in tens:
        return tens[numeral[0]] + (DIGITS[numeral[-1]] if len(numeral) > 1 and numeral[-1] in DIGITS else 0)
    before, ten, after = numeral.partition("十")
    if not ten:
        return int("".join(str(DIGITS[sign]) for sign in before))
    return (DIGITS[before] if before else 1) * 10 + (DIGITS[after] if after else 0)


def weekday_of(text: str) -> int | None:
    """The weekday that a plain text says, Monday 0."""
    found = WEEKDAY.search(text)
    if not found:
        return None
    if found[2]:
        return ENGLISH.index(found[2].lower())
    sign = next(sign for sign in (found[1], *found.groups()[2:]) if sign)
    return int(sign) - 1 if sign.isdigit() else WEEKDAYS.index(sign.replace("天", "日"))


def date_cell(value: Any) -> DateCell | None:
    """What a cell says of a date, if that is all it says."""
    if isinstance(value, dict):
        day = date.fromisoformat(value["date"])
        return DateCell("full", (Bit(day.day, day.month, day.year),))
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return _numbered(float(value))
    text = plain(value)
    if not text or len(text) > 60:
        return None
    return _said(text)


def _numbered(number: float) -> DateCell | None:
    if not number.is_integer():
        return _said(repr(number))
    if int(number) in SERIALS:
        day = date(1899, 12, 30) + timedelta(days=int(number))
        return DateCell("full", (Bit(day.day, day.month, day.year),))
    return DateCell("number", (Bit(int(number)),)) if 1 <= number <= 31 else None


def _said(text: str) -> DateCell | None:
    text = text.replace("號", "号").replace("週", "周")
    weekday = weekday_of(text)
    text = arabic(text)
    left = arabic("".join(AROUND.sub(" ", WEEKDAY.sub(" ", text) if weekday is not None else text).split()))
    left = re.sub(r"(?:上午|下午|\d{1,2}:\d{2}(?::\d{2})?)$", "", left).strip("/|·-")
    if not left:
        return DateCell("weekday", (), weekday) if weekday is not None else None
    if left.isdigit() and len(left) <= 2:
        return DateCell("number", (Bit(int(left)),), weekday) if 1 <= int(left) <= 31 else None
    if found := ONLY.fullmatch(left):
        bit = _bit(found)
        return DateCell("full" if bit.year else "md" if bit.month else "day", (bit,), weekday)
    ends = DASH.split(left)
    if len(ends) == 2 and (pair := _row_of(ends)) and _says_dates(pair, ends):
        return DateCell("range", pair, weekday)
    text = arabic(squeezed(text))
    pieces = [piece for piece in JOINED.split(text) if piece]
    if len(pieces) > 1 and (several := _row_of(pieces)):
        return DateCell("several" if _says_dates(several, pieces) else "numbers", several)
    return None


def _row_of(pieces: list[str]) -> tuple[Bit, ...]:
    """Dates one after the other: 12.1、9、17日, and bare numbers that may be days: 3、10、17."""
    bits: list[Bit] = []
    for piece in pieces:
        found = ONLY.fullmatch(piece)
        if found:
            bits.append(_bit(found))
        elif piece.isdigit() and 1 <= int(piece) <= 31:
            bits.append(Bit(int(piece)))
        else:
            return ()
    for at in range(1, len(bits)):
        before = bits[at - 1]
        bits[at] = Bit(bits[at].day, bits[at].month or before.month, bits[at].year or before.year)
    return tuple(bits)


def _says_dates(bits: tuple[Bit, ...], pieces: list[str]) -> bool:
    """Whether the first says the month, or the last says that they are days."""
    return bool(bits[0].month) or pieces[-1].endswith(("日", "号"))


def _bit(found: re.Match[str]) -> Bit:
    if found["d2"]:
        return Bit(int(found["d2"]))
    if found["y3"]:
        return Bit(int(found["d3"]), int(found["m3"]), int(found["y3"]))
    year = int(found["y"]) if found["y"] else None
    return Bit(int(found["d"]), int(found["m"]), year + 2000 if year and year < 100 else year)
