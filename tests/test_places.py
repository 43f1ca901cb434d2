from __future__ import annotations

from datetime import date, timedelta

import pytest

from scheduler import audit, places
from scheduler.audit import SYSTEM
from scheduler.database import IntegrityError, Row, insert, value
from scheduler.errors import Conflict, Invalid, NotFound, Refusal
from tests import builders


def outlets(db, unit_id, *names):
    return [{"name": name, "kind": "outlet", "unit_id": unit_id} for name in names]


def fields_of(refusal: Refusal) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.field) for problem in refusal.problems]


def changed(db, now, held: Row, **new):
    """Save the place as its form would: what stands, and what is new."""
    same = ("name", "kind", "unit_id", "district", "address", "contact", "phone", "responsible_id", "version")
    places.change(db, held["id"], by=SYSTEM, now=now, **({name: held[name] for name in same} | new))


def test_a_place_names_its_unit_and_who_answers_for_it(db, town, now):
    made = places.add(
        db, name=" 清江社区 ", kind="community", unit_id=town.branch, district="巴州区", address="清江路 8 号",
        contact="社区值班室", phone="0827-5550188", responsible_id=town.deputy, by=SYSTEM, now=now,
    )  # fmt: skip

    held = places.place(db, made)
    held.pop("key")

    assert held == {
        "id": made, "name": "清江社区", "kind": "community", "unit_id": town.branch, "unit": "巴中市分行",
        "district": "巴州区", "address": "清江路 8 号", "contact": "社区值班室", "phone": "0827-5550188",
        "responsible_id": town.deputy, "responsible": "杜明月", "closed_on": None, "version": 1,
    }  # fmt: skip


def test_a_place_that_does_not_exist_is_not_found(db, town):
    with pytest.raises(NotFound):
        places.place(db, 4711)


def test_every_wrong_field_of_a_place_is_named_at_once(db, town, now):
    with pytest.raises(Invalid) as refusal:
        places.add(
            db, name=" ", kind="castle", unit_id=99, district="x" * 200, address="a\u0000b", by=SYSTEM, now=now
        )  # fmt: skip

    assert fields_of(refusal.value) == [
        ("required", "name"),
        ("bad_choice", "kind"),
        ("too_long", "district"),
        ("bad_characters", "address"),
        ("unknown_unit", "unit_id"),
    ]
    assert value(db, "SELECT COUNT(*) FROM place") == 2


def test_a_unit_has_no_two_places_of_one_name_but_another_unit_may(db, town, now):
    with pytest.raises(Invalid) as refusal:
        builders.place(db, now, town.branch, "江北支行")
    builders.place(db, now, town.office, "江北支行")

    assert fields_of(refusal.value) == [("place_name_taken", "name")]


def test_nobody_of_another_organisation_answers_for_a_place(db, town, now):
    other = builders.unit(db, now, "巴中市电信公司")
    stranger = builders.person(db, now, other, "T001", "外人")

    with pytest.raises(Invalid) as refusal:
        builders.place(db, now, town.branch, "江南支行", responsible_id=stranger)

    assert fields_of(refusal.value) == [("unknown_person", "responsible_id")]


def test_many_places_are_added_in_one_transaction_with_one_audit_row(db, town, now):
    before = value(db, "SELECT COUNT(*) FROM audit")

    made = places.add_many(db, outlets(db, town.branch, *[f"代办点 {n}" for n in range(650)]), by=SYSTEM, now=now)

    assert [places.place(db, made[n])["name"] for n in (0, 649)] == ["代办点 0", "代办点 649"]
    assert value(db, "SELECT COUNT(DISTINCT key) FROM place") == 652
    assert value(db, "SELECT COUNT(*) FROM audit") == before + 1


