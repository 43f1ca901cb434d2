"""Three counts that are never confused, summed over the ledger only."""

from __future__ import annotations

import random
from datetime import date, time, timedelta

import pytest

from scheduler import attendance, ledger, tallies
from scheduler.audit import SYSTEM
from scheduler.database import update
from scheduler.errors import Invalid
from tests.builders import assigned, carried, held, person, place, unit

MONDAY = date(2026, 3, 2)
TUESDAY = date(2026, 3, 3)
YEAR = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}


def counts(row):
    return row["trips"], row["people"], row["sessions"], row["minutes"] / 60


def by(db, what, **cut):
    return {row["label"]: counts(row) for row in tallies.tally(db, what, **(YEAR | cut))}


def test_five_people_on_two_shifts_are_ten_person_trips_five_people_and_two_sessions(db, town):
    five = [town.party, town.lan, town.min, town.bo, town.head]
    held(db, town, MONDAY, five, ends=time(11, 0))
    held(db, town, TUESDAY, five, ends=time(11, 0))

    assert counts(tallies.total(db, **YEAR)) == (10, 5, 2, 25.0)


def test_a_shift_that_all_were_absent_from_is_no_session(db, town):
    held(db, town, MONDAY, [town.party, town.lan], absent=[town.party, town.lan])
    held(db, town, TUESDAY, [town.party])

    assert counts(tallies.total(db, **YEAR)) == (1, 1, 1, 8.5)


def test_a_correction_takes_trip_person_session_and_hours_back(db, town, now):
    shift_id = held(db, town, MONDAY, [town.party])

    attendance.mark_absent(db, assigned(db, shift_id, town.party), reason="没有来", by=SYSTEM, now=now)

    assert tallies.total(db, **YEAR) == {
        "trips": 0, "people": 0, "sessions": 0, "minutes": 0, "carried": 0, "entries": 2, "corrections": 1,
    }  # fmt: skip
    assert by(db, "person") == {}


def test_who_was_corrected_and_credited_again_counts_once(db, town, now):
    shift_id = held(db, town, MONDAY, [town.party, town.lan])
    seat = assigned(db, shift_id, town.party)

    attendance.mark_absent(db, seat, reason="没有来", by=SYSTEM, now=now)
    attendance.mark_present(db, seat, reason="来了", by=SYSTEM, now=now)

    assert counts(tallies.total(db, **YEAR)) == (2, 2, 1, 17.0)


def test_nothing_is_nought_and_not_missing(db, town):
    assert counts(tallies.total(db, **YEAR)) == (0, 0, 0, 0.0)
    assert by(db, "month") == {}


def test_sums_by_person(db, town):
    held(db, town, MONDAY, [town.party, town.lan])
    held(db, town, TUESDAY, [town.party])

    assert by(db, "person") == {"吕莉": (2, 1, 2, 17.0), "兰草": (1, 1, 1, 8.5)}


def test_a_session_of_two_units_stands_in_both_rows_and_once_in_the_total(db, town):
    held(db, town, MONDAY, [town.party, town.head])

    assert by(db, "unit") == {"办公室": (1, 1, 1, 8.5), "巴中市分行": (1, 1, 1, 8.5)}
    assert counts(tallies.total(db, **YEAR)) == (2, 2, 1, 17.0)


def test_sums_by_place_activity_and_month(db, town):
    held(db, town, MONDAY, [town.party])
    held(db, town, date(2026, 4, 1), [town.party, town.lan], place_id=town.community, activity="community")

    assert by(db, "place") == {"东风路社区": (2, 2, 1, 17.0), "江北支行": (1, 1, 1, 8.5)}
    assert by(db, "activity") == {"厅堂服务": (1, 1, 1, 8.5), "社区值班": (2, 2, 1, 17.0)}
    assert by(db, "month") == {"2026-03": (1, 1, 1, 8.5), "2026-04": (2, 2, 1, 17.0)}


def test_two_people_of_one_name_are_two_people(db, town, now):
    namesake = person(db, now, town.office, "0099", "吕莉")
    held(db, town, MONDAY, [town.party, namesake])

    assert [row["staff_no"] for row in tallies.tally(db, "person", **YEAR)] == ["0003", "0099"]
    assert counts(tallies.total(db, **YEAR)) == (2, 2, 1, 17.0)


def test_trips_stay_with_the_unit_of_the_day_and_a_person_keeps_one_row(db, town):
    held(db, town, MONDAY, [town.party])
    update(db, "person", town.party, unit_id=town.branch, name="吕丽")
    held(db, town, TUESDAY, [town.party])

    assert by(db, "unit") == {"巴中市分行": (1, 1, 1, 8.5), "办公室": (1, 1, 1, 8.5)}
    assert by(db, "person") == {"吕丽": (2, 1, 2, 17.0)}


def test_within_a_unit_counts_all_below_it_and_nothing_beside_it(db, town, now):
    other = unit(db, now, "科技部", town.branch)
    held(db, town, MONDAY, [town.party, person(db, now, other, "0101", "江河")])

    assert by(db, "person", within=town.branch) == {"吕莉": (1, 1, 1, 8.5), "江河": (1, 1, 1, 8.5)}
    assert by(db, "person", within=other) == {"江河": (1, 1, 1, 8.5)}
    assert by(db, "person", unit_id=town.branch) == {}


