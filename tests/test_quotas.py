"""What leaders owe each ISO week, and whether they met it."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from scheduler import attendance, clock, people, places, quotas, workdays
from scheduler.audit import SYSTEM, history
from scheduler.database import IntegrityError, update
from scheduler.errors import Conflict, Invalid, NotFound
from tests.builders import assigned, held, person, shift, unit

MONDAY = date(2026, 3, 2)  # of the first of four whole weeks
MARCH = (date(2026, 3, 1), date(2026, 3, 29))


@pytest.fixture
def owed(db, town, now):
    """The deputy owes two visits a week."""
    return owe(db, town, now)


def owe(db, town, now, **more):
    given = {"unit_id": town.branch, "role": "deputy", "activity": "visit", "least": 2, "starts_on": MONDAY}
    return quotas.add(db, by=SYSTEM, now=now, **(given | more))


def visit(db, town, day, who, make=held):
    return make(db, town, day, [who], place_id=town.community, activity="visit", starts=time(9), ends=time(11))


def weeks(db, town, day, within=None, period=MARCH):
    """Each week's state on the evening of a day."""
    found = quotas.weeks(db, within or town.branch, *period, now=clock.instant(day, time(20), db.zone))
    return [(row["first"].day, row["done"], row["planned"], row["state"], row["reason"]) for row in found]


def away(db, person_id, now, first, days, kind="travel", opens=time(0)):
    starts = clock.instant(first, opens, db.zone)
    ends = clock.midnight(first + timedelta(days=days), db.zone)
    people.add_away(db, person_id, kind=kind, starts_at=starts, ends_at=ends, by=SYSTEM, now=now)


def test_a_week_is_met_planned_missed_or_open(db, town, owed):
    for day in (2, 3):
        visit(db, town, date(2026, 3, day), town.deputy)
    visit(db, town, date(2026, 3, 9), town.deputy)
    for day in (17, 18):
        visit(db, town, date(2026, 3, day), town.deputy, shift)

    assert weeks(db, town, date(2026, 3, 16)) == [
        (2, 2, 0, "met", None),
        (9, 1, 0, "missed", None),
        (16, 0, 2, "planned", None),
        (23, 0, 0, "open", None),
    ]


def test_a_week_is_not_missed_before_it_is_over(db, town, owed):
    assert weeks(db, town, date(2026, 3, 8))[0] == (2, 0, 0, "risk", None)
    assert weeks(db, town, date(2026, 3, 9))[0] == (2, 0, 0, "missed", None)


def test_a_week_that_waits_for_confirmation_is_not_missed_yet(db, town, owed):
    visit(db, town, MONDAY, town.deputy)
    unconfirmed = visit(db, town, MONDAY + timedelta(days=1), town.deputy, shift)
    assert weeks(db, town, date(2026, 3, 20))[0] == (2, 1, 1, "planned", None)

    absent = {assigned(db, unconfirmed, town.deputy): "会议"}
    attendance.confirm(db, unconfirmed, absent=absent, by=SYSTEM, now=clock.midnight(date(2026, 3, 20), db.zone))

    assert weeks(db, town, date(2026, 3, 20))[0] == (2, 1, 0, "missed", None)


def test_a_draft_counts_as_planned(db, town, owed):
    for day in (17, 18):
        shift(db, town, date(2026, 3, day), [town.deputy], activity="visit", roster="draft")

    assert weeks(db, town, date(2026, 3, 16))[2] == (16, 0, 2, "planned", None)


def test_a_corrected_visit_does_not_count(db, town, owed, now):
    visit(db, town, MONDAY, town.deputy)
    second = visit(db, town, MONDAY + timedelta(days=1), town.deputy)
    assert weeks(db, town, date(2026, 3, 20))[0][3] == "met"

    attendance.mark_absent(db, assigned(db, second, town.deputy), reason="没有去", by=SYSTEM, now=now)

    assert weeks(db, town, date(2026, 3, 20))[0] == (2, 1, 0, "missed", None)


def test_other_activities_and_other_people_do_not_count(db, town, owed):
    held(db, town, MONDAY, [town.deputy, town.head])
    visit(db, town, MONDAY + timedelta(days=1), town.head)

    assert weeks(db, town, date(2026, 3, 20))[0] == (2, 0, 0, "missed", None)


