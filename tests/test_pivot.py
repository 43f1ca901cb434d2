"""One pivot over the ledger: any rows, columns and measures, totals that are right, addresses that hold it whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from scheduler import attendance, tallies
from scheduler.audit import SYSTEM
from scheduler.database import insert, update
from scheduler.errors import Invalid
from scheduler.tallies import Question
from tests.builders import assigned, carried, held, person, shift, unit

YEAR = Question(first=date(2026, 1, 1), last=date(2026, 12, 31))
TODAY = date(2026, 11, 24)
MONDAY = date(2026, 3, 2)
SATURDAY = date(2026, 3, 7)


def cells(db, now, **asked):
    """Line by line: what the row is called, and the first measure by what the column is called."""
    found = tallies.answer(db, replace(YEAR, **asked), now)
    name = found.question.measures[0]
    return {
        tuple(key.zh for key in line.keys): {
            column.zh: cell[name] for column, cell in zip(found.columns, line.cells, strict=True) if cell[name]
        } | {"": line.total[name]}
        for line in found.lines
    }  # fmt: skip


def totals(db, now, **asked):
    """The grand total's cell, without what was carried."""
    found = tallies.answer(db, replace(YEAR, **asked), now).total
    return {name: held for name, held in found.items() if name != "carried"}


def test_rows_by_columns_and_their_totals(db, town, now):
    held(db, town, MONDAY, [town.party, town.head])
    held(db, town, date(2026, 4, 1), [town.party])

    assert cells(db, now, rows=("person",), columns="month") == {
        ("吕莉",): {"2026年3月": 1, "2026年4月": 1, "": 2},
        ("何远山",): {"2026年3月": 1, "": 1},
    }


def test_distinct_people_are_counted_anew_for_every_total(db, town, now):
    held(db, town, MONDAY, [town.party])
    held(db, town, date(2026, 4, 1), [town.party, town.lan])

    found = tallies.answer(db, replace(YEAR, rows=("unit",), columns="month", measures=("people", "trips")), now)

    assert [cell["people"] for cell in found.column_totals if cell["people"]] == [1, 2]
    assert (found.total["people"], found.total["trips"]) == (2, 3)
    assert found.additive == {"people": False, "trips": True}


def test_a_person_in_two_units_counts_once_above_them(db, town, now):
    other = unit(db, now, "科技部", town.branch)
    held(db, town, MONDAY, [town.party])
    update(db, "person", town.party, unit_id=other)
    held(db, town, date(2026, 6, 1), [town.party])

    below = cells(db, now, rows=("unit",), measures=("people",), level=1, within=town.branch)
    above = cells(db, now, rows=("unit",), measures=("people",), level=0, within=town.branch)

    assert below == {("办公室",): {"": 1}, ("科技部",): {"": 1}}
    assert above == {("巴中市分行",): {"": 1}}


def test_units_are_gathered_at_a_level_and_who_stands_above_it_stays_alone(db, town, now):
    group = unit(db, now, "信贷组", town.office)
    held(db, town, MONDAY, [town.head, town.party, person(db, now, group, "0101", "江河")])

    found = tallies.answer(db, replace(YEAR, level=1, within=town.branch), now)

    assert [(line.keys[0].zh, line.keys[0].alone, line.total["trips"]) for line in found.lines] == [
        ("办公室", False, 2),
        ("巴中市分行", True, 1),
    ]
    assert [found.behind(line).filter_args() for line in found.lines] == [
        {"period": "2026", "unit": str(town.office)},
        {"period": "2026", "unit": str(town.branch), "alone": str(town.branch)},
    ]


def test_every_dimension_opens_into_the_trips_of_its_figures(db, town, now):
    insert(db, "sponsorship", place_id=town.community, unit_id=town.branch, starts_on="2026-01-01")
    with_tasks = shift(db, town, MONDAY, [town.party, town.head], place_id=town.community, activity="community")
    update(db, "shift", with_tasks, tasks='捡拾垃圾\n清理 "小广告"\\n\n捡拾垃圾\n')
    attendance.confirm(db, with_tasks, absent={}, by=SYSTEM, now=now + timedelta(days=30))
    again = held(db, town, SATURDAY, [town.party, town.min], ends=time(12, 0))
    attendance.mark_absent(db, assigned(db, again, town.min), reason="没有来", by=SYSTEM, now=now)
    carried(db, town, town.party, now)
    asked = replace(YEAR, first=date(2025, 1, 1), measures=("trips",))

    for name in tallies.DIMENSIONS:
        found = tallies.answer(db, replace(asked, rows=(name,)), now)
        opened = {
            line.keys[0].key: sum(trip["trips"] for trip in tallies.trips(db, **found.behind(line).cut))
            for line in found.lines
        }
        assert opened == {line.keys[0].key: line.total["trips"] for line in found.lines}, name
        assert found.total["trips"] == 4
        assert sum(opened.values()) == (6 if name == "task" else 4)