def test_first_and_last_day_both_count(db, town):
    held(db, town, MONDAY, [town.party])
    held(db, town, TUESDAY, [town.party])

    assert counts(tallies.total(db, first=MONDAY, last=MONDAY)) == (1, 1, 1, 8.5)
    assert counts(tallies.total(db, first=MONDAY, last=TUESDAY)) == (2, 1, 2, 17.0)


def test_an_opening_balance_has_trips_and_people_but_no_sessions(db, town, now):
    carried(db, town, town.party, now, trips=3)
    carried(db, town, town.lan, now, trips=2)

    found = tallies.total(db, first=date(2025, 1, 1), last=date(2025, 12, 31))

    assert (counts(found), found["carried"]) == ((5, 2, 0, 40.0), 5)


def test_a_corrected_balance_leaves_the_rest_of_it(db, town, now):
    first, *_ = carried(db, town, town.party, now, trips=3)

    ledger.correct(db, first, reason="多记 1 次", by=SYSTEM, now=now)

    assert counts(tallies.total(db, first=date(2025, 1, 1), last=date(2025, 12, 31))) == (2, 1, 0, 16.0)


def test_every_month_of_the_period_is_there_even_an_empty_one(db, town):
    held(db, town, MONDAY, [town.party])

    found = tallies.months(db, first=date(2026, 2, 1), last=date(2026, 4, 15))
    long = tallies.months(db, first=date(2000, 1, 1), last=date(2026, 12, 31))

    assert [(row["key"], row["trips"]) for row in found] == [("2026-02", 0), ("2026-03", 1), ("2026-04", 0)]
    assert [(row["key"], row["trips"]) for row in long] == [("2026-03", 1)]


def test_a_figure_opens_into_its_trips_with_each_correction_under_its_entry(db, town, now):
    shift_id = held(db, town, MONDAY, [town.party, town.lan])
    held(db, town, TUESDAY, [town.party])
    attendance.mark_absent(db, assigned(db, shift_id, town.party), reason="没有来", by=SYSTEM, now=now)

    found = tallies.trips(db, **YEAR)

    assert [(row["staff_no"], row["day"], row["trips"], row["reason"]) for row in found] == [
        ("0003", "2026-03-02", 1, ""),
        ("0003", "2026-03-02", -1, "没有来"),
        ("0004", "2026-03-02", 1, ""),
        ("0003", "2026-03-03", 1, ""),
    ]
    assert (found[0]["reversed_by"], found[1]["reverses"]) == (found[1]["id"], found[0]["id"])
    assert sum(row["trips"] for row in found) == tallies.total(db, **YEAR)["trips"]


def test_trips_are_listed_so_that_people_can_be_counted(db, town):
    held(db, town, MONDAY, [town.lan, town.party])
    held(db, town, TUESDAY, [town.party])

    assert [row["staff_no"] for row in tallies.trips(db, order="people", **YEAR)] == ["0003", "0003", "0004"]


def test_trips_come_in_pages(db, town):
    for number in range(5):
        held(db, town, MONDAY + timedelta(days=number), [town.party])

    assert [row["day"][-2:] for row in tallies.trips(db, limit=2, offset=2, **YEAR)] == ["04", "05"]


def test_every_tally_agrees_with_counting_by_hand(db, town, now):
    """Random shifts, absences and corrections, against the definitions spelled out in Python."""
    dice = random.Random(7)
    crew = [town.party, town.lan, town.min, town.bo, town.head, town.deputy]
    places = [town.outlet, town.community, place(db, now, town.branch, "龙泉村", "village")]
    for number in range(60):
        there = dice.sample(crew, dice.randint(1, 4))
        day = date(2025, 11, 1) + timedelta(days=3 * number)
        shift_id = held(
            db, town, day, there, place_id=dice.choice(places), activity=dice.choice(["lobby", "visit", "training"]),
            absent=[one for one in there if dice.random() < 0.2], ends=time(dice.randint(9, 20)),
        )  # fmt: skip
        for row in attendance.sheet(db, shift_id):
            if row["state"] == "present" and dice.random() < 0.2:
                attendance.mark_absent(db, row["assignment_id"], reason="更正", by=SYSTEM, now=now)
    entries = [entry for entry in ledger.dump(db) if "2026-01-01" <= entry["day"] <= "2026-12-31"]
    reversed_ids = {entry["reverses"] for entry in entries}
    stood = [entry for entry in entries if entry["trips"] == 1 and entry["entry"] not in reversed_ids]

    keys = {
        "person": "person_id", "unit": "unit_id", "place": "place_id", "activity": "activity", "month": "month",
    }  # fmt: skip
    for what, name in keys.items():
        expected = {}
        for entry in stood:
            key = (entry | {"month": entry["day"][:7]})[name]
            expected.setdefault(key, []).append(entry)
        assert {row["key"]: counts(row) for row in tallies.tally(db, what, **YEAR)} == {
            key: (
                len(group),
                len({entry["person_id"] for entry in group}),
                len({entry["shift"] for entry in group}),
                sum(entry["minutes"] for entry in group) / 60,
            )
            for key, group in expected.items()
        }


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_a_period_has_a_first_and_a_last_day(text, first, last):
    assert tallies.period(text) == (first, last)


@pytest.mark.parametrize(
    "text", ["", "26", "2026Q5", "2026-13", "2026-1", "9999", "1899", "2101", "２０２６", "2026' OR 1=1"]
)
def test_a_period_that_is_none_is_refused(text):
    with pytest.raises(Invalid):
        tallies.period(text)
