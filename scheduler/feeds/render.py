"""A duty as a VEVENT and a calendar around it: UTF-8, CRLF, the same bytes for the same content.

icalendar writes an event in about half a millisecond, so what it wrote is kept and joined; the
join equals its own output for the whole calendar byte for byte.
"""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Timezone

from scheduler.wording.plain import one_line, plain

FORMAT = 1  # raise it when an event is written otherwise: every event is then rendered and stamped anew
HOURLY = timedelta(hours=1)
DESCRIPTION_BYTES = 1800  # with the link below 2 KB, which every client takes
TAIL = b"END:VCALENDAR\r\n"
SHANGHAI = (
    b"BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZNAME:CST\r\n"
    b"TZOFFSETFROM:+0800\r\nTZOFFSETTO:+0800\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One duty as a calendar shows it, without its stamps; `starts` and `ends` are UTC."""

    uid: str
    shift_id: int
    starts: datetime
    ends: datetime
    summary: str
    location: str
    description: str
    category: str
    url: str
    cancelled: bool
    busy: bool
    alarms: tuple[timedelta, ...]

    def content_hash(self, zone: ZoneInfo) -> str:
        """Changes when anything does that a client would read."""
        return _hash(FORMAT, zone.key, *astuple(self))

    def visible_hash(self, zone: ZoneInfo) -> str:
        """Changes when start, end, status, summary or location do: these raise the SEQUENCE (RFC 5545, 3.8.7.4)."""
        return _hash(zone.key, self.starts, self.ends, self.cancelled, self.summary, self.location)

    def most_bytes(self) -> int:
        """More than the event takes when it is written: names and stamps, and the text, escaped and folded."""
        shown = (self.uid, self.summary, self.location, self.description, self.category, self.url)
        text = sum(len(part.encode()) for part in shown) + len(self.alarms) * len(self.summary.encode())
        return 500 + 80 * len(self.alarms) + text * 11 // 10


@dataclass(frozen=True, slots=True)
class Stamps:
    """When an event was first and last written, and how often it was visibly changed."""

    sequence: int
    created: datetime
    modified: datetime


def _hash(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def event(entry: Entry, stamps: Stamps, zone: ZoneInfo) -> bytes:
    """The entry as one VEVENT. DTSTAMP is LAST-MODIFIED, so that the bytes change only when the content does."""
    made = Event()
    made.add("uid", entry.uid)
    made.add("dtstamp", stamps.modified)
    made.add("created", stamps.created)
    made.add("last-modified", stamps.modified)
    made.add("sequence", stamps.sequence)
    made.add("dtstart", entry.starts.astimezone(zone))
    made.add("dtend", entry.ends.astimezone(zone))
    made.add("summary", entry.summary)
    made.add("location", entry.location)
    made.add("description", entry.description)
    made.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    made.add("transp", "OPAQUE" if entry.busy else "TRANSPARENT")
    made.add("categories", [entry.category])
    made.add("url", entry.url)
    for before in entry.alarms:
        made.add_component(_alarm(entry.summary, before))
    return bytes(made.to_ical())


def _alarm(text: str, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", text)
    alarm.add("trigger", -before)
    return alarm


@lru_cache(maxsize=1024)
def head(name: str, lang: str, zone_key: str) -> bytes:
    """What stands before the first event: the calendar's properties and its VTIMEZONE."""
    made = Calendar()
    made.add("version", "2.0")
    made.add("prodid", f"-//Lunzhi//Duties//{lang.upper()}")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.calendar_name = one_line(name)
    made.add("x-wr-timezone", zone_key)
    # RFC 7986, 5.7 has no default type: without VALUE=DURATION some phones refuse the whole file
    made.add("refresh-interval", HOURLY, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    made.add("color", "royalblue")
    return bytes(made.to_ical(sorted=False)).removesuffix(TAIL) + timezone(zone_key)


@lru_cache
def timezone(zone_key: str) -> bytes:
    """The zone's VTIMEZONE: a constant one for Asia/Shanghai, whose summers of 1986-91 several clients misread."""
    if zone_key == "Asia/Shanghai":
        return SHANGHAI
    if zone_key == "UTC":
        return b""
    made = Timezone.from_tzid(zone_key, first_date=date(2020, 1, 1), last_date=date(2038, 1, 1))
    made.pop("COMMENT", None)
    made.subcomponents.sort(key=lambda part: bytes(part.to_ical()))
    return bytes(made.to_ical())


def text(words: str, link_label: str, link: str) -> str:
    """A description: the words, cut where they are too long for some client, and the link below them."""
    body = plain(words).strip()
    if len(body.encode()) > DESCRIPTION_BYTES:
        body = body.encode()[:DESCRIPTION_BYTES].decode(errors="ignore").rstrip() + "…"
    return "\n".join(filter(None, (body, f"{link_label}{link}")))


def utc_order(entry: Entry) -> tuple[datetime, str]:
    """The one order of events in a calendar."""
    return entry.starts.astimezone(UTC), entry.uid
