"""When a rule is, before a duty: minutes, days at a clock time, the last workday; and what quiet hours make of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scheduler import clock
from scheduler.database import Row

LEAST_NOTICE = timedelta(minutes=60)  # a reminder put off to the end of quiet hours still leaves as long to get there
FURTHEST_BACK = 31  # days; no holiday is longer

# `minutes:120` · `days:3`, at the duty's own clock time · `days:1@17:00` · `workday@17:00`, the last one before
RULE = re.compile(r"minutes:(?P<minutes>\d{1,5})|days:(?P<days>\d{1,2})(@(?P<at>\d\d:\d\d))?|workday@(?P<on>\d\d:\d\d)")

IsWorkday = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: when, whether nobody may do without it, and by which ways out, the first that reaches."""

    rule: str
    must: bool = False
    channels: tuple[str, ...] = ("email",)


class Quiet(NamedTuple):
    """Hours of the local day in which nobody is written to; they may run over midnight. The first is still loud."""

    opens: time
    closes: time


def quiet_of(row: Row) -> Quiet | None:
    """The quiet hours that a row holds as quiet_from and quiet_to, or None."""
    if row["quiet_from"] is None:
        return None
    return Quiet(time.fromisoformat(row["quiet_from"]), time.fromisoformat(row["quiet_to"]))


def quiet_columns(quiet: Quiet | None) -> dict[str, str | None]:
    """The columns that hold quiet hours."""
    opens, closes = (f"{at:%H:%M}" for at in quiet) if quiet else (None, None)
    return {"quiet_from": opens, "quiet_to": closes}


def is_rule(text: str) -> bool:
    """Whether the text is a rule: the right shape, a true clock time, minutes up to a week, days up to a month."""
    found = RULE.fullmatch(text)
    if found is None or int(found["minutes"] or 1) not in range(1, 7 * 1440 + 1):
        return False
    if int(found["days"] or 1) not in range(FURTHEST_BACK) or (found["days"] == "0" and not found["at"]):
        return False
    clock_time = found["at"] or found["on"] or "00:00"
    return clock_time < "24:00" and clock_time[3:] < "60"


def asked(rule: str, starts: datetime, zone: ZoneInfo, is_workday: IsWorkday) -> datetime | None:
    """When the rule is for a duty that starts then; None where that is not before it.

    Days are local days: a duty at 08:30 on the day after the clocks change is reminded of at 08:30 too.
    """
    found = RULE.fullmatch(rule)
    if found is None:
        return None
    begins = starts.astimezone(zone)
    if found["minutes"]:
        at = starts - timedelta(minutes=int(found["minutes"]))
    elif found["days"]:
        day = begins.date() - timedelta(days=int(found["days"]))
        at = clock.instant(day, time.fromisoformat(found["at"]) if found["at"] else begins.time(), zone)
    else:
        before = (begins.date() - timedelta(days=back) for back in range(1, FURTHEST_BACK + 1))
        last = next((day for day in before if is_workday(day)), None)
        if last is None:
            return None
        at = clock.instant(last, time.fromisoformat(found["on"]), zone)
    return at if at < starts else None


def moments(at: datetime, starts: datetime, quiet: Quiet | None, zone: ZoneInfo) -> list[datetime]:
    """The moments at which a reminder asked for at `at` may go out: the first that is still to come is taken.

    Outside of quiet hours that is `at`. Inside, it is put off to their end where that leaves an hour to
    get there; else it goes out as they begin, or, too late for that, at their end if that is before the duty.
    """
    window = _window(at, quiet, zone) if quiet else None
    if window is None:
        return [at]
    opens, closes = window
    if starts - closes >= LEAST_NOTICE:
        return [closes]
    return [opens, closes] if closes < starts else [opens]


def _window(at: datetime, quiet: Quiet, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """The quiet hours that `at` lies in."""
    day = at.astimezone(zone).date()
    for first in (day - timedelta(days=1), day):
        opens, closes = clock.span(first, quiet.opens, quiet.closes, zone)
        if opens < at < closes:
            return opens, closes
    return None
