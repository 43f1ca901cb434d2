"""What an .ics says of times away, read in a process of its own: `python -I apart.py ZONE SINCE UNTIL TAKES < file`.

Nobody knows what stands in such a file: this process has little memory and little time, and imports nothing of ours.
What it is given was narrowed to the properties that are read.
Its answer is JSON: the events, or the code of a refusal with its facts.
"""

from __future__ import annotations

import hashlib
import json
import re
import resource
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 10
STEPS_MOST = 20_000  # of one rule that repeats, from its beginning on
FOUND_MOST = 200  # times away in the half year ahead
TEXT_MOST = 60  # of what a refusal quotes

NEEDED = {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}
TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}

# What a time away is called, by kind; the first that fits counts. English words stand alone, Chinese ones anywhere.
WORDS = {
    "sick": "病假 sick",
    "travel": "出差 公出 外出 travel trip",
    "training": "培训 脱产 training course",
    "leave": "请假 年假 休假 事假 婚假 产假 陪产假 护理假 育儿假 丧假 探亲假 调休 leave vacation holiday holidays pto",
    "other": "不可排 不排班 不在 away absent ooo",
}
PHRASES = {"other": "out of office"}


class Refused(Exception):
    """The file is not read: a code, and the facts of its sentence."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def events(text: str, zone: ZoneInfo, since: datetime, until: datetime, takes: str) -> list[dict[str, str]]:
    """The times away between two instants, by start: key, kind, starts_at, ends_at. All of them, or Refused."""
    from icalendar import Calendar  # here, so that its import too is within the limits

    try:
        calendar = Calendar.from_ical(text)
    except (ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        raise Refused("calendar_broken", text="VCALENDAR") from error
    found: dict[str, dict[str, str]] = {}
    for series in _by_uid(calendar.walk("VEVENT")).values():
        for key, event, starts, ends in _occurrences(series, zone, until):
            kind = kind_of(event, takes)
            if kind and starts < until and ends > since:
                name = hashlib.sha256(key.encode()).hexdigest()
                found[name] = {"key": name, "kind": kind, "starts_at": _text(starts), "ends_at": _text(ends)}
        if len(found) > FOUND_MOST:
            raise Refused("calendar_holds_too_much", most=FOUND_MOST)
    return sorted(found.values(), key=lambda row: (row["starts_at"], row["key"]))


def _by_uid(found: list[Any]) -> dict[str, list[Any]]:
    series: dict[str, list[Any]] = {}
    for event in found:
        for name, _ in event.errors:
            if str(name).upper() in NEEDED:
                raise Refused("calendar_broken", text=_quoted(f"{name} {event.get('SUMMARY', '')}"))
        if "DTSTART" not in event:
            raise Refused("calendar_broken", text=_quoted(f"DTSTART {event.get('SUMMARY', '')}"))
        uid = str(event.get("UID", "")) or f"{event.get('SUMMARY', '')} {event['DTSTART'].to_ical()!r}"
        series.setdefault(uid, []).append(event)
    return series


def _occurrences(series: list[Any], zone: ZoneInfo, until: datetime) -> Iterator[tuple[str, Any, datetime, datetime]]:
    """Every time that an event and its exceptions say: key, the event that says it, from when to when."""
    uid = str(series[0].get("UID", "")) or str(series[0].get("SUMMARY", ""))
    single = {_mark(_when(event["RECURRENCE-ID"], zone), zone): event for event in series if "RECURRENCE-ID" in event}
    if any(event["RECURRENCE-ID"].params.get("RANGE") for event in single.values()):
        raise Refused("calendar_changes_what_follows", text=_quoted(str(series[0].get("SUMMARY", ""))))
    whole = [event for event in series if "RECURRENCE-ID" not in event]
    if whole:
        event = max(reversed(whole), key=lambda one: int(one.get("SEQUENCE", 0)))
        length = _length(event, zone)
        repeats = "RRULE" in event or "RDATE" in event
        left_out = _marks(event, "EXDATE", zone)
        for at in _starts(event, zone, until) if not _is_cancelled(event) else ():
            mark = _mark(at, zone)
            if mark not in left_out and mark[:10] not in left_out and mark not in single:
                yield f"{uid}\n{mark if repeats else ''}", event, *_span(at, length, zone)
    for mark, event in single.items():
        if not _is_cancelled(event):
            yield f"{uid}\n{mark}", event, *_span(_when(event["DTSTART"], zone), _length(event, zone), zone)


def _starts(event: Any, zone: ZoneInfo, until: datetime) -> Iterator[date | datetime]:
    first = _when(event["DTSTART"], zone)
    rule = event.get("RRULE")
    for given in _many(event.get("RDATE")):
        for each in given.dts:
            yield _zoned(each.dt[0] if isinstance(each.dt, tuple) else each.dt, given, zone)
    yield first  # also where the rule leaves it out (RFC 5545, 3.8.5.3)
    for one in _many(rule):
        yield from _repeated(one, first, zone, until, str(event.get("SUMMARY", "")))


def _repeated(
    rule: Any, first: date | datetime, zone: ZoneInfo, until: datetime, summary: str
) -> Iterator[date | datetime]:
    """The beginnings by a rule, in the clock time of its own zone, from the first to the end of what is looked at."""
    from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

    if {str(one).upper() for one in rule.get("FREQ", [])} & TOO_OFTEN or any(
        len(rule.get(part, [])) > 1 for part in ("BYHOUR", "BYMINUTE", "BYSECOND")
    ):
        raise Refused("calendar_repeats_too_often", text=_quoted(summary))
    own = (first.tzinfo or zone) if isinstance(first, datetime) else zone
    begin = first.replace(tzinfo=None) if isinstance(first, datetime) else datetime.combine(first, time())
    last = until.astimezone(own).replace(tzinfo=None)
    for given in rule.get("UNTIL", []):
        last = min(last, _until(given, own))
    try:
        text = {name: values for name, values in rule.items() if name != "UNTIL"}
        if any(int(number) < 1 for number in rule.get("INTERVAL", [])):
            raise ValueError("INTERVAL")
        ruled = rrulestr(type(rule)(text).to_ical().decode(), dtstart=begin)
        for step, at in enumerate(ruled):
            if at > last:
                return
            if step >= STEPS_MOST:
                raise Refused("calendar_repeats_too_often", text=_quoted(summary))
            yield at.replace(tzinfo=own) if isinstance(first, datetime) else at.date()
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
        raise Refused("calendar_broken", text=_quoted(f"RRULE {summary}")) from error


def _until(given: date | datetime, own: tzinfo) -> datetime:
    if not isinstance(given, datetime):
        return datetime.combine(given, time(23, 59, 59))
    return given.astimezone(own).replace(tzinfo=None) if given.tzinfo else given


def _length(event: Any, zone: ZoneInfo) -> timedelta:
    starts = _when(event["DTSTART"], zone)
    if "DURATION" in event:
        lasts: timedelta = event["DURATION"].dt
        return max(timedelta(0), lasts)
    if "DTEND" in event:
        ends = _when(event["DTEND"], zone)
        if isinstance(starts, datetime) is not isinstance(ends, datetime):
            raise Refused("calendar_broken", text=_quoted(f"DTEND {event.get('SUMMARY', '')}"))
        between: timedelta = ends - starts
        return max(timedelta(0), between)
    return timedelta(0) if isinstance(starts, datetime) else timedelta(days=1)


def _span(starts: date | datetime, length: timedelta, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when to when: whole days are days of our own zone; hours pass as they do on a clock that is not set."""
    if isinstance(starts, datetime):
        begins = starts.astimezone(UTC)
        return begins, begins + length
    return tuple(  # type: ignore[return-value]
        datetime.combine(day, time(), zone).astimezone(UTC) for day in (starts, starts + max(length, timedelta(1)))
    )


