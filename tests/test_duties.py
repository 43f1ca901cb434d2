from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from time import process_time

import pytest

from scheduler import assignments, audit, duties, places, workdays
from scheduler.audit import SYSTEM
from scheduler.database import one, rows, run, value
from scheduler.duties import Generated, Rule
from scheduler.errors import Conflict, Invalid, NotFound, Refusal
from scheduler.wording import sentences
from scheduler.wording.duties import asked_text, who_text
from tests import builders

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 15)  # two whole weeks: ten workdays
SECOND_WEEK = date(2026, 3, 9)


def generate(db, town, now, first=FIRST, last=LAST) -> Generated:
    return duties.generate(db, town.branch, first, last, by=SYSTEM, now=now)


def done(added=0, changed=0, removed=0, kept=0) -> Generated:
    return Generated(added=added, changed=changed, removed=removed, kept=kept)


def edit(db, template_id, now, **new) -> Generated:
    """Save the template as its form would: what stands, and what is new."""
    held = duties.template(db, template_id)
    given = {name: held[name] for name in ("name", "activity", "days", "weekdays", "headcount", "tasks", "weight")}
    given |= {"places": [place["id"] for place in held["places"]], "version": held["version"]}
    given |= {"starts": time.fromisoformat(held["starts"]), "ends": time.fromisoformat(held["ends"])}
    given |= {"valid_from": date.fromisoformat(held["valid_from"])} | held["requires"]
    return duties.change_template(db, template_id, by=SYSTEM, now=now, **(given | new))


def shifts(db, template_id):
    """Its shifts as (day of March, clock times in UTC, headcount)."""
    found = rows(
        db,
        "SELECT day, starts_at, ends_at, headcount FROM shift WHERE template_id = :id ORDER BY day, place_id",
        id=template_id,
    )
    return [(row["day"][8:], row["starts_at"][8:16], row["ends_at"][8:16], row["headcount"]) for row in found]


def days_of(db, template_id):
    return [day for day, *_ in shifts(db, template_id)]


def problems(refusal: Refusal) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.field) for problem in refusal.problems]


# what templates ask for


def test_a_template_asks_for_one_shift_a_place_and_workday(db, town, now):
    assert generate(db, town, now) == done(added=12)

    assert days_of(db, town.lobby) == ["02", "03", "04", "05", "06", "09", "10", "11", "12", "13"]
    assert shifts(db, town.watch) == [("07", "07T01:00", "07T03:30", 2), ("14", "14T01:00", "14T03:30", 2)]


def test_generating_again_changes_nothing(db, town, now):
    generate(db, town, now)
    before = rows(db, "SELECT * FROM shift ORDER BY id"), value(db, "SELECT COUNT(*) FROM audit")

    assert generate(db, town, now) == done()
    assert generate(db, town, now, FIRST, LAST + timedelta(days=1)) == done(added=1)
    assert (rows(db, "SELECT * FROM shift WHERE day < '2026-03-16' ORDER BY id"), before[1] + 1) == (
        before[0], value(db, "SELECT COUNT(*) FROM audit"),
    )  # fmt: skip


def test_each_shift_has_a_key_of_its_own(db, town, now):
    generate(db, town, now)

    keys = [row["key"] for row in rows(db, "SELECT key FROM shift")]

    assert len(set(keys)) == len(keys) == 12
    assert {len(key) for key in keys} == {16}


def test_a_shift_over_midnight_ends_on_the_next_day_and_counts_for_its_first(db, town, now):
    night = builders.template(
        db, now, town.branch, [town.outlet], name="夜班", days="every", starts=time(20), ends=time(8)
    )  # fmt: skip
    generate(db, town, now, FIRST, FIRST)

    assert shifts(db, night) == [("02", "02T12:00", "03T00:00", 1)]


def test_off_days_follow_the_state_calendar_and_not_the_week(db, town, now):
    every_off_day = builders.template(db, now, town.branch, [town.outlet], name="休息日", days="restday")
    every_day = builders.template(db, now, town.branch, [town.outlet], name="每天", days="every")
    # 14 February 2026 is a Saturday that the State made a workday; Spring Festival begins on Sunday the 15th
    generate(db, town, now, date(2026, 2, 13), date(2026, 2, 16))

    assert days_of(db, town.lobby) == ["13", "14"]
    assert days_of(db, every_off_day) == ["15", "16"]
    assert days_of(db, every_day) == ["13", "14", "15", "16"]


def test_a_workday_that_was_decided_by_hand_counts(db, town, now):
    workdays.override(db, date(2026, 3, 7), is_workday=True, name="抗洪", by=SYSTEM, now=now)
    generate(db, town, now)

    assert "07" in days_of(db, town.lobby)


