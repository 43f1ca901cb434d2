"""An .ics with nothing left but the properties that are read: what is not read can do no harm. Linear, no parser."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from scheduler.errors import Invalid

EVENTS_MOST = 2000
LINE_MOST = 4000  # characters of a property that is read
DEPTH_MOST = 4
QUOTED_MOST = 60

ZONE = "DTSTART TZOFFSETFROM TZOFFSETTO RRULE RDATE TZNAME"
READ = {
    "VEVENT": "UID DTSTART DTEND DURATION SUMMARY CATEGORIES STATUS TRANSP RRULE RDATE EXDATE RECURRENCE-ID SEQUENCE "
    "X-MICROSOFT-CDO-BUSYSTATUS",
    "VTIMEZONE": "TZID",
    "STANDARD": ZONE,
    "DAYLIGHT": ZONE,
}
WITHIN = {
    "VCALENDAR": "",
    "VEVENT": "VCALENDAR",
    "VTIMEZONE": "VCALENDAR",
    "STANDARD": "VTIMEZONE",
    "DAYLIGHT": "VTIMEZONE",
}


def narrowed(content: bytes) -> str:
    """The text, unfolded. Invalid: no calendar, broken off, more events or longer lines than are read."""
    try:
        lines = re.split(r"\r\n|\n|\r", content.decode("utf-8-sig").strip())
    except UnicodeDecodeError as error:
        raise Invalid("calendar_is_not_text") from error
    if lines[0].strip().upper() != "BEGIN:VCALENDAR":
        raise Invalid("not_a_calendar")
    if lines[-1].strip().upper() != "END:VCALENDAR":
        raise Invalid("calendar_breaks_off")
    return "\r\n".join(_kept(_unfolded(lines))) + "\r\n"


def _unfolded(lines: list[str]) -> Iterator[str]:
    """Whole properties, each cut behind the longest that is read: one that is not may be as long as it likes."""
    parts: list[str] = []
    length = 0
    for line in lines:
        if line[:1] in (" ", "\t"):
            if length <= LINE_MOST:
                parts.append(line[1:])
            length += len(line) - 1
            continue
        if parts:
            yield "".join(parts)[: LINE_MOST + 1]
        parts, length = [line], len(line)
    yield "".join(parts)[: LINE_MOST + 1]


def _kept(lines: Iterator[str]) -> Iterator[str]:
    inside: list[str] = []
    counted: Counter[str] = Counter()
    for line in lines:
        name = re.split(r"[;:]", line, maxsplit=1)[0].strip().upper()
        part = line.partition(":")[2].strip().upper()
        if name == "BEGIN":
            inside.append(part)
            counted[part] += 1
            _refuse_too_much(inside, counted, line)
        elif name == "END" and (not inside or inside[-1] != part):
            raise Invalid("calendar_broken", text=_quoted(line))
        if _is_read(inside, name):
            if len(line) > LINE_MOST:
                raise Invalid("calendar_line_is_too_long", text=name, most=LINE_MOST)
            yield line
        if name == "END":
            inside.pop()
    if inside:
        raise Invalid("calendar_breaks_off")


def _refuse_too_much(inside: list[str], counted: Counter[str], line: str) -> None:
    if len(inside) > DEPTH_MOST:
        raise Invalid("calendar_broken", text=_quoted(line))
    if counted["VEVENT"] > EVENTS_MOST or counted["STANDARD"] + counted["DAYLIGHT"] > EVENTS_MOST:
        raise Invalid("calendar_is_too_long", most=EVENTS_MOST)


def _is_read(inside: list[str], name: str) -> bool:
    if not inside or any(WITHIN.get(part) != outer for outer, part in zip(["", *inside], inside, strict=False)):
        return False
    return name in ("BEGIN", "END") or name in READ.get(inside[-1], "").split()


def _quoted(text: str) -> str:
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())[:QUOTED_MOST]