def test_a_visit_on_sunday_belongs_to_the_week_that_ends(db, town, owed):
    visit(db, town, date(2026, 3, 8), town.deputy)

    assert [row[1] for row in weeks(db, town, date(2026, 3, 20))] == [1, 0, 0, 0]


def test_a_week_of_two_workdays_owes_nothing(db, town, owed, now):
    for day in (2, 3, 4):
        workdays.override(db, date(2026, 3, day), is_workday=False, name="放假", by=SYSTEM, now=now)

    assert weeks(db, town, date(2026, 3, 20))[0] == (2, 0, 0, "waived", "holiday")


def test_a_make_up_workday_counts_as_a_day_of_its_week(db, town, owed, now):
    for day in (2, 3, 4):
        workdays.override(db, date(2026, 3, day), is_workday=False, name="放假", by=SYSTEM, now=now)
    workdays.override(db, date(2026, 3, 7), is_workday=True, by=SYSTEM, now=now)

    assert weeks(db, town, date(2026, 3, 20))[0][3] == "missed"


@pytest.mark.parametrize(("days", "state"), [(2, "missed"), (3, "waived")])
def test_a_week_with_fewer_than_three_days_there_owes_nothing(db, town, owed, now, days, state):
    away(db, town.deputy, now, MONDAY, days)

    assert weeks(db, town, date(2026, 3, 20))[0][3] == state


def test_an_evening_away_is_not_a_day_away(db, town, owed, now):
    for day in range(2, 7):
        away(db, town.deputy, now, date(2026, 3, day), 1, opens=time(18))

    assert weeks(db, town, date(2026, 3, 20))[0][3] == "missed"


def test_a_waived_week_names_the_absence_and_is_still_met_by_visits(db, town, owed, now):
    away(db, town.deputy, now, date(2026, 3, 4), 3, kind="training")
    assert weeks(db, town, date(2026, 3, 20))[0] == (2, 0, 0, "waived", "training")

    for day in (2, 3):
        visit(db, town, date(2026, 3, day), town.deputy)

    assert weeks(db, town, date(2026, 3, 20))[0][3] == "met"


def test_a_week_before_joining_owes_nothing(db, town, owed):
    update(db, "person", town.deputy, joined_on="2026-03-12")

    assert [row[3:] for row in weeks(db, town, date(2026, 3, 29))] == [
        ("waived", "employment"), ("waived", "employment"), ("missed", None), ("risk", None),
    ]  # fmt: skip


def test_a_quota_binds_in_the_weeks_that_lie_wholly_within_its_days(db, town, now):
    owe(db, town, now, starts_on=date(2026, 3, 3), ends_on=date(2026, 3, 22))

    assert [row[0] for row in weeks(db, town, date(2026, 3, 20))] == [9, 16]


def test_a_week_belongs_to_the_period_that_holds_its_monday(db, town, now):
    owe(db, town, now, starts_on=date(2026, 1, 1))

    assert [row[0] for row in weeks(db, town, MONDAY, period=(date(2026, 3, 10), date(2026, 3, 16)))] == [16]
    assert weeks(db, town, MONDAY, period=(date(2026, 3, 10), date(2026, 3, 15))) == []


def test_a_unit_sees_its_own_leaders_under_quotas_set_above_it(db, town, owed, now):
    county = unit(db, now, "平昌县支行", town.branch)
    other = unit(db, now, "南江县支行", town.branch)
    person(db, now, county, "0201", "苗青", role="deputy")

    found = quotas.weeks(db, county, *MARCH, now=now)

    assert {row["name"] for row in found} == {"苗青"}
    assert quotas.weeks(db, other, *MARCH, now=now) == []


def test_the_board_has_a_line_for_each_leader_head_first(db, town, owed, now):
    owe(db, town, now, role="head", least=1)
    visit(db, town, MONDAY, town.head)

    lines = quotas.board(quotas.weeks(db, town.branch, *MARCH, now=clock.midnight(date(2026, 3, 16), db.zone)))

    assert [(line.name, line.need, line.count("met"), line.due, len(line.weeks)) for line in lines] == [
        ("何远山", 1, 1, 2, 4),
        ("杜明月", 2, 0, 2, 4),
    ]


