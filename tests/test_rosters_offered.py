"""Slots that staff may sign up for, on the board and in the panel."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from scheduler import accounts, assignments, openings, rosters, rules
from scheduler.audit import SYSTEM
from scheduler.database import update, value
from tests import builders

DAY = date(2026, 3, 10)


@pytest.fixture
def shift_id(db, town, now):
    """Two slots of a published roster."""
    shift_id = builders.shift(db, town, DAY, place_id=town.community, activity="community")
    update(db, "shift", shift_id, headcount=2)
    return shift_id


@pytest.fixture
def roster_id(db, shift_id):
    return value(db, "SELECT roster_id FROM shift WHERE id = :id", id=shift_id)


def opened(db, shift_id, now, seats=1):
    closes = datetime(2026, 3, 8, 10, tzinfo=UTC)
    openings.open_seats(db, shift_id, seats=seats, closes_at=closes, base_url="", by=SYSTEM, now=now)
    return value(db, "SELECT id FROM opening")


def marks(db, roster_id, shift_id):
    cells = [cell for group in rosters.board(db, roster_id).groups for line in group.lines for cell in line.cells]
    return [slot["marks"] for cell in cells for slot in cell if slot["shift_id"] == shift_id]


def test_as_many_slots_are_marked_as_are_offered(db, now, roster_id, shift_id):
    before = marks(db, roster_id, shift_id)
    opened(db, shift_id, now)

    assert before == [["open"], ["open"]]
    assert marks(db, roster_id, shift_id) == [["open", "offered"], ["open"]]


def test_a_slot_that_is_taken_or_no_longer_offered_is_not_marked(db, town, now, roster_id, shift_id):
    opening_id = opened(db, shift_id, now)
    openings.take(db, opening_id, base_url="", by=accounts.actor(db, town.lan), now=now)
    taken = marks(db, roster_id, shift_id)
    update(db, "opening", opening_id, seats=2, state="closed")

    assert "offered" not in taken[0]
    assert taken[1] == ["open"]
    assert marks(db, roster_id, shift_id)[1] == ["open"]


def test_the_board_says_so_in_words_and_in_its_legend(db, now, roster_id, shift_id, as_coordinator):
    opened(db, shift_id, now)
    page = as_coordinator.get(f"/rosters/{roster_id}?from={DAY}").text

    assert page.count('空缺，可报名">可报名</a>') == 1
    assert "legend__mark--offered" in page


def test_the_panel_says_who_signed_up_for_their_seat(db, town, now, roster_id, shift_id, as_coordinator):
    openings.take(db, opened(db, shift_id, now), base_url="", by=accounts.actor(db, town.lan), now=now)
    assignments.seat(db, shift_id, town.party, by=SYSTEM, now=now)
    mine, by_hand = (as_coordinator.get(f"/rosters/{roster_id}?from={DAY}&slot={shift_id}-{n}").text for n in (1, 2))

    assert ("本人报名" in mine, "手工安排" in mine) == (True, False)
    assert ("本人报名" in by_hand, "手工安排" in by_hand) == (False, True)


def test_whoever_a_custom_keeps_out_is_told_among_those_whom_a_choice_is_held_against(
    db, town, now, roster_id, shift_id, as_coordinator
):
    assignments.seat(db, shift_id, town.party, by=SYSTEM, now=now)
    free = rosters.candidates(db, shift_id, 1).why["others"]
    update(db, "unit", value(db, "SELECT unit_id FROM person WHERE id = :id", id=town.lan), district="巴州区")
    update(db, "place", town.community, district="平昌县")
    rules.set_levels(db, town.branch, {"far": "block"}, by=SYSTEM, now=now)
    kept = rosters.candidates(db, shift_id, 1).why["others"]

    told = {other["person_id"]: (other["refusal"], other["level"], other["is_custom"]) for other in kept}
    assert {other["refusal"] for other in free} == {None}
    assert told[town.lan] == ("far", "block", True)
    assert "按习惯不排：跨区" in as_coordinator.get(f"/rosters/{roster_id}?from={DAY}&slot={shift_id}-1").text
