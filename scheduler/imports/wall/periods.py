"""What titles say of the time, and which days the dates of an axis mean with that; nothing is guessed."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from scheduler.imports.wall.dates import Bit, DateCell, arabic
from scheduler.imports.wall.words import PHONE, squeezed

SHORT_YEAR = re.compile(r"(?<![\d.])(2\d)年(?=度|\d{1,2}月)")
MADE = re.compile(r"制表|编制|印发|打印|填报|更新|截止|截至|报送|修订|发布|审核|下发")


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


def period(texts: Iterable[str]) -> Period:
    """What plain texts say of year, month and range of days; a telephone is no year, when it was made no month."""
    said = [
        SHORT_YEAR.sub(r"20\1年", _year_alone(arabic(squeezed(arabic(part)))))
        for text in texts
        for part in re.split(r"[\n;；]|\s{2,}", PHONE.sub(" ", text))
    ]
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
    for part in said:
        if whole := WHOLE.fullmatch(part.removesuffix("日")):
            years.add(int(whole[1]))
            months.add(int(whole[2]))
    months = _nearest(said) if len(months) > 1 else months
    found.year = years.copy().pop() if len(years) == 1 else None
    found.month = months.copy().pop() if len(months) == 1 else None
    found.clash = len(years) > 1 or len(months) > 1
    if found.first and found.last:
        found.year = found.year or (found.first.year if found.first.year == found.last.year else None)
        found.month = found.first.month if found.first.month == found.last.month else None
        found.clash = False
    return found


def _year_alone(text: str) -> str:
    """In a line without Chinese, or with only a month's sign, the one number from 2000 on is its year."""
    years = re.findall(r"(?<!\d)20\d{2}(?!\d)", text)
    alone = len(years) == 1 and re.search("[A-Za-z]", text) and not re.search(r"(?![月日])[\u4e00-\u9fff]", text)
    return text.replace(years[0], f"{years[0]}年") if alone and f"{years[0]}年" not in text else text


def _nearest(said: list[str]) -> set[int]:
    """The month that stands alone directly over the table, where the title names several; else none."""
    alone = re.fullmatch(r"(?:20\d{2}年)?(\d{1,2})月份?", said[-1]) if said else None
    return {int(alone[1])} if alone else {0, 13}


def only_day(texts: Iterable[str]) -> date | None:
    """The one whole date that plain texts say; nothing where they say none, or several."""
    said = [arabic(squeezed(arabic(text))) for text in texts]
    found = {match for text in said if not MADE.search(text) for match in WHOLE.findall(text)}
    try:
        days = {date(*(int(part) for part in match)) for match in found}
    except ValueError:
        return None
    return days.pop() if len(days) == 1 else None


WHOLE = re.compile(r"(?<!\d)(20\d{2})[年./-](\d{1,2})[月./-](\d{1,2})(?!\d)")
RANGE = re.compile(
    r"(?:(?P<y>20\d{2})[年./-])?(?P<m>\d{1,2})[月./-](?P<d>\d{1,2})日?(?:-+|—+|–+|~+|至|到)"
    r"(?:(?P<y2>20\d{2})[年./-])?(?:(?P<m2>\d{1,2})[月./-])?(?P<d2>\d{1,2})(?:日|号|(?![\d:点时]))"
)


def _range(text: str, found: Period) -> None:
    match = RANGE.search(text)
    if not match:
        _months(text, found)
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


MONTHS = re.compile(r"(20\d{2})年(\d{1,2})月份?(?:-+|—+|–+|~+|至|到)(?:(20\d{2})年)?(\d{1,2})月(?!\d)")


def _months(text: str, found: Period) -> None:
    """From one month to another: the days from the first of the one to the last of the other."""
    match = MONTHS.search(text)
    if not match or not all(1 <= int(month) <= 12 for month in (match[2], match[4])):
        return
    first, until = date(int(match[1]), int(match[2]), 1), (int(match[3] or match[1]), int(match[4]))
    if not match[3] and until[1] < first.month:
        until = (first.year + 1, until[1])
    last = date(*until, monthrange(*until)[1])
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
    said = [cell.kind for cell in cells if cell]
    of_ranges = said.count("range") >= max(2, (len(said) + 1) // 2)  # a line a week: each of its days is meant
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
            elif bit.day < before and known.month is None:
                month = None  # the days begin anew, and no month is named
            before = bit.day
            _add(days, bit, bit.month or month, bit.year or year, known)
        if cell.kind == "range" and days.days and not days.problem:
            days.days = [days.days[0] + timedelta(n) for n in range((days.days[-1] - days.days[0]).days + 1)][:31]
            if not of_ranges or not days.days:
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
        swapped = bit.day == known.month and bit.year is None  # 1/12 in December may be written the other way round
        days.problem, days.maybe = "ambiguous_date" if swapped else "outside_month", True


def _by_order(cells: list[DateCell | None], at: int, cell: DateCell, known: Period) -> Days:
    """A weekday without a date: the n-th day of the range in the title, where all weekdays agree."""
    if known.first is None or known.last is None:
        return Days(problem="missing_month")
    weekdays = [other.weekday for other in cells if other]
    length = (known.last - known.first).days + 1
    in_order = all(weekday == (known.first.weekday() + n) % 7 for n, weekday in enumerate(weekdays))
    if not in_order or len(weekdays) > length or length > 7:
        return Days(problem="ambiguous_date")
    return Days([known.first + timedelta(days=at)])