def test_adding_a_quota_is_noted(db, town, owed):
    (noted,) = history(db, "quota", owed)

    facts = {"role": "deputy", "activity": "visit", "least": 2, "period": "week"}
    assert (noted["act"], noted["facts"]) == ("add", facts)


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"role": "king"}, ["role"]),
        ({"least": 0}, ["least"]),
        ({"least": 8}, ["least"]),
        ({"activity": "dance"}, ["activity"]),
        ({"ends_on": date(2026, 3, 1)}, ["ends_on"]),
        ({"role": "king", "least": 9, "activity": "dance"}, ["role", "least", "activity"]),
    ],
)
def test_a_wrong_quota_is_refused_at_its_fields(db, town, now, wrong, fields):
    with pytest.raises(Invalid) as refused:
        owe(db, town, now, **wrong)

    assert [problem.field for problem in refused.value.problems] == fields


def test_a_quota_of_no_unit_is_refused(db, town, now):
    with pytest.raises(NotFound):
        owe(db, town, now, unit_id=99)


def test_the_same_quota_twice_over_the_same_days_is_refused(db, town, now):
    owe(db, town, now, ends_on=date(2026, 3, 31))

    with pytest.raises(Conflict) as refused:
        owe(db, town, now, starts_on=date(2026, 3, 31))

    assert refused.value.code == "quota_exists"
    assert owe(db, town, now, starts_on=date(2026, 4, 1))


def test_from_wednesday_at_nine_what_is_not_planned_is_at_risk(db, town, owed):
    opens = clock.instant(date(2026, 3, 4), time(9), db.zone)
    at = {minutes: opens + timedelta(minutes=minutes) for minutes in (-1, 0)}

    two = (MONDAY, MONDAY + timedelta(days=7))
    found = {name: quotas.weeks(db, town.branch, *two, now=then) for name, then in at.items()}

    assert {name: [row["state"] for row in week] for name, week in found.items()} == {
        -1: ["open", "open"], 0: ["risk", "open"],
    }  # fmt: skip


def test_a_quota_at_one_place_counts_visits_there_only(db, town, now):
    owe(db, town, now, place_id=town.community)
    held(db, town, MONDAY, [town.deputy], activity="visit")
    visit(db, town, MONDAY + timedelta(days=1), town.deputy)

    assert weeks(db, town, date(2026, 3, 9))[0][1:4] == (1, 0, "missed")


def test_a_quota_at_ones_own_community_counts_while_ones_unit_sponsors_it(db, town, now):
    owe(db, town, now, sponsored=True)
    places.sponsor(
        db, town.community, unit_id=town.branch, starts_on=MONDAY, ends_on=date(2026, 3, 9), by=SYSTEM, now=now
    )
    for day in (2, 9, 10):
        visit(db, town, date(2026, 3, day), town.deputy)
    held(db, town, date(2026, 3, 3), [town.deputy], activity="visit")

    assert [row[1] for row in weeks(db, town, date(2026, 3, 20))[:2]] == [1, 1]


def test_a_month_owes_its_visits_wherever_in_it_they_are(db, town, now):
    owe(db, town, now, period="month", least=3, starts_on=date(2026, 3, 1))
    for day in (2, 30):
        visit(db, town, date(2026, 3, day), town.deputy)

    def states(day):
        at = clock.instant(day, time(20), db.zone)
        found = quotas.months(db, town.branch, date(2026, 3, 1), date(2026, 4, 30), now=at)
        return [(row["first"].month, row["done"], row["state"]) for row in found]

    assert states(date(2026, 3, 14)) == [(3, 2, "open"), (4, 0, "open")]
    assert states(date(2026, 3, 15)) == [(3, 2, "risk"), (4, 0, "open")]
    assert states(date(2026, 4, 1)) == [(3, 2, "missed"), (4, 0, "open")]
    assert weeks(db, town, date(2026, 4, 1)) == []


def test_a_changed_quota_keeps_what_was_owed_before(db, town, owed, now):
    quotas.waive(db, owed, town.deputy, date(2026, 3, 23), note="外出挂职", by=SYSTEM, now=now)

    newer = quotas.change(db, owed, least=1, since=date(2026, 3, 16), by=SYSTEM, now=now)

    found = quotas.weeks(db, town.branch, *MARCH, now=now)
    assert [(row["first"].day, row["need"], row["quota_id"], row["state"]) for row in found] == [
        (2, 2, owed, "open"), (9, 2, owed, "open"), (16, 1, newer, "open"), (23, 1, newer, "waived"),
    ]  # fmt: skip
    assert history(db, "quota", owed)[0]["facts"]["least"] == {"from": 2, "to": 1}


