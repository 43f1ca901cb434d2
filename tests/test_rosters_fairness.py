"""Fairness over a year on the real database: who joins late or falls ill is neither punished nor spared."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace

import pytest

from scheduler import assignments, attendance, clock, people, quotas, rosters, rotation, workdays
from scheduler.audit import SYSTEM
from scheduler.database import rows
from scheduler.rosters.trying import tried
from scheduler.rotation.costs import objective
from tests import builders
from tests.test_rosters import seats_of

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
JUNE = date(2026, 6, 1)
JANUARY = datetime(2025, 12, 30, tzinfo=UTC)


@pytest.fixture
def team(db, now):
    """An outlet that needs two people every workday, and eight to stand there; the last joined in June."""
    branch = builders.unit(db, now)
    outlet = builders.place(db, now, branch, "江北支行")
    builders.template(db, now, branch, [outlet], headcount=2)
    names = ["吕莉", "兰草", "闵行", "薄荷", "萧倩", "苏叶", "方竹", "江离"]
    staff = [
        builders.person(db, now, branch, f"{at:04}", name, joined_on=JUNE if name == "江离" else date(2020, 1, 1))
        for at, name in enumerate(names, start=1)
    ]
    return branch, dict(zip(names, staff, strict=True))


def ill(db, person_id, first, last, now):
    people.add_away(
        db, person_id, kind="sick", starts_at=clock.midnight(first, db.zone),
        ends_at=clock.midnight(last + timedelta(days=1), db.zone), by=SYSTEM, now=now,
    )  # fmt: skip


def month(db, branch, first):
    """Draft, fill and publish one month, and let it take place."""
    last = clock.first_of_next_month(first) - timedelta(days=1)
    before, after = clock.midnight(first, db.zone), clock.midnight(last + timedelta(days=5), db.zone)
    roster_id = rosters.draft(db, unit_id=branch, starts_on=first, ends_on=last, by=SYSTEM, now=before)
    rosters.fill(db, roster_id, by=SYSTEM, now=before)
    rosters.publish(db, roster_id, by=SYSTEM, now=before)
    attendance.close_overdue(db, after=timedelta(hours=48), now=after)


def year(db, branch):
    for number in range(1, 13):
        month(db, branch, date(2026, number, 1))


def trips(db):
    found = rows(db, "SELECT person, SUM(trips) AS trips FROM ledger GROUP BY person_id ORDER BY person_id")
    return {row["person"]: row["trips"] for row in found}


def apart(db, staff, *, absent):
    """By person: trips above what the common rate makes of the days on which they were there."""
    days = {
        name: sum(
            day.is_workday and not any(first <= day.day <= last for first, last in absent.get(name, ()))
            for day in workdays.days(db, *YEAR)
        )
        for name in staff
    }
    stood = trips(db)
    rate = sum(stood.values()) / sum(days.values())
    return {name: round(stood[name] - rate * days[name], 2) for name in staff}


def test_a_year_ends_within_one_trip_whoever_joined_late_or_was_ill(db, now, team):
    branch, staff = team
    april = (date(2026, 4, 1), date(2026, 4, 30))
    ill(db, staff["兰草"], *april, now)

    year(db, branch)

    absent = {"兰草": [april], "江离": [(YEAR[0], JUNE - timedelta(days=1))]}
    found = apart(db, staff, absent=absent)
    assert {name: off for name, off in found.items() if abs(off) > 1} == {}
    assert sum(trips(db).values()) == 2 * sum(day.is_workday for day in workdays.days(db, *YEAR))


def test_whoever_joins_gets_no_more_a_month_than_the_others(db, now, team):
    """No catching up on the months before they came: the newcomer's June is everybody's June."""
    branch, staff = team
    for number in range(1, 7):
        month(db, branch, date(2026, number, 1))

    june = rows(
        db,
        "SELECT person, COUNT(*) AS trips FROM ledger WHERE day >= '2026-06-01' GROUP BY person_id ORDER BY person_id",
    )
    counts = {row["person"]: row["trips"] for row in june}
    newcomers = counts.pop("江离")
    assert counts.keys() == staff.keys() - {"江离"}
    assert min(counts.values()) <= newcomers <= max(counts.values())


@pytest.fixture
def weekends(db, now, team):
    """The outlet opens on Saturdays as well."""
    branch, _ = team
    outlet = rows(db, "SELECT id FROM place")[0]["id"]
    builders.template(db, now, branch, [outlet], name="周末值班", days="weekdays", weekdays=[5], headcount=2)


def off_day_trips(db):
    """By person; a Saturday that the State makes a workday is none."""
    off = {day.day.isoformat() for day in workdays.days(db, *YEAR) if not day.is_workday}
    found = rows(db, "SELECT person, day FROM ledger ORDER BY person_id")
    return Counter(row["person"] for row in found if row["day"] in off)


@pytest.mark.usefixtures("weekends")
def test_off_day_duty_is_even_on_its_own_count(db, team):
    """Five months of Saturdays for seven people: nobody has stood more than one above another."""
    branch, _ = team
    for number in range(1, 6):
        month(db, branch, date(2026, number, 1))

    found = off_day_trips(db)
    assert len(found) == 7
    assert max(found.values()) - min(found.values()) <= 1


@pytest.mark.usefixtures("weekends")
def test_evening_off_days_out_costs_nothing_else(db, team, now):
    """What the page tells of price and bound is the price of the seats that were written."""
    branch, staff = team
    for name in ("吕莉", "兰草"):
        builders.carried(db, SimpleNamespace(outlet=1), staff[name], now, trips=2)
    roster_id = rosters.draft(
        db, unit_id=branch, starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 29), by=SYSTEM, now=now
    )

    rosters.fill(db, roster_id, by=SYSTEM, now=now)

    facts = rosters.roster(db, roster_id)["fill_facts"]
    index = rotation.indexed(rosters.problem(db, roster_id))
    assert objective(index, rosters.seats(db, roster_id)) == pytest.approx(facts["objective"], abs=0.006)
    assert rosters.breaches(db, roster_id) == []


@pytest.mark.usefixtures("weekends")
def test_a_locked_off_day_stays_with_whom_it_was_locked_to(db, team, now):
    branch, staff = team
    first, last = date(2026, 3, 2), date(2026, 3, 29)
    roster_id = rosters.draft(db, unit_id=branch, starts_on=first, ends_on=last, by=SYSTEM, now=now)
    saturdays = rows(db, "SELECT id FROM shift WHERE strftime('%w', day) = '6' ORDER BY day")
    for row in saturdays:
        held = assignments.seat(db, row["id"], staff["吕莉"], by=SYSTEM, now=now)
        assignments.fix(db, held, by=SYSTEM, now=now)

    rosters.fill(db, roster_id, by=SYSTEM, now=now)

    held = rows(
        db,
        """
        SELECT shift_id
        FROM assignment
        JOIN shift ON shift.id = shift_id
        WHERE person_id = :id AND strftime('%w', day) = '6'
        """,
        id=staff["吕莉"],
    )
    assert len(held) == len(saturdays) == 4


def test_the_turn_of_somebody_on_leave_is_kept(db, town, now):
    """兰草 is far behind and away on Monday: the next days are theirs, as Monday would have been."""
    builders.carried(db, town, town.party, now, trips=6)
    builders.carried(db, town, town.lan, now, trips=3)
    ill(db, town.lan, date(2026, 3, 2), date(2026, 3, 2), now)
    first, last = date(2026, 3, 2), date(2026, 3, 5)
    roster_id = rosters.draft(db, unit_id=town.branch, starts_on=first, ends_on=last, by=SYSTEM, now=now)

    rosters.fill(db, roster_id, by=SYSTEM, now=now)

    assert [row["person_id"] for row in seats_of(db, roster_id)] == [town.party, town.lan, town.lan, town.lan]


def test_leaders_owe_no_visit_in_a_short_holiday_week(db, town, now):
    """Two workdays or fewer waive it: the week of the Spring Festival has none."""
    builders.template(
        db, now, town.branch, [town.community], name="走访", activity="visit", starts=time(14), ends=time(16),
        roles=["head"],
    )  # fmt: skip
    quotas.add(
        db, unit_id=town.branch, role="head", activity="visit", least=1, starts_on=date(2026, 1, 1),
        by=SYSTEM, now=now,
    )  # fmt: skip
    first, last = date(2026, 2, 2), date(2026, 3, 1)
    roster_id = rosters.draft(db, unit_id=town.branch, starts_on=first, ends_on=last, by=SYSTEM, now=now)

    index = rotation.indexed(rosters.problem(db, roster_id))

    owed = {week for _, _, week in index.dues}
    short = {
        week
        for week in range(4)
        if sum(
            day.is_workday for day in workdays.days(db, first + timedelta(7 * week), first + timedelta(7 * week + 6))
        )
        < 3
    }
    assert (owed, short) == ({0, 1, 2, 3} - short, {2})


@pytest.fixture
def after_january(db, team, weekends, now):
    """A January in which 吕莉 stood every Saturday, and the draft of February."""
    branch, staff = team
    first, last = date(2026, 1, 1), date(2026, 1, 31)
    roster_id = rosters.draft(db, unit_id=branch, starts_on=first, ends_on=last, by=SYSTEM, now=JANUARY)
    for row in rows(db, "SELECT id FROM shift WHERE strftime('%w', day) = '6' ORDER BY day"):
        held = assignments.seat(db, row["id"], staff["吕莉"], by=SYSTEM, now=JANUARY)
        assignments.fix(db, held, by=SYSTEM, now=JANUARY)
    rosters.fill(db, roster_id, by=SYSTEM, now=JANUARY)
    rosters.publish(db, roster_id, by=SYSTEM, now=JANUARY)
    attendance.close_overdue(db, after=timedelta(hours=48), now=clock.midnight(date(2026, 2, 5), db.zone))
    first, last = date(2026, 2, 1), date(2026, 2, 28)
    return rosters.draft(db, unit_id=branch, starts_on=first, ends_on=last, by=SYSTEM, now=JANUARY)


def saturdays(seats):
    """How many of February's off days each person stands: the 14th and the 28th are workdays by the State's notice."""
    return Counter(row["person_id"] for row in seats if row["day"] in ("2026-02-07", "2026-02-21"))


def test_whoever_stood_too_many_off_days_is_dearer_on_the_next_ones(db, team, after_january):
    _, staff = team

    found = {one.id: one.offday_turn for one in rosters.problem(db, after_january).staff}

    ahead = found.pop(f"P{staff['吕莉']}")
    assert ahead > 2 > 0 > max(found.values())
    assert ahead + sum(found.values()) == pytest.approx(0, abs=0.1)


def test_nobody_is_ahead_where_nobody_has_stood_an_off_day(db, team, weekends, now):
    branch, _ = team
    first, last = date(2026, 3, 2), date(2026, 3, 29)
    roster_id = rosters.draft(db, unit_id=branch, starts_on=first, ends_on=last, by=SYSTEM, now=now)

    assert {one.offday_turn for one in rosters.problem(db, roster_id).staff} == {0.0}


@pytest.mark.parametrize("how", ["fill", "what if"])
def test_the_next_off_days_are_somebody_elses_turn_however_it_is_filled(db, team, after_january, how):
    _, staff = team

    if how == "fill":
        rosters.fill(db, after_january, by=SYSTEM, now=JANUARY)
        found = saturdays(seats_of(db, after_january))
    else:
        rows_of, _ = tried(db, rosters.roster(db, after_january), "none", (), duty=None, now=JANUARY)
        days = {row["id"]: row["day"] for row in rows(db, "SELECT id, day FROM shift ORDER BY id")}
        found = saturdays([row | {"day": days[row["shift_id"]]} for row in rows_of])

    assert staff["吕莉"] not in found
    before = Counter(row["person"] for row in rows(db, "SELECT person FROM ledger WHERE strftime('%w', day) = '6'"))
    both = {before[name] + found[id] for name, id in staff.items() if name not in ("吕莉", "江离")}
    assert max(both) - min(both) <= 1


def test_a_choice_says_that_it_was_their_turn(db, team, after_january):
    rosters.fill(db, after_january, by=SYSTEM, now=JANUARY)

    found = rows(db, "SELECT why FROM assignment JOIN shift ON shift.id = shift_id WHERE shift.day = '2026-02-07'")
    assert all(json.loads(row["why"])["parts"].get("offday", 0) <= 0 for row in found)
    others = [other["parts"].get("offday", 0) for row in found for other in json.loads(row["why"])["others"]]
    assert others
    assert min(others) <= 0


def test_a_month_that_is_the_best_there_is_says_so(db, team, now):
    """Shares are told to the engine in hundredths: it loses nothing by rounding, and its bound meets the price."""
    branch, _ = team
    month(db, branch, date(2026, 1, 1))
    first, last = date(2026, 2, 1), date(2026, 2, 28)
    roster_id = rosters.draft(db, unit_id=branch, starts_on=first, ends_on=last, by=SYSTEM, now=now)

    rosters.fill(db, roster_id, by=SYSTEM, now=JANUARY)

    facts = rosters.roster(db, roster_id)["fill_facts"]
    assert (facts["proven"], facts["bound"]) == (True, facts["objective"])
