from __future__ import annotations

from datetime import date, time

import pytest

from scheduler import assignments, duties, places
from scheduler.audit import SYSTEM
from scheduler.database import one, rows, run, value
from scheduler.duties import Generated
from scheduler.errors import Conflict, Invalid, NotFound, Refusal
from tests import builders

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 15)  # two whole weeks: ten workdays
SECOND_WEEK = date(2026, 3, 9)


def generate(db, town, now, first=FIRST, last=LAST) -> Generated:
    return duties.generate(db, town.branch, first, last, by=SYSTEM, now=now)


def problems(refusal: Refusal) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.field) for problem in refusal.problems]


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
