"""Dates of duty sheets: what a cell, a title or a sheet's name says of a date, and which days are meant for certain."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from scheduler.imports.wall.words import PHONE, plain, squeezed

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
    r"(?:星期|礼拜|周)([一二三四五六日天1-7])|\b(mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?\b|^\(?([一二三四五六日天])\)?$",
    re.IGNORECASE,
)
ONE = (
    r"(?:(?P<y>\d{4})(?:年|[-/.]))?(?P<m>\d{1,2})(?:月|[-/.])(?P<d>\d{1,2})(?:日|号)?|(?P<d2>\d{1,2})(?:日|号)"
    r"|(?P<y3>20\d{2})(?P<m3>\d{2})(?P<d3>\d{2})"
)
ONLY = re.compile(ONE)
AROUND = re.compile(
    r"元旦|春节|除夕|清明节?|劳动节|端午节?|中秋节?|国庆节?|圣诞节?|冬至|大雪|小年|节假日|工作日|休息日|补班|上班|节日|双休|[()\[\]【】,，\n]"
)
DASH = re.compile(r"-+|—+|–+|~+|至|到|〜")
JOINED = re.compile(r"[、,，;；和及]")
MADE = re.compile(r"制表|编制|印发|打印|填报|更新|截止|截至|报送|修订|发布|审核|下发")
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

    kind: str  # full md day number weekday several range
    bits: tuple[Bit, ...] = ()
    weekday: int | None = None


@dataclass(slots=True)
class Period:
    """What titles say of the time: a year, a month, a range of days; more than one month is none."""

    year: int | None = None
    month: int | None = None
    first: date | None = None
    last: date | None = None
    clash: bool = False

    def over(self, below: Period) -> Period:
        """This, and what only the one below says."""
        year = self.year or below.year
        if self.first or (self.year and self.month):
            return self
        range_fits = below.first is not None and (self.month is None or below.first.month == self.month)
        first, last = (below.first, below.last) if range_fits else (None, None)
        return Period(year, self.month or below.month, first, last, self.clash)


def arabic(text: str) -> str:
    """A text with the Chinese numerals of its dates as digits: 二〇二六年十二月 → 2026年12月."""
    return NUMERAL.sub(lambda match: str(_number(match[0])), text)


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
    sign = found[1] or found[3]
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
    weekday = weekday_of(text)
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
    if len(ends) == 2 and (pair := _row_of(ends)):
        return DateCell("range", pair, weekday)
    text = arabic(squeezed(text))
    pieces = [piece for piece in JOINED.split(text) if piece]
    if len(pieces) > 1 and (several := _row_of(pieces)):
        return DateCell("several", several)
    return None


def _row_of(pieces: list[str]) -> tuple[Bit, ...]:
    """Dates one after the other, where the first says the month or the last says that they are days: 12.1、9、17日."""
    bits: list[Bit] = []
    for piece in pieces:
        found = ONLY.fullmatch(piece)
        if found:
            bits.append(_bit(found))
        elif piece.isdigit() and 1 <= int(piece) <= 31:
            bits.append(Bit(int(piece)))
        else:
            return ()
    if not (bits[0].month or pieces[-1].endswith(("日", "号"))):
        return ()
    for at in range(1, len(bits)):
        before = bits[at - 1]
        bits[at] = Bit(bits[at].day, bits[at].month or before.month, bits[at].year or before.year)
    return tuple(bits)


def _bit(found: re.Match[str]) -> Bit:
    if found["d2"]:
        return Bit(int(found["d2"]))
    if found["y3"]:
        return Bit(int(found["d3"]), int(found["m3"]), int(found["y3"]))
    return Bit(int(found["d"]), int(found["m"]), int(found["y"]) if found["y"] else None)


def period(texts: Iterable[str]) -> Period:
    """What plain texts say of year, month and range of days. Telephones are no years, and when it was made is no month."""
    said = [arabic(squeezed(part)) for text in texts for part in re.split(r"[\n;；]|\s{2,}", PHONE.sub(" ", text))]
    said = [part for part in said if part and not MADE.search(part)]
    found = Period()
    for part in said:
        _range(part, found)
    years = {int(y) for part in said for y in re.findall(r"(?<!\d)(20\d{2})(?=年|[-./]\d{1,2}(?!\d)|度)", part)}
    months = {
        int(m)
        for part in said
        for m in re.findall(r"(?:(?<=20\d\d[-./])|(?<![\d./-]))(\d{1,2})(?=月(?!\d))", part)
        + re.findall(r"(?<!\d)20\d{2}[-./](\d{1,2})(?![\d./-])", part)
        if 1 <= int(m) <= 12
    }
    found.year = years.copy().pop() if len(years) == 1 else None
    found.month = months.copy().pop() if len(months) == 1 else None
    found.clash = len(years) > 1 or len(months) > 1
    if found.first and found.last:
        found.year = found.year or (found.first.year if found.first.year == found.last.year else None)
        found.month = found.first.month if found.first.month == found.last.month else None
        found.clash = False
    return found


RANGE = re.compile(
    r"(?:(?P<y>20\d{2})[年./-])?(?P<m>\d{1,2})[月./-](?P<d>\d{1,2})日?(?:-+|—+|–+|~+|至|到)"
    r"(?:(?P<y2>20\d{2})[年./-])?(?:(?P<m2>\d{1,2})[月./-])?(?P<d2>\d{1,2})(?:日|号|(?![\d:点时]))"
)


def _range(text: str, found: Period) -> None:
    match = RANGE.search(text)
    if not match:
        return
    year = match["y"] or next(iter(re.findall(r"(?<!\d)(20\d{2})年", text)), None)
    if year is None:
        return
    try:
        first = date(int(year), int(match["m"]), int(match["d"]))
        last = date(int(match["y2"] or year), int(match["m2"] or match["m"]), int(match["d2"]))
    except ValueError:
        return
    if last < first and not match["y2"]:
        last = last.replace(year=last.year + 1)
    if timedelta(0) <= last - first <= timedelta(days=366):
        found.first, found.last = first, last


@dataclass(slots=True)
class Days:
    """The days of one place on the axis: those meant, or why they are not certain."""

    days: list[date] = field(default_factory=list)
    problem: str = ""
    maybe: bool = False


def resolved(cells: list[DateCell | None], known: Period) -> list[Days]:
    """The days that an axis's cells mean, one after the other; nothing is moved and nothing is guessed."""
    years = {bit.year for cell in cells if cell for bit in cell.bits if bit.year}
    year = known.year or (years.pop() if len(years) == 1 else None)
    found: list[Days] = []
    month, before = known.month, 0
    offset = next((n for n, cell in enumerate(cells) if cell), 0)
    for n, cell in enumerate(cells):
        if cell is None:
            found.append(Days())
            continue
        if cell.kind == "weekday":
            found.append(_by_order(cells, n - offset, cell, known))
            continue
        days = Days()
        for bit in cell.bits:
            if bit.month:
                month = bit.month if known.month is None else month
            elif bit.day < before and known.month is None and not known.first:
                month = None  # the days begin anew, and no month is named
            before = bit.day
            _add(days, bit, bit.month or month, bit.year or year, known)
        if cell.kind == "range" and days.days and not days.problem:
            days.days = [days.days[0] + timedelta(n) for n in range((days.days[-1] - days.days[0]).days + 1)][:31]
            days.problem, days.maybe = "ambiguous_date", True
        found.append(days)
    return found


