"""A fair share of the trips: by the days on which one was there, among those who are asked for the same."""

from __future__ import annotations

from datetime import date, timedelta

from scheduler import clock, people, shares
from scheduler.audit import SYSTEM
from tests import builders

FIRST, LAST = date(2026, 1, 1), date(2026, 2, 28)
FEBRUARY = date(2026, 2, 2)


def test_trips_are_shared_evenly_among_those_of_the_same_role_and_party(db, town, now):
    for number, person_id in enumerate([town.lan, town.lan, town.lan, town.party, town.min]):
        builders.held(db, town, FEBRUARY + timedelta(days=number), [person_id])

    assert shares.share(db, town.lan, FIRST, LAST) == {"trips": 3, "fair": 2.0, "people": 2, "total": 4}
    assert shares.share(db, town.party, FIRST, LAST) == {"trips": 1, "fair": 2.0, "people": 2, "total": 4}


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