def test_a_template_asks_for_nothing_outside_of_its_own_dates(db, town, now):
    short = builders.template(
        db, now, town.branch, [town.outlet], name="短期", valid_from=date(2026, 3, 4), valid_to=date(2026, 3, 5)
    )  # fmt: skip
    generate(db, town, now)

    assert days_of(db, short) == ["04", "05"]


def test_a_closed_place_gets_no_shift_from_that_day_on(db, town, now):
    run(db, "UPDATE place SET closed_on = '2026-03-04' WHERE id = :id", id=town.outlet)
    generate(db, town, now)

    assert days_of(db, town.lobby) == ["02", "03"]


def test_templates_of_other_units_are_left_alone(db, town, now):
    own = builders.template(db, now, town.office, [town.outlet], name="办公室自己的")
    generate(db, town, now)

    assert shifts(db, own) == []


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [(LAST, FIRST, "end_before_start"), (FIRST, FIRST + timedelta(days=366), "period_too_long")],
)
def test_a_period_that_makes_no_sense_is_refused(db, town, now, first, last, code):
    with pytest.raises(Invalid) as refusal:
        generate(db, town, now, first, last)

    assert problems(refusal.value) == [(code, "last")]


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31)])
def test_the_ends_of_the_calendar_do_no_harm(db, town, now, day):
    assert duties.next_days(db, Rule("every", (), day, None), day)[0].day == day


# edits


def test_an_edited_template_changes_its_shifts_that_are_in_no_roster(db, town, now):
    generate(db, town, now)
    keys = rows(db, "SELECT key FROM shift WHERE template_id = :id ORDER BY id", id=town.watch)

    assert edit(db, town.watch, now, starts=time(14), ends=time(17), headcount=3) == done(changed=2)

    assert shifts(db, town.watch) == [("07", "07T06:00", "07T09:00", 3), ("14", "14T06:00", "14T09:00", 3)]
    assert rows(db, "SELECT key FROM shift WHERE template_id = :id ORDER BY id", id=town.watch) == keys
    assert generate(db, town, now) == done()


def test_other_weekdays_move_the_shifts_and_leave_no_second_ones(db, town, now):
    generate(db, town, now)

    assert edit(db, town.watch, now, weekdays=[2]) == done(added=2, removed=2)

    assert days_of(db, town.watch) == ["04", "11"]
    assert generate(db, town, now) == done()


def test_another_place_takes_the_shifts_of_the_one_before(db, town, now):
    generate(db, town, now)

    assert edit(db, town.watch, now, places=[town.outlet]) == done(added=2, removed=2)

    stood = rows(db, "SELECT DISTINCT place_id FROM shift WHERE template_id = :id", id=town.watch)
    assert stood == [{"place_id": town.outlet}]


def test_an_edit_before_anything_was_generated_changes_no_shifts(db, town, now):
    assert edit(db, town.watch, now, headcount=5) == done()

    assert generate(db, town, now) == done(added=12)


def test_shifts_that_have_begun_are_history_for_an_edit(db, town):
    early = datetime(2026, 3, 1, tzinfo=UTC)
    generate(db, town, early)
    during_the_first_saturday = datetime(2026, 3, 7, 2, 0, tzinfo=UTC)

    assert edit(db, town.watch, during_the_first_saturday, headcount=4) == done(changed=1)

    assert [headcount for *_, headcount in shifts(db, town.watch)] == [2, 4]


def test_an_edit_leaves_a_roster_as_it_is_and_counts_what_differs(db, town, now):
    builders.drafted(db, town, now)

    assert edit(db, town.watch, now, headcount=4) == done(kept=4)
    assert {headcount for *_, headcount in shifts(db, town.watch)} == {2}


def test_generating_brings_a_draft_in_line_where_nobody_stands(db, town, now):
    roster_id = builders.drafted(db, town, now)
    taken = value(db, "SELECT id FROM shift WHERE template_id = :id ORDER BY day", id=town.watch)
    assignments.seat(db, taken, town.min, by=SYSTEM, now=now)
    version = value(db, "SELECT version FROM roster WHERE id = :id", id=roster_id)
    edit(db, town.watch, now, weekdays=[6])

    assert generate(db, town, now, *builders.MARCH) == done(added=4, removed=3, kept=1)

    assert days_of(db, town.watch) == ["07", "08", "15", "22", "29"]
    assert value(db, "SELECT version FROM roster WHERE id = :id", id=roster_id) > version


def test_a_published_roster_is_neither_changed_nor_added_to(db, town, now):
    roster_id = builders.drafted(db, town, now)
    run(db, "UPDATE roster SET state = 'published', published_at = 'x' WHERE id = :id", id=roster_id)
    edit(db, town.watch, now, weekdays=[6])

    assert generate(db, town, now, *builders.MARCH) == done(kept=8)
    assert days_of(db, town.watch) == ["07", "14", "21", "28"]


