"""The only place that asks what time it is; instants to text and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This moment in UTC, whole seconds: asked at the doors only (a request, a job, the command line)."""
    return datetime.now(UTC).replace(microsecond=0)


def to_text(instant: datetime) -> str:
    """An aware instant as UTC text that sorts: `2026-03-02T01:00:00Z`."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_text(text: str) -> datetime:
    """The instant that `to_text` wrote, in UTC."""
    return datetime.fromisoformat(text)  # ten times quicker than strptime, and a board reads thousands


def local(text: str, zone: ZoneInfo) -> datetime:
    """A stored instant on the wall clock of `zone`."""
    return from_text(text).astimezone(zone)


def today(now: datetime, zone: ZoneInfo) -> date:
    """The local date at `now`."""
    return now.astimezone(zone).date()


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant when clocks in `zone` show `at` on `day`, in UTC."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant when `day` begins in `zone`, in UTC."""
    return instant(day, time(0), zone)


def span(day: date, starts: time, ends: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """A shift's first and last instant; one that ends at or before its start ends on the next day."""
    last = day if ends > starts else day + timedelta(days=1)
    return instant(day, starts, zone), instant(last, ends, zone)


def monday(day: date) -> date:
    """The Monday of the ISO week that holds `day`."""
    return day - timedelta(days=day.weekday())


def first_of_next_month(day: date) -> date:
    """The first day of the month after the one that holds `day`."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