def _when(given: Any, zone: ZoneInfo) -> date | datetime:
    return _zoned(given.dt, given, zone)


def _zoned(when: Any, given: Any, zone: ZoneInfo) -> date | datetime:
    """A day, or an instant; one that names no zone is in ours, one whose zone nobody knows is refused."""
    if not isinstance(when, datetime):
        return when  # type: ignore[no-any-return]
    if when.tzinfo is None and given.params.get("TZID"):
        raise Refused("calendar_zone_is_unknown", text=_quoted(str(given.params["TZID"])))
    return when if when.tzinfo else when.replace(tzinfo=zone)


def _marks(event: Any, name: str, zone: ZoneInfo) -> set[str]:
    return {_mark(_zoned(each.dt, part, zone), zone) for part in _many(event.get(name)) for each in part.dts}


def _mark(when: date | datetime, zone: ZoneInfo) -> str:
    """A beginning as text: 2026-03-02, or 2026-03-02 and the instant, so that a day names what begins on it."""
    if isinstance(when, datetime):
        return f"{when.astimezone(zone).date().isoformat()} {_text(when)}"
    return when.isoformat()


def _many(found: Any) -> list[Any]:
    return [] if found is None else found if isinstance(found, list) else [found]


def _is_cancelled(event: Any) -> bool:
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


def kind_of(event: Any, takes: str) -> str:
    """Which kind of time away an event is, or "": one that leaves its person free is none, whatever it is called."""
    busy = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper()
    is_free = str(event.get("TRANSP", "")).upper() == "TRANSPARENT" and busy != "OOF"
    if is_free or busy in ("FREE", "WORKINGELSEWHERE"):
        return ""
    categories = [str(one) for part in _many(event.get("CATEGORIES")) for one in getattr(part, "cats", [part])]
    said = " ".join([str(event.get("SUMMARY", "")), *categories]).lower()
    alone = set(re.findall(r"[a-z]+", said))
    for kind, words in WORDS.items():
        if (
            any(word in (alone if word.isascii() else said) for word in words.split())
            or PHRASES.get(kind, "\0") in said
        ):
            return kind
    return "other" if takes == "all" or busy == "OOF" else ""


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _quoted(text: str) -> str:
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())[:TEXT_MOST]


def main(zone: str, since: str, until: str, takes: str) -> None:
    """Read the file from the standard input, and answer on the standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        times = [datetime.fromisoformat(text) for text in (since, until)]
        told: dict[str, object] = {
            "events": events(sys.stdin.buffer.read().decode(), ZoneInfo(zone), times[0], times[1], takes)
        }
    except Refused as refused:
        told = {"code": refused.code, "facts": refused.facts}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