def test_a_cancelled_shift_is_not_made_a_second_time(db, town, now):
    generate(db, town, now)
    run(db, "UPDATE shift SET state = 'cancelled' WHERE template_id = :id", id=town.watch)

    assert generate(db, town, now) == done()


def test_an_ended_template_asks_for_nothing_after_its_last_day(db, town, now):
    generate(db, town, now)

    ended = duties.end_template(db, town.lobby, last=date(2026, 3, 6), version=1, by=SYSTEM, now=now)

    assert ended == done(removed=5)
    assert days_of(db, town.lobby) == ["02", "03", "04", "05", "06"]
    assert duties.template(db, town.lobby)["valid_to"] == "2026-03-06"


def test_a_template_cannot_end_before_it_begins(db, town, now):
    with pytest.raises(Invalid) as refusal:
        duties.end_template(db, town.lobby, last=date(2024, 12, 31), version=1, by=SYSTEM, now=now)

    assert problems(refusal.value) == [("end_before_start", "last")]


def test_whoever_saves_an_old_version_of_a_template_is_told_and_nothing_changes(db, town, now):
    generate(db, town, now)
    edit(db, town.watch, now, headcount=3)

    with pytest.raises(Conflict) as refusal:
        edit(db, town.watch, now, headcount=9, version=1)

    assert refusal.value.code == "stale"
    assert {headcount for *_, headcount in shifts(db, town.watch)} == {3}


def test_an_edit_is_noted_with_what_it_did_to_the_shifts(db, town, now):
    generate(db, town, now)
    edit(db, town.watch, now, headcount=3)

    assert audit.history(db, "template", town.watch)[0]["facts"] == {
        "name": "社区值班", "added": 0, "changed": 2, "removed": 0, "kept": 0,
    }  # fmt: skip


def test_a_month_of_six_hundred_places_is_made_in_well_under_two_seconds(db, town, now):
    given = [{"name": f"代办点 {n}", "kind": "outlet", "unit_id": town.branch} for n in range(600)]
    made = places.add_many(db, given, by=SYSTEM, now=now)
    builders.template(db, now, town.branch, made, name="巡点")

    began = process_time()
    first = generate(db, town, now, date(2026, 3, 1), date(2026, 3, 31))
    again = generate(db, town, now, date(2026, 3, 1), date(2026, 3, 31))

    assert (first.added, again) == (22 * 601 + 4, done())
    assert process_time() - began < 2


# what a template may be


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


# shifts


def test_a_shift_shows_its_place_and_the_procedure_of_its_own_day(db, town, now):
    generate(db, town, now)
    places.sponsor(
        db, town.community, unit_id=town.office, starts_on=FIRST, ends_on=date(2026, 3, 10),
        responsible_id=town.party, procedure="先到居委会签到", by=SYSTEM, now=now,
    )  # fmt: skip

    first, second = (row["id"] for row in rows(db, "SELECT id FROM shift WHERE template_id = :id", id=town.watch))
    shown = duties.shift(db, first)

    assert [shown[name] for name in ("place", "place_kind", "activity", "unit", "requires")] == [
        "东风路社区", "community", "community", "巴中市分行", {"roles": ["staff"]},
    ]  # fmt: skip
    assert [shown[name] for name in ("procedure", "sponsor", "sponsor_responsible")] == [
        "先到居委会签到", "办公室", "吕莉",
    ]  # fmt: skip
    assert [duties.shift(db, second)[name] for name in ("procedure", "sponsor", "sponsor_responsible")] == ["", "", ""]


def test_a_shift_that_does_not_exist_is_not_found(db, town):
    with pytest.raises(NotFound):
        duties.shift(db, 4711)


def test_who_stands_is_told_only_once_it_is_published(db, town, now):
    drafted = builders.shift(db, town, FIRST, [town.min], roster="draft")
    told = builders.shift(db, town, SECOND_WEEK, [town.min, town.bo])

    assert [duties.is_told(db, shift_id, town.min) for shift_id in (drafted, told)] == [False, True]
    assert duties.is_told(db, told, town.lan) is False
    assert [row["person"] for row in duties.standing(db, told)] == ["闵行", "薄荷"]


def test_what_is_coming_at_a_place_begins_with_what_is_not_over(db, town, now):
    builders.shift(db, town, date(2026, 2, 27), [town.min])
    today = builders.shift(db, town, date(2026, 2, 28), [town.min, town.bo])
    later = builders.shift(db, town, SECOND_WEEK)

    found = duties.coming_at(db, town.outlet, now=now)

    assert [(row["id"], row["who"], row["filled"]) for row in found] == [(today, ["闵行", "薄荷"], 2), (later, [], 0)]
    assert duties.coming_at(db, town.community, now=now) == []