def test_one_bad_place_keeps_all_of_them_out_and_is_named_by_its_row(db, town, now):
    with pytest.raises(Invalid) as refusal:
        places.add_many(db, outlets(db, town.branch, "一号", "", "二号", "一号"), by=SYSTEM, now=now)

    assert [(problem.code, problem.row) for problem in refusal.value.problems] == [
        ("required", 2),
        ("place_name_taken", 4),
    ]
    assert value(db, "SELECT COUNT(*) FROM place") == 2


def test_no_places_at_all_are_added_without_a_trace(db, town, now):
    before = value(db, "SELECT COUNT(*) FROM audit")

    assert places.add_many(db, [], by=SYSTEM, now=now) == []
    assert value(db, "SELECT COUNT(*) FROM audit") == before


def test_a_changed_place_keeps_its_key_and_notes_what_changed(db, town, now):
    held = places.place(db, town.outlet)

    changed(db, now, held, name="江北新支行", closed_on=date(2026, 6, 1))

    after = places.place(db, town.outlet)
    assert (after["key"], after["name"], after["closed_on"], after["version"]) == (
        held["key"], "江北新支行", "2026-06-01", 2,
    )  # fmt: skip
    assert audit.history(db, "place", town.outlet)[0]["facts"]["changed"] == {
        "name": ["江北支行", "江北新支行"],
        "closed_on": [None, "2026-06-01"],
    }


def test_a_place_keeps_its_own_name_when_something_else_changes(db, town, now):
    changed(db, now, places.place(db, town.outlet), phone="0827-5550199")

    assert places.place(db, town.outlet)["phone"] == "0827-5550199"


def test_whoever_saves_an_old_version_of_a_place_is_told_who_was_first(db, town, now):
    held = places.place(db, town.outlet)
    changed(db, now, held, phone="1")

    with pytest.raises(Conflict) as refusal:
        changed(db, now, held, phone="2")

    assert refusal.value.code == "stale"
    assert refusal.value.problems[0].facts == {"who": "system", "when": "2026-02-28 09:00"}
    assert places.place(db, town.outlet)["phone"] == "1"


def test_places_are_found_by_kind_and_by_what_is_written_about_them(db, town, now):
    builders.place(db, now, town.branch, "东风小学", "school", district="东风区")
    builders.place(db, now, town.office, "100%_村", "village")
    asked = {"below": [town.branch], "on": now.date()}

    assert [row["name"] for row in places.found(db, **asked)[0]] == ["江北支行", "东风路社区", "100%_村", "东风小学"]
    assert [row["name"] for row in places.found(db, text="东风", **asked)[0]] == ["东风路社区", "东风小学"]
    assert [row["name"] for row in places.found(db, text="%_", **asked)[0]] == ["100%_村"]
    assert [row["name"] for row in places.found(db, kind="school", **asked)[0]] == ["东风小学"]
    assert places.kinds(db, **asked) == {"outlet": 1, "community": 1, "village": 1, "school": 1}


def test_a_page_of_places_says_how_many_there_are_in_all(db, town, now):
    places.add_many(db, outlets(db, town.branch, *[f"代办点 {n:03}" for n in range(600)]), by=SYSTEM, now=now)

    shown, total = places.found(db, below=[town.branch], on=now.date(), limit=50, offset=550)

    assert (len(shown), total) == (50, 602)


def test_places_of_other_units_are_not_found(db, town, now):
    other = builders.unit(db, now, "巴中市电信公司")
    builders.place(db, now, other, "代办点")

    assert [row["name"] for row in places.found(db, below=[other], on=now.date())[0]] == ["代办点"]
    assert places.found(db, below=[], on=now.date()) == ([], 0)


def test_a_closed_place_is_left_out_of_the_open_ones_from_that_day(db, town, now):
    changed(db, now, places.place(db, town.outlet), closed_on=date(2026, 3, 1))

    def open_on(day):
        return [row["id"] for row in places.found(db, below=[town.branch], on=day, is_open=True)[0]]

    assert open_on(date(2026, 2, 28)) == [town.outlet, town.community]
    assert open_on(date(2026, 3, 1)) == [town.community]


