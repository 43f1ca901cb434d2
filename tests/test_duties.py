from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from time import process_time

import pytest

from scheduler import assignments, audit, database, duties, places, workdays
from scheduler.audit import SYSTEM
from scheduler.database import rows, run, value
from scheduler.duties import Generated, Rule
from scheduler.errors import Conflict, Invalid, Refusal
from tests import builders
from tests.conftest import SHANGHAI

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


def test_however_often_a_template_is_edited_generating_finds_nothing_left_to_do(db, town, now):
    dice = random.Random(7)
    for _ in range(15):
        generate(db, town, now)
        edit(
            db, town.watch, now, days=dice.choice(["workday", "restday", "every", "weekdays"]),
            weekdays=dice.sample(range(7), dice.randint(1, 3)), headcount=dice.randint(1, 9),
            places=dice.choice([[town.outlet], [town.community], [town.outlet, town.community]]),
        )  # fmt: skip

        left = generate(db, town, now)
        assert (left.changed, left.removed, generate(db, town, now)) == (0, 0, done())


def test_four_who_generate_at_once_make_each_shift_once(tmp_path, now):
    def opened():
        return database.connect(tmp_path / "one.sqlite3", SHANGHAI)

    database.migrate(opened())
    town = builders.town(opened(), now)

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: generate(opened(), town, now).added, range(4)))

    assert sorted(made) == [0, 0, 0, 12]
