"""A fair share of the trips: by the days on which one was there, among those who are asked for the same."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from scheduler import accounts, attendance, clock, people, shares, swaps
from scheduler.audit import SYSTEM
from scheduler.database import value
from tests import builders

FIRST, LAST = date(2026, 1, 1), date(2026, 2, 28)
FEBRUARY = date(2026, 2, 2)


def test_trips_are_shared_evenly_among_those_of_the_same_role_and_party(db, town, now):
    for number, person_id in enumerate([town.lan, town.lan, town.lan, town.party, town.min]):
        builders.held(db, town, FEBRUARY + timedelta(days=number), [person_id])

    assert shares.share(db, town.lan, FIRST, LAST) == {
        "trips": 3, "fair": 2.0, "people": 2, "total": 4, "forgiven": 0,
    }  # fmt: skip
    assert shares.share(db, town.party, FIRST, LAST) == {
        "trips": 1, "fair": 2.0, "people": 2, "total": 4, "forgiven": 0,
    }  # fmt: skip


def test_days_away_are_not_held_against_anybody(db, town, now):
    for number in range(4):
        builders.held(db, town, FEBRUARY + timedelta(days=number), [town.lan])
    builders.held(db, town, FEBRUARY + timedelta(days=4), [town.party])
    people.add_away(
        db, town.party, kind="sick", note="", by=SYSTEM, now=now,
        starts_at=clock.midnight(FEBRUARY, db.zone), ends_at=clock.midnight(FEBRUARY + timedelta(days=4), db.zone),
    )  # fmt: skip

    # of five days' trips Lü Li was there for one, Lan for all five: 5 trips at 1 : 5
    assert shares.share(db, town.party, FIRST, LAST)["fair"] == 0.8
    assert shares.share(db, town.lan, FIRST, LAST)["fair"] == 4.2


def test_one_whom_no_roster_ever_asked_has_no_share(db, town):
    builders.held(db, town, FEBRUARY, [town.lan])

    assert shares.share(db, town.bo, FIRST, LAST) is None


def test_trips_before_the_year_are_not_counted(db, town):
    builders.held(db, town, date(2025, 12, 30), [town.lan])
    builders.held(db, town, FEBRUARY, [town.lan])

    assert shares.share(db, town.lan, FIRST, LAST)["trips"] == 1


@pytest.mark.parametrize(("keeps_turn", "fair"), [(True, [2.0, 2.0]), (False, [1.5, 2.5])])
def test_a_turn_that_one_was_let_off_is_owed_by_all(db, town, now, keeps_turn, fair):
    swaps.set_policy(db, town.branch, swaps.Policy(keeps_turn=keeps_turn), by=SYSTEM, now=now)
    for number, person_id in enumerate([town.lan, town.lan, town.party]):
        builders.held(db, town, FEBRUARY + timedelta(days=number), [person_id])
    covered = builders.shift(db, town, FEBRUARY + timedelta(days=3), [town.lan])
    at = clock.midnight(FEBRUARY, db.zone)
    given = {"base_url": "", "now": at}
    swaps.ask(
        db, builders.assigned(db, covered, town.lan), "cover", [(town.party, None)], secret_key="for tests only",
        by=accounts.actor(db, town.lan), **given,
    )  # fmt: skip
    offer_id = value(db, "SELECT MAX(id) FROM swap_offer")
    swaps.accept(db, offer_id, by=accounts.actor(db, town.party), **given)
    attendance.confirm(db, covered, absent={}, by=SYSTEM, now=clock.midnight(FEBRUARY + timedelta(days=6), db.zone))

    found = [shares.share(db, person, FIRST, LAST) for person in (town.lan, town.party)]

    assert [row["trips"] for row in found] == [2, 2]
    assert [row["fair"] for row in found] == fair
