"""Trips behind a figure, page by page: whatever index leads to them, they are all of them, in order, and no others."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from scheduler import attendance, tallies
from scheduler.audit import SYSTEM
from scheduler.database import rows, update, value
from scheduler.tallies import listing
from tests.builders import assigned, carried, held, unit

MONDAY = date(2026, 3, 2)
YEAR = {"first": date(2025, 1, 1), "last": date(2026, 12, 31)}
CUTS = [
    {},
    {"within": 1},
    {"within": 1, "unit_id": 2},
    {"person_id": 3},
    {"place_id": 1},
    {"community_id": 2},
    {"community_id": 0},
    {"activity": "community"},
    {"activity": "visit"},
    {"role": "head"},
    {"party": True},
    {"party": False, "within": 1},
    {"source": "supplemented"},
    {"source": "verified", "role": "staff", "activity": "lobby"},
    {"source": "carried"},
    {"source": "default"},
    {"day_kind": "rest"},
    {"weekday": 1},
    {"task": "-", "role": "staff"},
    {"activity": "lobby", "unit_id": 2, "party": True},
    {"first": MONDAY, "last": MONDAY + timedelta(days=3), "role": "staff"},
]


@pytest.fixture
def lived(db, town, now):
    """Trips of each kind of many days, corrections among them, balances; somebody has moved to another unit."""
    other = unit(db, now, "科技部", town.branch)
    everybody = [town.head, town.deputy, town.party, town.lan, town.min, town.bo]
    for number in range(8):
        place = {"place_id": town.community, "activity": "community"} if number % 3 == 0 else {}
        there = everybody[number % 4 : number % 4 + 3]
        shift_id = held(db, town, MONDAY + timedelta(days=2 * number), there, absent=there[-1:], **place)
        if number % 2:
            change = attendance.mark_absent if number % 4 == 1 else attendance.mark_present
            seat = assigned(db, shift_id, there[1] if number % 4 == 1 else there[-1])
            change(db, seat, reason="更正", by=SYSTEM, now=now + timedelta(days=60))
        if number == 4:
            update(db, "person", town.lan, unit_id=other)
    carried(db, town, town.bo, now, trips=3)


@pytest.mark.parametrize("walked_from", [0, 50])
@pytest.mark.parametrize("cut", CUTS, ids=str)
def test_pages_are_the_list_in_parts_and_add_up_to_the_total(db, lived, monkeypatch, cut, walked_from):
    monkeypatch.setattr(listing, "WALKED_FROM", walked_from)
    cut = YEAR | cut
    whole = {row["id"]: row for row in tallies.trips(db, **cut)}

    for order in tallies.ORDERS:
        pages = [tallies.trips(db, order=order, limit=3, offset=at, **cut) for at in range(0, len(whole) + 3, 3)]

        listed = [row["id"] for page in pages for row in page]
        assert listed == [row["id"] for row in tallies.trips(db, order=order, **cut)]
        assert sorted(listed) == sorted(whole)
    assert tallies.listed(db, **cut) == tallies.total(db, **cut)


def test_the_trips_that_are_listed_are_those_of_the_cut(db, lived):
    everything = rows(db, "SELECT id, role, party, source, activity FROM ledger")

    for cut in ({"role": "head"}, {"party": True}, {"source": "supplemented"}, {"activity": "community"}):
        ((name, held),) = cut.items()
        wanted = {row["id"] for row in everything if row[name] == held}
        assert wanted
        assert {row["id"] for row in tallies.trips(db, limit=100, **YEAR | cut)} == wanted


def test_more_than_so_many_are_not_added_up_but_what_is_kept_in_totals_is(db, lived, monkeypatch):
    count = value(db, "SELECT COUNT(*) FROM ledger")
    monkeypatch.setattr(listing, "COUNTED_MOST", count)
    everything = {"first": date(2025, 1, 1), "last": date(2027, 1, 30)}  # no whole year, quarter or month

    assert tallies.listed(db, **everything)["entries"] == count
    monkeypatch.setattr(listing, "COUNTED_MOST", count - 1)
    assert tallies.listed(db, **everything) is None
    assert tallies.listed(db, first=date(2026, 1, 1), last=date(2026, 12, 31))["trips"] > 0
    assert [row["id"] for row in tallies.trips(db, order="people", role="staff", limit=3, **everything)] == [
        row["id"] for row in tallies.trips(db, order="people", role="staff", **everything)
    ][:3]
