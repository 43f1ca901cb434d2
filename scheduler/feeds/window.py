"""Which weeks a calendar shows, and what it holds of them where clients take no more."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from scheduler import clock
from scheduler.feeds.render import Entry

BACK = timedelta(days=31)
AHEAD = timedelta(days=180)
KEPT = timedelta(days=7)  # a cancelled duty stays to be seen as cancelled, on every phone that polls once a week
MOST_EVENTS, MOST_BYTES = 500, 400_000  # from about 1,000 events or 1 MB on, some importers drop the feed
HEAD_BYTES = 1_000
MOST_A_DAY = 100  # where one day alone would be too much: 4 KB each is below MOST_BYTES


@dataclass(frozen=True, slots=True)
class Window:
    """The weeks that a calendar shows: its edges are Monday midnights, so time alone moves them once a week."""

    today: date
    week: date
    first: datetime
    last: datetime
    cancelled_since: datetime

    def marks(self) -> str:
        """What a calendar that is up to date today is marked with, as JSON: by its week, or by its day."""
        return json.dumps([self.week.isoformat(), f"day {self.today}"])


@dataclass(frozen=True, slots=True)
class Held:
    """What a calendar holds, how it is marked, and the last day shown where it had to be cut."""

    entries: list[Entry]
    mark: str
    shows_to: date | None


def window(now: datetime, zone: ZoneInfo) -> Window:
    """At least 31 days back and 180 ahead of any day of this week."""
    today = clock.today(now, zone)
    week = clock.monday(today)
    return Window(
        today,
        week,
        clock.midnight(clock.monday(week - BACK), zone),
        clock.midnight(clock.monday(week + timedelta(days=6) + AHEAD) + timedelta(days=7), zone),
        clock.midnight(week, zone) - KEPT,
    )


def at_most(made: list[Entry], shown: Window, zone: ZoneInfo) -> Held:
    """All of them, or the whole weeks nearest to this one that hold no more than clients take: first those to come.

    Where not even this week would go in, whole days from today: such a calendar moves on every day.
    """
    weeks = _parted(made, lambda entry: clock.monday(clock.today(entry.starts, zone)))
    ahead = sorted(week for week in weeks if week >= shown.week)
    back = sorted((week for week in weeks if week < shown.week), reverse=True)
    kept = _fitting(weeks, ahead + back)
    if not ahead or shown.week not in weeks or kept:
        last = max(kept & set(ahead), default=shown.week) + timedelta(days=6)
        return Held(_of(weeks, kept), shown.week.isoformat(), None if kept >= set(ahead) else last)
    days = _parted(made, lambda entry: clock.today(entry.starts, zone))
    to_come = sorted(day for day in days if day >= shown.today)
    kept = _fitting(days, to_come)
    entries = _of(days, kept) if kept or not to_come else days[to_come[0]][:MOST_A_DAY]
    return Held(entries, f"day {shown.today}", max(kept, default=shown.today))


def _parted(made: list[Entry], by: Callable[[Entry], date]) -> dict[date, list[Entry]]:
    """The entries, which are in order, by week or day."""
    return {key: list(entries) for key, entries in groupby(made, by)}


def _fitting(parts: dict[date, list[Entry]], wanted: list[date]) -> set[date]:
    """Of the parts, as they are wanted, those up to the first that would be too much."""
    kept: set[date] = set()
    events, size = 0, HEAD_BYTES
    for key in wanted:
        events += len(parts[key])
        size += sum(entry.most_bytes() for entry in parts[key])
        if events > MOST_EVENTS or size > MOST_BYTES:
            break
        kept.add(key)
    return kept


def _of(parts: dict[date, list[Entry]], kept: set[date]) -> list[Entry]:
    return [entry for key in sorted(kept) for entry in parts[key]]