def test_the_activities_come_with_names_in_both_languages(db):
    assert duties.activities(db)[0] == {"code": "lobby", "name_zh": "厅堂服务", "name_en": "Lobby service"}
    assert one(db, "SELECT COUNT(*) AS n FROM activity") == {"n": len(duties.activities(db))}


# single shifts


EVENT = {"activity": "publicity", "starts": time(14), "ends": time(16)}


def add_event(db, town, now, roster_id, day=SECOND_WEEK, **more):
    given = EVENT | {"places": [town.community]} | more
    return duties.add_shifts(db, roster_id, day=day, by=SYSTEM, now=now, **given)


def test_a_single_shift_joins_a_draft_at_each_place_and_outlives_generating(db, town, now):
    roster_id = builders.drafted(db, town, now)
    before = value(db, "SELECT version FROM roster WHERE id = :id", id=roster_id)

    made = add_event(db, town, now, roster_id, places=[town.outlet, town.community], headcount=5, party=True)
    generate(db, town, now, *builders.MARCH)

    shown = [duties.shift(db, shift_id) for shift_id in made]
    assert [(shift["place"], shift["headcount"], shift["roster_id"], shift["template_id"]) for shift in shown] == [
        ("江北支行", 5, roster_id, None), ("东风路社区", 5, roster_id, None),
    ]  # fmt: skip
    assert [shift["starts_at"] for shift in shown] == ["2026-03-09T06:00:00Z"] * 2
    assert value(db, "SELECT version FROM roster WHERE id = :id", id=roster_id) == before + 1


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"day": date(2026, 4, 1)}, ("day_outside_roster", "day")),
        ({"places": []}, ("no_place", "places")),
        ({"headcount": 100}, ("out_of_range", "headcount")),
        ({"ends": time(14)}, ("no_duration", "ends")),
        ({"activity": "siesta"}, ("unknown_activity", "activity")),
    ],
)
def test_a_wrong_single_shift_is_refused_at_its_field(db, town, now, given, problem):
    roster_id = builders.drafted(db, town, now)
    before = value(db, "SELECT COUNT(*) FROM shift")

    with pytest.raises(Invalid) as refusal:
        add_event(db, town, now, roster_id, **given)

    assert problems(refusal.value) == [problem]
    assert value(db, "SELECT COUNT(*) FROM shift") == before


def test_no_single_shift_at_a_place_that_is_closed_that_day(db, town, now):
    roster_id = builders.drafted(db, town, now)
    run(db, "UPDATE place SET closed_on = '2026-03-09' WHERE id = :id", id=town.community)

    with pytest.raises(Invalid) as refusal:
        add_event(db, town, now, roster_id)
    add_event(db, town, now, roster_id, day=date(2026, 3, 8))

    assert problems(refusal.value) == [("place_is_closed", "places")]


def test_a_published_roster_takes_no_single_shift(db, town, now):
    roster_id = builders.drafted(db, town, now)
    run(db, "UPDATE roster SET state = 'published', published_at = 'x' WHERE id = :id", id=roster_id)

    with pytest.raises(Conflict) as refusal:
        add_event(db, town, now, roster_id)
    with pytest.raises(NotFound):
        add_event(db, town, now, 4711)

    assert refusal.value.code == "roster_is_not_a_draft"


def test_a_single_shift_is_taken_out_again_unless_somebody_stands_in_it(db, town, now):
    empty, manned = (add_event(db, town, now, roster_id)[0] for roster_id in [builders.drafted(db, town, now)] * 2)
    assignments.seat(db, manned, town.min, by=SYSTEM, now=now)

    duties.remove_shift(db, empty, by=SYSTEM, now=now)
    with pytest.raises(Conflict) as refusal:
        duties.remove_shift(db, manned, by=SYSTEM, now=now)

    assert refusal.value.code == "shift_has_people"
    assert [value(db, "SELECT COUNT(*) FROM shift WHERE id = :id", id=held) for held in (empty, manned)] == [0, 1]


def test_what_a_template_asks_for_is_not_taken_out_by_hand(db, town, now):
    builders.drafted(db, town, now)

    with pytest.raises(Conflict) as refusal:
        duties.remove_shift(db, value(db, "SELECT MIN(id) FROM shift"), by=SYSTEM, now=now)
    with pytest.raises(NotFound):
        duties.remove_shift(db, 4711, by=SYSTEM, now=now)

    assert refusal.value.code == "shift_is_asked_for"