def test_an_address_holds_the_whole_question():
    asked = Question(
        first=date(2026, 3, 1), last=date(2026, 5, 2), rows=("unit", "role"), columns="week",
        measures=("coverage", "trips"), level=2, within=3, unit_id=4, person_id=5, place_id=6, community_id=0,
        activity="lobby", task="走访", role="head", party=False, day_kind="rest", weekday=7, source="verified",
    )  # fmt: skip

    assert Question.from_args(asked.to_args(), today=TODAY) == asked
    assert Question.from_args({}, today=TODAY) == YEAR
    assert YEAR.to_args() == {"period": "2026"}
    assert Question.from_args({"by": "month", "rows": "-"} | {"period": "2026Q1"}, today=TODAY).rows == ()


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("rows", "unit,moon", "bad_choice"), ("columns", "moon", "bad_choice"), ("measures", "wealth", "bad_choice"),
        ("columns", "unit", "dimension_twice"), ("rows", "unit,place,role", "out_of_range"),
        ("level", "-1", "bad_number"), ("level", "21", "out_of_range"), ("unit", "x", "bad_number"),
        ("unit", "１", "bad_number"), ("unit", "9" * 19, "bad_number"), ("weekday", "8", "out_of_range"),
        ("party", "maybe", "bad_choice"), ("days", "holiday", "bad_choice"), ("source", "hearsay", "bad_choice"),
        ("role", "king", "bad_choice"), ("period", "2026Q5", "bad_choice"), ("first", "2026-02-30", "bad_date"),
        ("task", "x" * 201, "too_long"),
    ],
)  # fmt: skip
def test_what_an_address_cannot_mean_is_refused_at_its_field(name, text, code):
    with pytest.raises(Invalid) as refusal:
        Question.from_args({name: text, "last": "2026-12-31"} if name == "first" else {name: text}, today=TODAY)

    assert [(problem.code, problem.field) for problem in refusal.value.problems] == [(code, name)]


def test_trips_per_head_and_coverage_are_of_the_people_employed(db, town, now):
    held(db, town, MONDAY, [town.party, town.lan])
    held(db, town, SATURDAY, [town.party])

    found = totals(db, now, measures=("per_head", "coverage"), within=town.office)
    by_role = cells(db, now, rows=("role",), measures=("coverage",))

    assert found == {"per_head": 3 / 4, "coverage": 2 / 4}
    assert by_role == {("一把手",): {"": 0}, ("分管领导",): {"": 0}, ("员工",): {"": 2 / 4}}


def test_who_changes_unit_in_june_counts_for_each_where_they_stood(db, town, now):
    other = unit(db, now, "科技部", town.branch)
    held(db, town, MONDAY, [town.party])
    update(db, "person", town.party, unit_id=other, since="2026-06-10")
    held(db, town, date(2026, 6, 9), [town.party])
    held(db, town, date(2026, 6, 10), [town.party])

    trips = cells(db, now, rows=("unit",), columns="month", measures=("trips",))
    shares = cells(db, now, rows=("unit",), columns="month", measures=("coverage",), first=date(2026, 6, 1),
                   last=date(2026, 7, 31))  # fmt: skip

    assert trips == {
        ("办公室",): {"2026年3月": 1, "2026年6月": 1, "": 2},
        ("科技部",): {"2026年6月": 1, "": 1},
    }
    assert (shares[("办公室",)], shares[("科技部",)]) == ({"2026年6月": 1 / 4, "": 1 / 4}, {"2026年6月": 1, "": 1})


def test_who_left_a_unit_after_a_trip_was_one_of_its_people_that_month(db, town, now):
    held(db, town, MONDAY, [town.party])
    update(db, "person", town.party, unit_id=town.branch)

    found = cells(db, now, rows=("unit",), columns="month", measures=("coverage",), last=date(2026, 4, 30))

    assert found[("办公室",)] == {"2026年3月": 1 / 4, "": 1 / 4}


def test_fill_and_no_show_are_of_seats(db, town, now):
    held(db, town, MONDAY, [town.party, town.lan, town.min], absent=[town.lan])
    shift(db, town, SATURDAY, [town.party])

    assert totals(db, now, measures=("fill", "no_show")) == {"fill": 4 / 18, "no_show": 1 / 3}
    assert cells(db, now, rows=("person",), measures=("no_show",))[("兰草",)] == {"": 1.0}


def test_a_rate_that_cannot_be_asked_so_is_refused(db, town, now):
    for measure, rows in [("fill", ("role",)), ("attainment", ("place",)), ("attainment", ("task",))]:
        with pytest.raises(Invalid, match="measure_does_not_fit"):
            tallies.answer(db, replace(YEAR, rows=rows, measures=(measure,)), now)
    with pytest.raises(Invalid, match="measure_does_not_fit"):
        tallies.answer(db, replace(YEAR, rows=(), measures=("no_show",), source="verified"), now)


def test_too_many_columns_are_refused(db, town, now, monkeypatch):
    held(db, town, MONDAY, [town.party])
    held(db, town, SATURDAY, [town.lan], place_id=town.community)
    asked = replace(YEAR, rows=(), columns="place", measures=("trips",))

    assert sorted(cell["trips"] for cell in tallies.answer(db, asked, now).column_totals) == [1, 1]
    monkeypatch.setattr("scheduler.tallies.answers.COLUMNS_MOST", 1)
    with pytest.raises(Invalid, match="too_many_columns"):
        tallies.answer(db, asked, now)
