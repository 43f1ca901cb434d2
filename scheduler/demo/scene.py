"""When the demonstration plays: months of whole weeks around today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from scheduler import clock
from scheduler.demo.cast import names

MONTHS_OF_HISTORY = 12
SEED = 20260302  # the same people and the same year for every visitor who comes on the same day


@dataclass(frozen=True, slots=True)
class Month:
    """A roster's period: the weeks whose Thursday lies in one month (as ISO 8601 gives weeks to years).

    Whole weeks, because leaders owe their visits by the week: none is cut in two.
    """

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Scene:
    """The moment that it is, the months around it, and where chance and names come from."""

    now: datetime
    zone: ZoneInfo
    months: tuple[Month, ...]  # twelve that are over, the current one, the next one
    chance: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311 - invented data wants to be repeatable
    called: Iterator[str] = field(default_factory=lambda: names(Random(SEED)))  # noqa: S311

    @property
    def began(self) -> date:
        """The first day of history."""
        return self.months[0].first

    @property
    def today(self) -> date:
        """The local date."""
        return clock.today(self.now, self.zone)

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """An instant of the demonstration; never later than now."""
        return min(clock.instant(day, time(hour, minute), self.zone), self.now)


def scene(now: datetime, zone: ZoneInfo) -> Scene:
    """The stage as it stands at `now`."""
    thursday = clock.monday(clock.today(now, zone)) + timedelta(days=3)
    firsts = [thursday.replace(day=1)]
    while len(firsts) <= MONTHS_OF_HISTORY:
        firsts.insert(0, (firsts[0] - timedelta(days=1)).replace(day=1))
    firsts.append(clock.first_of_next_month(firsts[-1]))
    return Scene(now, zone, tuple(month_of(first) for first in firsts))


def month_of(first: date) -> Month:
    """The whole weeks of the month that begins on `first`."""
    after = clock.first_of_next_month(first)
    return Month(_first_thursday(first) - timedelta(days=3), _first_thursday(after) - timedelta(days=4))


def _first_thursday(first: date) -> date:
    return first + timedelta(days=(3 - first.weekday()) % 7)
