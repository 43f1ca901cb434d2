"""The days that a list of leave says, also without their year where a title over the list says it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from scheduler.errors import Invalid
from scheduler.imports import cells
from scheduler.imports.heads import Head
from scheduler.imports.sheets import Line
from scheduler.imports.wall.dates import Bit, date_cell
from scheduler.imports.wall.periods import Period, period

FOLLOWING = timedelta(days=62)  # leave that lasts longer says its year, or is asked


def period_of(lines: Sequence[Line], head: Head, sheet: str, filename: str) -> Period:
    """The year and month that the lines over the head say, and then the sheet's and the file's name."""
    over = [cells.text(cell) for line in lines if line.number < head.line.number for cell in line.cells]
    return period(text for text in over if text).over(period([sheet])).over(period([Path(filename).stem]))


def day(written: str, known: Period, *, is_number: bool = False, after: date | None = None) -> date:
    """A day with its year, or with the year, and the month, of the title; Invalid where neither says it.

    A number such as 12.1 may be the first or the tenth, and a month that is not the title's may be of another year:
    both are asked. Of an end its beginning says the rest: what comes within two months `after` it is certain.
    """
    try:
        return cells.day(float(written) if is_number and written.isdigit() else written)
    except Invalid:
        bit, weekday = _bit(written)
    if (bit.month or 1) > 12 or bit.day > 31:
        raise Invalid("bad_date", text=written)
    if not bit.year and bit.month and not is_number and (found := _within(bit, weekday, known, after)):
        return found
    year, month = bit.year or known.year, bit.month or known.month
    if year is None or month is None:
        raise Invalid("leave_month_missing", text=written)
    if (is_number and bit.day in (1, 2, 3)) or (not bit.year and known.month and month != known.month):
        raise Invalid("leave_date_unsure", text=written)
    try:
        found = date(year, month, bit.day)
    except ValueError as error:
        raise Invalid("bad_date", text=written) from error
    if weekday is not None and found.weekday() != weekday:
        raise Invalid("leave_weekday_differs", text=written)
    return found


def _within(bit: Bit, weekday: int | None, known: Period, after: date | None) -> date | None:
    """The one day of the title's range, or of the two months after a beginning, that a month and a day mean."""
    first, last = (after, after + FOLLOWING) if after else (known.first, known.last)
    if first is None or last is None:
        return None
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    fits = [day for day in days if (day.month, day.day) == (bit.month, bit.day)]
    return fits[0] if len(fits) == 1 and weekday in (None, fits[0].weekday()) else None


def _bit(written: str) -> tuple[Bit, int | None]:
    cell = date_cell(written)
    if cell is None or cell.kind not in ("md", "day", "full"):
        raise Invalid("bad_date", text=written)
    return cell.bits[0], cell.weekday
