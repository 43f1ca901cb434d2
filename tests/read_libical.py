"""Reads an .ics from standard input with libical, Debian's own C library, and prints its events as JSON.

A process of its own: what the library makes of a calendar must not be able to harm the tests' process.
"""

from __future__ import annotations

import json
import sys
from ctypes import CDLL, Structure, c_char_p, c_int, c_long, c_void_p
from ctypes.util import find_library
from typing import Any


class Time(Structure):
    """`struct icaltimetype` of libical 3."""

    _fields_ = [
        *((name, c_int) for name in ("year", "month", "day", "hour", "minute", "second", "is_date", "is_daylight")),
        ("zone", c_void_p),
    ]


class Duration(Structure):
    """`struct icaldurationtype` of libical 3."""

    _fields_ = [(name, c_int) for name in ("is_neg", "days", "weeks", "hours", "minutes", "seconds")]


NAMES = {
    "icalparser_parse_string": (c_void_p, [c_char_p]),
    "icalcomponent_count_errors": (c_int, [c_void_p]),
    "icalcomponent_string_to_kind": (c_int, [c_char_p]),
    "icalcomponent_get_first_component": (c_void_p, [c_void_p, c_int]),
    "icalcomponent_get_next_component": (c_void_p, [c_void_p, c_int]),
    "icalcomponent_get_first_property": (c_void_p, [c_void_p, c_int]),
    "icalcomponent_get_dtstart": (Time, [c_void_p]),
    "icalcomponent_get_dtend": (Time, [c_void_p]),
    "icalcomponent_get_sequence": (c_int, [c_void_p]),
    "icalproperty_string_to_kind": (c_int, [c_char_p]),
    "icalproperty_get_value": (c_void_p, [c_void_p]),
    "icalproperty_get_lastmodified": (Time, [c_void_p]),
    "icalproperty_get_value_as_string": (c_char_p, [c_void_p]),
    "icalvalue_get_text": (c_char_p, [c_void_p]),
    "icaltime_as_timet_with_zone": (c_long, [Time, c_void_p]),
    "icaldurationtype_from_string": (Duration, [c_char_p]),
    "icaldurationtype_as_int": (c_int, [Duration]),
}


def library() -> Any:
    """libical 3 with its functions' types told."""
    found = CDLL(find_library("ical"))
    for name, (gives, takes) in NAMES.items():
        function = getattr(found, name)
        function.restype, function.argtypes = gives, takes
    return found


def parts(ical: Any, whole: int, name: bytes) -> list[int]:
    kind = ical.icalcomponent_string_to_kind(name)
    found, part = [], ical.icalcomponent_get_first_component(whole, kind)
    while part:
        found.append(part)
        part = ical.icalcomponent_get_next_component(whole, kind)
    return found


def field(ical: Any, part: int, name: bytes) -> int:
    found: int = ical.icalcomponent_get_first_property(part, ical.icalproperty_string_to_kind(name))
    return found


def text(ical: Any, part: int, name: bytes) -> str:
    return str(ical.icalvalue_get_text(ical.icalproperty_get_value(field(ical, part, name))).decode())


def word(ical: Any, part: int, name: bytes) -> str:
    return str(ical.icalproperty_get_value_as_string(field(ical, part, name)).decode())


def at(ical: Any, time: Time) -> int:
    return int(ical.icaltime_as_timet_with_zone(time, time.zone))


def facts(ical: Any, event: int) -> list[Any]:
    alarms = [
        ical.icaldurationtype_from_string(word(ical, alarm, b"TRIGGER").encode())
        for alarm in parts(ical, event, b"VALARM")
    ]
    return [
        text(ical, event, b"UID"),
        at(ical, ical.icalcomponent_get_dtstart(event)),
        at(ical, ical.icalcomponent_get_dtend(event)),
        *(text(ical, event, name) for name in (b"SUMMARY", b"LOCATION", b"DESCRIPTION")),
        word(ical, event, b"STATUS"),
        word(ical, event, b"TRANSP"),
        ical.icalcomponent_get_sequence(event),
        at(ical, ical.icalproperty_get_lastmodified(field(ical, event, b"LAST-MODIFIED"))),
        [ical.icaldurationtype_as_int(alarm) for alarm in alarms],
    ]


def main() -> None:
    """Every event's facts; an error that libical notes anywhere is one of ours."""
    ical = library()
    whole = ical.icalparser_parse_string(sys.stdin.buffer.read())
    if not whole or ical.icalcomponent_count_errors(whole):
        raise SystemExit("libical finds errors in it")
    print(json.dumps([facts(ical, event) for event in parts(ical, whole, b"VEVENT")]))


if __name__ == "__main__":
    main()