def sponsored(db, town, now, first=date(2026, 1, 1), last=date(2026, 12, 31), **more):
    given = {"unit_id": town.office, "responsible_id": town.party, "procedure": "入户宣传，走访登记"} | more
    return places.sponsor(db, town.community, starts_on=first, ends_on=last, by=SYSTEM, now=now, **given)


def test_a_sponsorship_holds_from_its_first_day_to_its_last(db, town, now):
    made = sponsored(db, town, now, date(2026, 3, 1), date(2026, 3, 31))

    def on(day):
        return places.sponsorship_on(db, town.community, day)

    assert on(date(2026, 2, 28)) is None
    assert on(date(2026, 3, 1)) == places.sponsorship(db, made) == on(date(2026, 3, 31))
    assert on(date(2026, 4, 1)) is None
    assert [on(date(2026, 3, 1))[name] for name in ("unit", "responsible", "procedure")] == [
        "办公室", "吕莉", "入户宣传，走访登记",
    ]  # fmt: skip


def test_a_sponsorship_without_an_end_lasts(db, town, now):
    made = sponsored(db, town, now, last=None)

    assert places.sponsorship_on(db, town.community, date(2040, 1, 1))["id"] == made


def test_a_unit_does_not_sponsor_a_place_twice_on_one_day(db, town, now):
    sponsored(db, town, now)

    with pytest.raises(Conflict) as refusal:
        sponsored(db, town, now, date(2026, 12, 31), None)
    sponsored(db, town, now, date(2027, 1, 1), None)

    assert refusal.value.problems[0].facts == {"unit": "办公室", "first": date(2026, 1, 1)}
    assert [row["starts_on"] for row in places.sponsorships(db, town.community)] == ["2027-01-01", "2026-01-01"]


def test_the_schema_too_keeps_a_units_sponsorships_apart(db, town, now):
    sponsored(db, town, now)

    with pytest.raises(IntegrityError, match="sponsorship_overlaps"):
        insert(db, "sponsorship", place_id=town.community, unit_id=town.office, starts_on="2026-06-01")


def test_of_two_units_that_sponsor_a_place_the_later_one_is_shown(db, town, now):
    sponsored(db, town, now)
    later = sponsored(db, town, now, date(2026, 2, 1), None, unit_id=town.branch)

    assert places.sponsorship_on(db, town.community, date(2026, 2, 1))["id"] == later
    assert places.found(db, below=[town.branch], kind="community", on=date(2026, 2, 1))[0][0]["sponsors"] == [
        "办公室", "巴中市分行",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"last": date(2025, 12, 31)}, ("end_before_start", "ends_on")),
        ({"unit_id": 99}, ("unknown_unit", "unit_id")),
        ({"responsible_id": 99}, ("unknown_person", "responsible_id")),
        ({"procedure": "字" * 2001}, ("too_long", "procedure")),
        ({"procedure": "a\u202eb"}, ("bad_characters", "procedure")),
    ],
)
def test_a_wrong_sponsorship_is_refused_at_its_field(db, town, now, given, problem):
    with pytest.raises(Invalid) as refusal:
        sponsored(db, town, now, **given)

    assert fields_of(refusal.value) == [problem]
    assert places.sponsorships(db, town.community) == []


def test_a_sponsorship_is_ended_by_giving_it_a_last_day(db, town, now):
    made = sponsored(db, town, now, last=None)
    given = {"unit_id": town.office, "starts_on": date(2026, 1, 1), "by": SYSTEM, "now": now}

    places.change_sponsorship(db, made, version=1, ends_on=date(2026, 2, 28), **given)
    with pytest.raises(Conflict) as refusal:
        places.change_sponsorship(db, made, version=1, ends_on=None, **given)

    assert places.sponsorship_on(db, town.community, date(2026, 2, 28) + timedelta(days=1)) is None
    assert refusal.value.code == "stale"
    assert audit.history(db, "sponsorship", made)[0]["facts"]["changed"]["ends_on"] == [None, "2026-02-28"]
