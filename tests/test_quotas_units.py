"""What units owe in a period, how far they have come, who is behind."""

from __future__ import annotations

from datetime import date, time

import pytest

from scheduler import clock, quotas
from scheduler.audit import SYSTEM, history
from scheduler.database import update
from scheduler.errors import Conflict, Invalid, NotFound
from tests.builders import held, person, shift, unit

MARCH = (date(2026, 3, 1), date(2026, 3, 31))


def owe(db, town, now, **more):
    given = {"unit_id": town.branch, "period": "month", "basis": "head", "amount": 2, "starts_on": date(2026, 1, 1)}
    return quotas.add_target(db, by=SYSTEM, now=now, **(given | more))


def how(db, target_id, day, within, *names, period=MARCH):
    found = quotas.progress(db, target_id, *period, within=within, now=clock.instant(day, time(20), db.zone))
    return [tuple(row[name] for name in ("unit", *names)) for row in found]


def test_a_target_by_headcount_is_owed_by_every_unit_below(db, town, now):
    target_id = owe(db, town, now)
    for day in (2, 3):
        held(db, town, date(2026, 3, day), [town.lan, town.deputy])
    shift(db, town, date(2026, 3, 20), [town.lan, town.min], roster="draft")

    found = how(db, target_id, date(2026, 3, 17), town.branch, "heads", "owed", "done", "planned", "state")

    assert found == [("巴中市分行", 6, 12, 4, 2, "behind"), ("办公室", 4, 8, 2, 2, "behind")]
    assert how(db, target_id, date(2026, 3, 17), town.office, "owed") == [("办公室", 8)]


def test_a_fixed_target_is_shared_by_headcount(db, town, now):
    target_id = owe(db, town, now, basis="fixed", amount=10)

    assert how(db, target_id, date(2026, 2, 27), town.branch, "owed", "state") == [
        ("巴中市分行", 10, "ahead"), ("办公室", 7, "ahead"),
    ]  # fmt: skip


def test_only_its_activity_and_its_days_count(db, town, now):
    target_id = owe(db, town, now, activity="community")
    held(db, town, date(2026, 3, 2), [town.lan])
    held(db, town, date(2026, 2, 28), [town.lan], activity="community")
    held(db, town, date(2026, 3, 31), [town.lan], activity="community")

    assert how(db, target_id, date(2026, 4, 1), town.office, "done", "state") == [("办公室", 1, "missed")]


def test_those_who_came_after_the_first_day_are_not_counted(db, town, now):
    person(db, now, town.office, "0009", "苗青", joined_on=date(2026, 3, 2))

    assert how(db, owe(db, town, now), date(2026, 3, 9), town.office, "heads") == [("办公室", 4)]


def test_who_is_furthest_behind_comes_first(db, town, now):
    other = unit(db, now, "平昌县支行", town.branch)
    person(db, now, other, "0201", "苗青")
    held(db, town, date(2026, 3, 2), [town.lan])

    found = quotas.progress(
        db, owe(db, town, now), *MARCH, within=town.branch, now=clock.midnight(date(2026, 3, 30), db.zone)
    )

    assert [row["unit"] for row in quotas.behind(found)] == ["平昌县支行", "巴中市分行", "办公室"]


@pytest.mark.parametrize(
    ("period", "starts_on", "ends_on", "found"),
    [
        ("month", date(2026, 1, 15), None, [(2, 1), (3, 1)]),
        ("quarter", date(2026, 1, 1), None, [(1, 1)]),
        ("quarter", date(2026, 1, 2), None, []),
        ("year", date(2026, 1, 1), date(2026, 12, 30), []),
        ("dates", date(2026, 3, 5), date(2026, 4, 20), [(3, 5)]),
    ],
)
def test_a_target_binds_in_periods_that_lie_wholly_within_its_days(db, town, now, period, starts_on, ends_on, found):
    held = quotas.target(db, owe(db, town, now, period=period, starts_on=starts_on, ends_on=ends_on))

    opened = [first for first, _ in quotas.spans(held, date(2026, 1, 1), date(2026, 3, 31))]

    assert [(first.month, first.day) for first in opened] == found


def test_a_target_that_is_over_counts_for_attainment(db, town, now):
    owe(db, town, now, amount=1, starts_on=MARCH[0])
    held(db, town, date(2026, 3, 2), [town.party, town.lan, town.min, town.bo])

    def due(unit_id, day):
        found = quotas.attainment(db, unit_id, *MARCH, now=clock.midnight(day, db.zone))
        return found["units_met"], found["units_due"]

    assert (due(town.office, date(2026, 4, 1)), due(town.branch, date(2026, 4, 1))) == ((1, 1), (0, 1))
    assert due(town.office, date(2026, 3, 31)) == (0, 0)


def test_a_target_is_set_once_and_ended_with_a_note(db, town, now):
    target_id = owe(db, town, now)
    with pytest.raises(Conflict) as refused:
        owe(db, town, now, amount=9)

    quotas.end_target(db, target_id, date(2026, 3, 31), by=SYSTEM, now=now)

    assert refused.value.code == "unit_quota_exists"
    assert history(db, "unit_quota", target_id)[0]["act"] == "end"
    assert owe(db, town, now, starts_on=date(2026, 4, 1))
    with pytest.raises(Invalid):
        quotas.end_target(db, target_id, date(2026, 4, 30), by=SYSTEM, now=now)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"period": "week"}, "period"),
        ({"basis": "half"}, "basis"),
        ({"amount": 0}, "amount"),
        ({"activity": "dance"}, "activity"),
        ({"period": "dates"}, "ends_on"),
        ({"ends_on": date(2025, 1, 1)}, "ends_on"),
    ],
)
def test_a_wrong_target_is_refused_at_its_field(db, town, now, wrong, field):
    with pytest.raises(Invalid) as refused:
        owe(db, town, now, **wrong)

    assert [problem.field for problem in refused.value.problems] == [field]


def test_a_target_of_no_unit_is_refused(db, town, now):
    with pytest.raises(NotFound):
        owe(db, town, now, unit_id=99)


def test_after_a_unit_was_moved_its_trips_count_where_it_stands_now(db, town, now):
    county = unit(db, now, "平昌县支行", town.branch)
    target_id = owe(db, town, now)
    held(db, town, date(2026, 3, 2), [town.lan, town.min])

    update(db, "unit", town.office, parent_id=county)

    assert how(db, target_id, date(2026, 3, 31), town.branch, "done") == [
        ("巴中市分行", 2), ("平昌县支行", 2), ("办公室", 2),
    ]  # fmt: skip
