"""Wishes: what a person would rather stand or not, and what the rotation, the candidates and the reasons make of it."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from scheduler import policies, rosters, rotation, wishes
from scheduler.audit import SYSTEM
from scheduler.database import rows, value
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.rosters.reading import problem
from tests import builders

TUESDAY, TUESDAY_SHIFT = 1, "2026-03-03"


def wish(db, now, person_id, kind="avoid", **more):
    return wishes.add(db, person_id, kind=kind, by=SYSTEM, now=now, **more)


def shift_on(db, roster_id, day=TUESDAY_SHIFT):
    return value(db, "SELECT id FROM shift WHERE roster_id = :id AND day = :day", id=roster_id, day=day)


def able(db, roster_id, day=TUESDAY_SHIFT):
    return rosters.candidates(db, shift_on(db, roster_id, day), 1).able


class TestKeeping:
    def test_a_wish_speaks_of_what_it_names_and_of_nothing_else(self, db, town, now):
        wish(db, now, town.lan, "prefer", strength=2, weekday=2, place_id=town.outlet)

        (held,) = wishes.of_person(db, town.lan)

        assert (held["kind"], held["strength"], held["weekday"], held["place"]) == ("prefer", 2, 2, "江北支行")
        assert held["activity_zh"] is None

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({}, "weekday"),
            ({"weekday": 7}, "weekday"),
            ({"weekday": 1, "strength": 3}, "strength"),
            ({"place_id": 999}, "place_id"),
            ({"activity_id": 999}, "activity_id"),
            ({"weekday": 1, "kind": "want"}, "kind"),
            ({"weekday": 1, "starts_on": date(2026, 3, 2), "ends_on": date(2026, 3, 1)}, "ends_on"),
        ],
    )
    def test_a_wish_of_nothing_or_of_what_is_not_there_is_refused(self, db, town, now, given, field):
        with pytest.raises(Invalid) as refused:
            wish(db, now, town.lan, **given)

        assert [problem.field for problem in refused.value.problems] == [field]
        assert wishes.of_person(db, town.lan) == []

    def test_a_place_of_another_organisation_cannot_be_wished_for(self, db, town, now):
        company = builders.unit(db, now, "电信公司")
        hall = builders.place(db, now, company, "营业厅")
        builders.template(db, now, company, [hall])

        with pytest.raises(Invalid):
            wish(db, now, town.lan, place_id=hall)

    def test_for_and_against_the_same_is_refused(self, db, town, now):
        wish(db, now, town.lan, "prefer", weekday=TUESDAY)

        with pytest.raises(Conflict) as refused:
            wish(db, now, town.lan, "avoid", weekday=TUESDAY)

        assert refused.value.code == "already_wished"

    def test_for_in_spring_and_against_in_summer_is_not(self, db, town, now):
        wish(db, now, town.lan, "prefer", weekday=TUESDAY, ends_on=date(2026, 5, 31))
        wish(db, now, town.lan, "avoid", weekday=TUESDAY, starts_on=date(2026, 6, 1))

        assert len(wishes.of_person(db, town.lan)) == 2

    def test_there_are_only_so_many(self, db, town, now):
        for at in range(wishes.MOST):
            day = date(2026, 3, 1) + timedelta(days=at)
            wish(db, now, town.lan, weekday=TUESDAY, starts_on=day, ends_on=day)

        with pytest.raises(Conflict) as refused:
            wish(db, now, town.lan, weekday=3)

        assert refused.value.code == "too_many_wishes"

    def test_one_takes_back_only_ones_own(self, db, town, now):
        wish_id = wish(db, now, town.lan, weekday=TUESDAY)

        with pytest.raises(NotFound):
            wishes.remove(db, town.min, wish_id, by=SYSTEM, now=now)

        wishes.remove(db, town.lan, wish_id, by=SYSTEM, now=now)
        assert wishes.of_person(db, town.lan) == []

    def test_both_are_in_the_persons_history(self, db, town, now):
        wishes.remove(db, town.lan, wish(db, now, town.lan, weekday=TUESDAY), by=SYSTEM, now=now)

        acts = rows(db, "SELECT act FROM audit WHERE subject_id = :id AND act LIKE '%wish' ORDER BY id", id=town.lan)
        assert [row["act"] for row in acts] == ["add_wish", "remove_wish"]


class TestPricing:
    @pytest.fixture
    def roster_id(self, db, town, now):
        return builders.drafted(db, town, now)

    def test_the_engine_is_told_of_them(self, db, town, now, roster_id):
        wish(db, now, town.lan, "prefer", strength=2, weekday=TUESDAY, place_id=town.outlet)

        assert problem(db, roster_id).preferences == (
            rotation.Preference(
                f"P{town.lan}",
                "want",
                2.0,
                rotation.Match(place=f"L{town.outlet}", weekday=TUESDAY, date=None, kind=None),
            ),
        )

    def test_one_that_ends_within_the_period_is_told_by_its_days(self, db, town, now, roster_id):
        wish(db, now, town.lan, weekday=TUESDAY, ends_on=date(2026, 3, 12))

        dates = [held.match.date for held in problem(db, roster_id).preferences]

        assert dates == [date(2026, 3, 3), date(2026, 3, 10)]

    def test_one_that_is_over_or_has_not_begun_is_not_told(self, db, town, now, roster_id):
        wish(db, now, town.lan, weekday=TUESDAY, ends_on=date(2026, 3, 1))
        wish(db, now, town.lan, weekday=TUESDAY, starts_on=date(2026, 3, 30))

        assert problem(db, roster_id).preferences == ()

    @pytest.mark.parametrize(("kind", "first"), [("avoid", "吕莉"), ("prefer", "兰草")])
    def test_who_would_rather_not_comes_after_who_does_not_mind(self, db, town, now, roster_id, kind, first):
        wish(db, now, town.lan, kind, weekday=TUESDAY)

        assert able(db, roster_id)[0]["person"] == first

    def test_a_strong_wish_weighs_twice_by_the_policy(self, db, town, now, roster_id):
        policies.set_policy(db, town.branch, {"avoid": 9}, version=0, by=SYSTEM, now=now)
        wish(db, now, town.lan, strength=2, weekday=TUESDAY)
        index = rotation.indexed(problem(db, roster_id))

        costs = {
            found.staff: found.cost for found in rotation.candidates(index, [], f"S{shift_on(db, roster_id)}", "any")
        }

        assert costs[f"P{town.lan}"] - costs[f"P{town.party}"] == 18

    def test_the_candidates_show_what_is_wished_of_that_very_slot(self, db, town, now, roster_id):
        wish(db, now, town.lan, weekday=TUESDAY)
        wish(db, now, town.lan, "prefer", weekday=2)

        told = next(row["wishes"] for row in able(db, roster_id) if row["person"] == "兰草")

        assert told == [{"kind": "avoid", "is_strong": False, "weekday": 1, "place": False, "activity": False}]

    def test_the_rotation_keeps_to_them_where_it_costs_no_fairness(self, db, town, now, roster_id):
        wish(db, now, town.lan, strength=2, weekday=TUESDAY)
        wish(db, now, town.party, "prefer", strength=2, weekday=TUESDAY)

        rosters.fill(db, roster_id, by=SYSTEM, now=now)

        assert self.on_tuesdays(db, roster_id) == {town.party}

    def test_the_reasons_that_are_stored_name_them(self, db, town, now, roster_id):
        wish(db, now, town.party, "prefer", strength=2, weekday=TUESDAY)
        rosters.fill(db, roster_id, by=SYSTEM, now=now)

        stored = value(
            db, "SELECT why FROM assignment WHERE shift_id = :id AND person_id = :person_id",
            id=shift_on(db, roster_id), person_id=town.party,
        )  # fmt: skip

        assert json.loads(stored)["wishes"][0]["kind"] == "prefer"
        assert json.loads(stored)["parts"]["preference"] == -8

    def on_tuesdays(self, db, roster_id):
        found = rows(
            db,
            """
            SELECT DISTINCT person_id FROM assignment JOIN shift ON shift.id = assignment.shift_id
            WHERE roster_id = :id AND strftime('%w', day) = '2'
            """,
            id=roster_id,
        )
        return {row["person_id"] for row in found}