@pytest.mark.parametrize(
    ("since", "least", "codes"),
    [
        (date(2026, 3, 17), 1, ["not_a_monday"]),
        (MONDAY, 1, ["out_of_quota"]),
        (date(2026, 4, 6), 1, ["out_of_quota"]),
        (date(2026, 3, 16), 0, ["out_of_range"]),
    ],
)
def test_a_change_from_a_day_that_does_not_fit_is_refused(db, town, now, since, least, codes):
    quota_id = owe(db, town, now, ends_on=date(2026, 3, 31))

    with pytest.raises(Invalid) as refused:
        quotas.change(db, quota_id, least=least, since=since, by=SYSTEM, now=now)

    assert [problem.code for problem in refused.value.problems] == codes


def test_an_ended_quota_binds_no_more_and_is_not_lengthened(db, town, owed, now):
    quotas.end(db, owed, date(2026, 3, 15), by=SYSTEM, now=now)

    assert [row[0] for row in weeks(db, town, date(2026, 3, 20))] == [2, 9]
    for last in (date(2026, 3, 16), date(2026, 3, 1)):
        with pytest.raises(Invalid):
            quotas.end(db, owed, last, by=SYSTEM, now=now)
    with pytest.raises(IntegrityError, match="quota_only_ends"):
        db.conn.execute("UPDATE quota SET least = 1")


def test_a_week_is_waived_by_hand_with_a_note_once_and_taken_back(db, town, owed, now):
    quotas.waive(db, owed, town.deputy, MONDAY, note=" 外出挂职 ", by=SYSTEM, now=now)
    with pytest.raises(Conflict) as refused:
        quotas.waive(db, owed, town.deputy, MONDAY, note="再来", by=SYSTEM, now=now)
    (waived, *_) = quotas.weeks(db, town.branch, *MARCH, now=now)

    quotas.take_back(db, owed, town.deputy, MONDAY, by=SYSTEM, now=now)

    assert (waived["state"], waived["reason"], waived["note"]) == ("waived", "hand", "外出挂职")
    assert refused.value.code == "already_waived"
    assert weeks(db, town, date(2026, 3, 9))[0] == (2, 0, 0, "missed", None)
    assert [act["act"] for act in history(db, "quota", owed)][:2] == ["take_back", "waive"]
    with pytest.raises(Conflict) as again:
        quotas.take_back(db, owed, town.deputy, MONDAY, by=SYSTEM, now=now)
    assert again.value.code == "not_waived"


def test_a_waiver_needs_a_note_and_a_week_that_is_owed(db, town, owed, now):
    with pytest.raises(Invalid):
        quotas.waive(db, owed, town.deputy, MONDAY, note=" ", by=SYSTEM, now=now)
    for who, day in ((town.head, MONDAY), (town.deputy, date(2026, 3, 3)), (99, MONDAY)):
        with pytest.raises(NotFound):
            quotas.waive(db, owed, who, day, note="挂职", by=SYSTEM, now=now)


def test_how_many_workdays_a_week_needs_is_the_units_own_rule(db, town, owed, now):
    for day in (2, 3):
        workdays.override(db, date(2026, 3, day), is_workday=False, name="放假", by=SYSTEM, now=now)
    before = weeks(db, town, date(2026, 3, 9))[0][3]

    quotas.set_least_workdays(db, town.branch, 4, by=SYSTEM, now=now)

    assert (before, weeks(db, town, date(2026, 3, 9))[0][3:]) == ("missed", ("waived", "holiday"))
    assert quotas.least_workdays(db, town.office) == {"days": 4, "set_by": "巴中市分行", "is_own": 0}
    with pytest.raises(Invalid):
        quotas.set_least_workdays(db, town.branch, 6, by=SYSTEM, now=now)


def test_attainment_counts_what_is_decided(db, town, owed, now):
    for day in (2, 3, 9):
        visit(db, town, date(2026, 3, day), town.deputy)
    quotas.waive(db, owed, town.deputy, date(2026, 3, 16), note="挂职", by=SYSTEM, now=now)

    found = quotas.attainment(db, town.branch, *MARCH, now=clock.midnight(date(2026, 3, 27), db.zone))

    assert found == {"met": 1, "due": 2, "units_met": 0, "units_due": 0}