def _add(days: Days, bit: Bit, month: int | None, year: int | None, known: Period) -> None:
    if known.first and known.last and not (bit.month and bit.year):
        day = known.first
        fits = []
        while day <= known.last:
            if day.day == bit.day and bit.month in (None, day.month):
                fits.append(day)
            day += timedelta(days=1)
        if len(fits) == 1:
            days.days.append(fits[0])
            return
    if month is None or year is None:
        days.problem = days.problem or "missing_month"
        return
    if not 1 <= month <= 12 or not 1 <= bit.day <= monthrange(year, month)[1]:
        days.problem = "bad_date"
        return
    day = date(year, month, bit.day)
    days.days.append(day)
    outside = known.month is not None and (
        day.month != known.month or (known.year is not None and day.year != known.year)
    )
    if known.first and known.last:
        outside = not known.first <= day <= known.last
    if outside and not days.problem:
        days.problem, days.maybe = "outside_month", True


def _by_order(cells: list[DateCell | None], at: int, cell: DateCell, known: Period) -> Days:
    """A weekday without a date: the so-and-so-many-th day of the range in the title, where all weekdays agree with it."""
    if known.first is None or known.last is None:
        return Days(problem="missing_month")
    weekdays = [other.weekday for other in cells if other]
    length = (known.last - known.first).days + 1
    in_order = all(weekday == (known.first.weekday() + n) % 7 for n, weekday in enumerate(weekdays))
    if not in_order or len(weekdays) > length or length > 7:
        return Days(problem="ambiguous_date")
    return Days([known.first + timedelta(days=at)])
