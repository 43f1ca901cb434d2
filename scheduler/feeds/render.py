"""A duty as a VEVENT and a calendar around it: UTF-8, CRLF, the same bytes for the same content.

icalendar writes a calendar's head. An event it writes in two thirds of a millisecond, a year of a bank's duties in
minutes: so events are written here, thirty times as fast, the same byte for byte but for where a row of backslashes
is parted (tests/test_feeds_lines.py); and what was written is kept.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from zoneinfo import ZoneInfo

from icalendar import Calendar, Timezone, vDuration

from scheduler.wording.plain import one_line, plain

FORMAT = 1  # raise it when an event is written otherwise: every event is then rendered and stamped anew
HOURLY = timedelta(hours=1)
DESCRIPTION_BYTES = 1800  # with the link below 2 KB, which every client takes
PIECE = 74  # RFC 5545, 3.1 allows 75
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
        return _hash(FORMAT, zone.key, *ALL_OF(self))

    def visible_hash(self, zone: ZoneInfo) -> str:
        """Changes when start, end, status, summary or location do: these raise the SEQUENCE (RFC 5545, 3.8.7.4)."""
        return _hash(zone.key, self.starts, self.ends, self.cancelled, self.summary, self.location)

    def most_bytes(self) -> int:
        """More than the event takes when it is written: names and stamps, and the text, escaped and folded."""
        shown = (self.uid, self.summary, self.location, self.description, self.category, self.url)
        text = sum(len(part.encode()) for part in shown) + len(self.alarms) * len(self.summary.encode())
        return 500 + 80 * len(self.alarms) + text * 11 // 10


ALL_OF = attrgetter(*(field.name for field in fields(Entry)))  # astuple would copy every value


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
    modified = f"{stamps.modified:%Y%m%dT%H%M%SZ}"
    summary = escaped(entry.summary)
    lines = [
        "BEGIN:VEVENT",
        f"SUMMARY:{summary}",
        f"DTSTART{_local(entry.starts, zone)}",
        f"DTEND{_local(entry.ends, zone)}",
        f"DTSTAMP:{modified}",
        f"UID:{escaped(entry.uid)}",
        f"SEQUENCE:{stamps.sequence}",
        f"CATEGORIES:{escaped(entry.category)}",
        f"CREATED:{stamps.created:%Y%m%dT%H%M%SZ}",
        f"DESCRIPTION:{escaped(entry.description)}",
        f"LAST-MODIFIED:{modified}",
        f"LOCATION:{escaped(entry.location)}",
        f"STATUS:{'CANCELLED' if entry.cancelled else 'CONFIRMED'}",
        f"TRANSP:{'OPAQUE' if entry.busy else 'TRANSPARENT'}",
        f"URL:{entry.url}",
    ]
    for before in entry.alarms:
        lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{summary}", _trigger(before), "END:VALARM"]
    return b"\r\n".join(map(folded, (*lines, "END:VEVENT"))) + b"\r\n"


def escaped(words: str) -> str:
    """The words as a TEXT value (RFC 5545, 3.3.11)."""
    return words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> bytes:
    """A content line in pieces of at most 74 octets, parted between characters and never inside of an escape.

    Google drops events that are parted there, though RFC 5545, 3.1 allows it.
    """
    rest = line.encode()
    pieces = []
    while len(rest) > PIECE:
        end = PIECE
        while rest[end] & 0xC0 == 0x80:  # inside of a character
            end -= 1
        piece = rest[:end]
        if piece.endswith(b"^") or (len(piece) - len(piece.rstrip(b"\\"))) % 2:
            end -= 1
        pieces.append(rest[:end])
        rest = rest[end:]
    return b"\r\n ".join((*pieces, rest))


def _local(at: datetime, zone: ZoneInfo) -> str:
    local = f"{at.astimezone(zone):%Y%m%dT%H%M%S}"
    return f":{local}Z" if zone.key == "UTC" else f";TZID={zone.key}:{local}"


@lru_cache
def _trigger(before: timedelta) -> str:
    written: bytes = vDuration(-before).to_ical()  # type: ignore[no-untyped-call]
    return f"TRIGGER:{written.decode()}"


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
    body = plain(words).replace("\t", " ").strip()  # no control characters but line ends
    if len(body.encode()) > DESCRIPTION_BYTES:
        body = body.encode()[:DESCRIPTION_BYTES].decode(errors="ignore").rstrip() + "…"
    return "\n".join(filter(None, (body, f"{link_label}{link}")))


def utc_order(entry: Entry) -> tuple[datetime, str]:
    """The one order of events in a calendar."""
    return entry.starts.astimezone(UTC), entry.uid
