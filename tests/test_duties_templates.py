from __future__ import annotations

import json
from datetime import date, time

import pytest

from scheduler import duties, places
from scheduler.audit import SYSTEM
from scheduler.database import rows, value
from scheduler.duties import Rule
from scheduler.errors import Invalid, NotFound, Refusal
from scheduler.wording import sentences
from scheduler.wording.duties import asked_text, who_text
from tests import builders

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 15)  # two whole weeks: ten workdays
SECOND_WEEK = date(2026, 3, 9)


def problems(refusal: Refusal) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.field) for problem in refusal.problems]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"name": "  "}, ("required", "name")),
        ({"name": "字" * 61}, ("too_long", "name")),
        ({"name": "a\u200bb"}, ("bad_characters", "name")),
        ({"activity": "siesta"}, ("unknown_activity", "activity")),
        ({"places": []}, ("no_place", "places")),
        ({"places": [4711]}, ("place_out_of_reach", "places")),
        ({"days": "sometimes"}, ("bad_choice", "days")),
        ({"days": "weekdays"}, ("no_weekday", "weekdays")),
        ({"days": "weekdays", "weekdays": [7]}, ("bad_choice", "weekdays")),
        ({"ends": time(8, 30)}, ("no_duration", "ends")),
        ({"headcount": 0}, ("out_of_range", "headcount")),
        ({"headcount": 100}, ("out_of_range", "headcount")),
        ({"weight": 10}, ("out_of_range", "weight")),
        ({"roles": ["king"]}, ("bad_choice", "roles")),
        ({"skills": ["x" * 41]}, ("too_long", "skills")),
        ({"units": [4711]}, ("unknown_unit", "units")),
        ({"tasks": "x" * 1001}, ("too_long", "tasks")),
        ({"valid_to": date(2024, 12, 31)}, ("end_before_start", "valid_to")),
    ],
)
def test_a_wrong_template_is_refused_at_its_field_in_both_languages(db, town, now, given, problem):
    with pytest.raises(Invalid) as refusal:
        builders.template(db, now, town.branch, **({"place_ids": given.pop("places", [town.outlet])} | given))

    assert problems(refusal.value) == [problem]
    assert [bool(sentences(refusal.value, lang)[0]) for lang in ("zh", "en")] == [True, True]
    assert value(db, "SELECT COUNT(*) FROM template") == 2


def test_every_problem_of_a_template_is_told_at_once(db, town, now):
    with pytest.raises(Invalid) as refusal:
        builders.template(db, now, town.branch, [], name="", headcount=0, activity="x")

    assert problems(refusal.value) == [
        ("required", "name"), ("out_of_range", "headcount"), ("no_place", "places"), ("unknown_activity", "activity"),
    ]  # fmt: skip


def test_one_and_ninety_nine_people_are_allowed(db, town, now):
    for headcount in (1, 99):
        builders.template(db, now, town.branch, [town.outlet], name=f"{headcount} 人", headcount=headcount)

    assert value(db, "SELECT COUNT(*) FROM template") == 4


def test_requires_holds_only_what_restricts(db, town, now):
    free = builders.template(db, now, town.branch, [town.outlet], name="都可以")
    bound = builders.template(
        db, now, town.branch, [town.outlet], name="限定",
        party=True, roles=["staff", "staff"], skills=[" 反诈 ", ""], units=[town.office],
    )  # fmt: skip

    stored = {row["id"]: json.loads(row["requires"]) for row in rows(db, "SELECT id, requires FROM template")}
    assert stored[free] == {}
    assert stored[bound] == {"party": True, "roles": ["staff"], "skills": ["反诈"], "units": [town.office]}


def test_a_unit_staffs_places_above_and_below_it_and_those_it_sponsors(db, town, now):
    hall = builders.unit(db, now, "个金部", town.branch)
    own, sibling = builders.place(db, now, town.office, "办公楼"), builders.place(db, now, hall, "个金厅")
    other = builders.place(db, now, builders.unit(db, now, "电信公司"), "代办点")

    def reach(unit_id):
        return {place["id"] for place in duties.places_in_reach(db, unit_id)}

    assert reach(town.office) == {own, town.outlet, town.community}
    assert reach(town.branch) == {own, sibling, town.outlet, town.community}
    places.sponsor(db, sibling, unit_id=town.office, starts_on=FIRST, by=SYSTEM, now=now)
    assert reach(town.office) == {own, sibling, town.outlet, town.community}
    assert other not in reach(town.branch)


def test_templates_are_listed_for_a_unit_and_all_below_it(db, town, now):
    own = builders.template(db, now, town.office, [town.outlet], name="办公室的", units=[town.office])

    assert [row["id"] for row in duties.templates(db, below=[town.branch])] == [town.lobby, town.watch, own]
    assert [(row["id"], row["required_units"], row["kinds"]) for row in duties.templates(db, below=[town.office])] == [
        (own, ["办公室"], {"outlet": 1})
    ]
    assert duties.templates(db, below=[]) == []


def test_a_template_that_does_not_exist_is_not_found(db, town):
    with pytest.raises(NotFound):
        duties.template(db, 4711)


# in words


def test_a_template_reads_as_a_sentence_in_both_languages(db, town, now):
    more = [builders.place(db, now, town.branch, f"{n} 号网点") for n in range(14)]
    lobby = builders.template(db, now, town.branch, [town.outlet, *more], party=True)

    assert asked_text(duties.template(db, lobby), "zh") == "每个工作日 08:30–17:00，15 个网点，每班 1 人，党员"
    assert asked_text(duties.template(db, lobby), "en") == (
        "Every workday 08:30–17:00, 15 outlets, 1 person a shift, party members"
    )


def test_weekdays_and_nights_and_restrictions_are_in_the_sentence(db, town, now):
    night = builders.template(
        db, now, town.branch, [town.outlet, town.community], days="weekdays", weekdays=[4, 0, 2], headcount=2,
        starts=time(20), ends=time(6), roles=["head", "deputy"], skills=["反诈"], units=[town.office],
    )  # fmt: skip

    assert asked_text(duties.template(db, night), "zh") == (
        "每周一、三、五 20:00–次日 06:00，1 个网点、1 个社区，每班 2 人，分管领导或一把手，技能：反诈，限办公室"
    )
    assert asked_text(duties.template(db, night), "en") == (
        "Every Mon, Wed and Fri 20:00–06:00 next day, 1 outlet and 1 community, 2 people a shift, "
        "deputy or head, skills: 反诈, from 办公室"
    )
    assert [who_text({}, [], lang) for lang in ("zh", "en")] == ["不限", "Anybody"]


# the next dates


def test_the_next_dates_are_those_that_a_rule_asks_for(db, town):
    rule = Rule(days="weekdays", weekdays=(0,), valid_from=date(2026, 1, 1), valid_to=date(2026, 3, 16))

    assert [day.day for day in duties.next_days(db, rule, FIRST)] == [FIRST, SECOND_WEEK, date(2026, 3, 16)]


def test_dates_of_a_year_that_is_not_announced_are_marked(db, town):
    rule = Rule(days="workday", weekdays=(), valid_from=date(2035, 1, 1), valid_to=None)

    assert {day.announced for day in duties.next_days(db, rule, FIRST)} == {False}
