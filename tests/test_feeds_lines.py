"""Events as we write them are what icalendar writes, byte for byte, whatever stands in them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from scheduler.feeds import render
from scheduler.feeds.events import ALARMS
from scheduler.feeds.render import Entry, Stamps
from scheduler.wording.plain import one_line, plain
from tools.bench_feeds import by_icalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)

# what is most likely to be parted or escaped wrongly, beside anything else that a text may hold
anything = st.text(st.one_of(st.sampled_from('\\;,:\n"^值班𠮷👨‍👩‍👧é N'), st.characters(codec="utf-8")), max_size=200)
texts = anything.map(lambda words: plain(words.replace("\\", "/")))  # icalendar parts some pairs of backslashes
moments = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)).map(lambda at: at.replace(microsecond=0, tzinfo=UTC))
entries = st.builds(
    Entry,
    uid=st.just("a-0123456789abcdef-0123456789abcdef@lunzhi"),
    shift_id=st.just(1),
    starts=moments,
    ends=moments,
    summary=texts.map(one_line),
    location=texts.map(one_line),
    description=texts,
    category=texts.map(one_line).map(lambda words: words.replace(",", " ")),
    url=st.just("https://duty.example/me"),
    cancelled=st.booleans(),
    busy=st.booleans(),
    alarms=st.sampled_from(list(ALARMS.values())),
)
stamps = st.builds(Stamps, sequence=st.integers(0, 5000), created=moments, modified=moments)


@given(entries, stamps, st.sampled_from(["Asia/Shanghai", "UTC", "Europe/Berlin"]).map(ZoneInfo))
def test_an_event_is_written_as_icalendar_writes_it(entry, given_stamps, zone):
    assert render.event(entry, given_stamps, zone) == by_icalendar(entry, given_stamps, zone)


@given(anything.map(plain))
def test_a_text_comes_back_as_it_was(words):
    line = b"DESCRIPTION:" + render.folded(render.escaped(words))
    (event,) = Calendar.from_ical(
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n" % line
    ).walk("VEVENT")  # fmt: skip

    assert str(event["DESCRIPTION"]).replace("\\N", "\n") == words.replace("\\N", "\n")


@given(anything)
def test_a_line_is_parted_between_characters_and_comes_together_again(words):
    line = words.replace("\n", "")
    pieces = render.folded(line).split(b"\r\n ") if "\r" not in line else [line.encode()]

    assert all(len(piece) <= 74 for piece in pieces) or "\r" in line
    assert "".join(piece.decode() for piece in pieces) == line


@pytest.mark.parametrize("at", range(70, 80))
def test_no_escape_is_parted(at):
    pieces = render.folded("x" * at + render.escaped("\n,;\\" * 10)).split(b"\r\n ")

    assert all(len(piece) - len(piece.rstrip(b"\\")) != 1 for piece in pieces[:-1])
