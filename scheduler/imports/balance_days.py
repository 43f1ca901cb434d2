"""The day up to which a list of opening balances counts, as its titles, its notes or its name say it."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date

from scheduler.imports.wall.dates import arabic
from scheduler.imports.wall.periods import MADE

DAY = r"((?:19|20)\d\d)\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?"
SAID = re.compile(rf"(?:截[至止]到?|as of|up to)[:：]?\s*{DAY}", re.IGNORECASE)
AS_OF = re.compile(DAY)
SPAN = re.compile(rf"{DAY}\s*(?:至|到|-+|—+|–|~|～)\s*")
MONTH = re.compile(
    r"(?:截[至止]到?[:：]?\s*((?:19|20)\d\d)年(\d{1,2})月[底末份]?|((?:19|20)\d\d)年1月?(?:-|—|–|至|~|～)(\d{1,2})月)"
)
UNTIL = re.compile(r"截[至止]")


def titled(above: Iterable[str], below: Iterable[str] = ()) -> date | None:
    """The one day that titles over the head say; below it, and in a file's name, only what says that it is that day.

    When a list was made is not up to when it counts. None where nothing says it, or where two days are said.
    """
    over = [arabic(text) for text in above]
    said = over + [arabic(text) for text in below if UNTIL.search(text)]
    plain = [SPAN.sub("", text) for text in over if not MADE.search(text)]
    for days in (
        [found for text in said for found in SAID.findall(text)],
        [found for text in plain for found in AS_OF.findall(text)],
        [(year or other, month or last, "") for text in said for year, month, other, last in MONTH.findall(text)],
    ):
        if days:
            return _one({(int(year), int(month), int(day or 0)) for year, month, day in days})
    return None


def _one(days: set[tuple[int, int, int]]) -> date | None:
    if len(days) != 1:
        return None
    year, month, day = days.pop()
    try:
        return date(year, month, day or monthrange(year, month)[1])
    except (ValueError, IndexError):
        return None
