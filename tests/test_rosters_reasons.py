"""Why a roster is as it is: each person against the next best, each empty slot with its causes and its remedies."""

from __future__ import annotations

import json
from datetime import date

from scheduler import assignments, quotas, rosters, rotation
from scheduler.audit import SYSTEM
from scheduler.database import rows, value
from scheduler.rosters import reasons
from tests import builders
from tests.test_rosters import away, draft, shift_on

MONDAY, SATURDAY = date(2026, 3, 2), date(2026, 3, 7)


def filled(db, town, now):
    roster_id = draft(db, town, now)
    rosters.fill(db, roster_id, by=SYSTEM, now=now)
    return roster_id


def panel_of(db, shift_id, slot=1):
    return rosters.candidates(db, shift_id, slot)


class TestWhyThisPerson:
    def test_every_assignment_of_a_fill_keeps_its_comparison(self, db, town, now):
        filled(db, town, now)

        stored = [json.loads(row["why"]) for row in rows(db, "SELECT why FROM assignment ORDER BY id")]
        assert stored
        assert [sorted(why) for why in stored] == [["apart", "others", "parts", "trips"]] * len(stored)

    def test_what_is_stored_is_what_the_engine_says_of_each_seat(self, db, town, now):
        roster_id = filled(db, town, now)
        index, seats = rotation.indexed(rosters.problem(db, roster_id)), rosters.seats(db, roster_id)
        told = reasons.whys(index, seats)

        for seat in seats:
            choice = rotation.why(index, seats, seat)
            why = json.loads(told[int(seat.duty[1:]), int(seat.staff[1:])])
            assert [f"P{other['person_id']}" for other in why["others"]] == [other.staff for other in choice.others]
            assert [round(sum(other["parts"].values()), 1) for other in why["others"]] == [
                round(other.cost, 1) for other in choice.others
            ]

    def test_leaders_visits_are_told_as_quota(self, db, town, now):
        builders.template(
            db, now, town.branch, [town.community], name="走访", activity="visit", days="weekdays", weekdays=[2],
            roles=["head", "deputy"],
        )  # fmt: skip
        quotas.add(
            db, unit_id=town.branch, role="head", activity="visit", least=1, starts_on=date(2026, 1, 1),
            by=SYSTEM, now=now,
        )  # fmt: skip
        filled(db, town, now)

        held = [why for why in stored(db, town.head) if "quota" in why["parts"]]
        assert {why["parts"]["quota"] for why in held} == {-200.0}

    def test_the_others_are_told_by_what_they_would_cost_more(self, db, town, now):
        builders.carried(db, town, town.lan, now, trips=3)
        roster_id = draft(db, town, now)
        monday = shift_on(db, town.outlet, MONDAY)
        assignments.seat(db, monday, town.party, by=SYSTEM, now=now)

        why = panel_of(db, monday).why
        (lan,) = why["others"]
        assert lan["person"] == "兰草"
        assert set(lan["parts"]) == {"fairness"}
        assert lan["cost"] > 0
        assert roster_id

    def test_a_seat_by_hand_is_compared_as_things_stand(self, db, town, now):
        draft(db, town, now)
        monday = shift_on(db, town.outlet, MONDAY)
        assignments.seat(db, monday, town.party, by=SYSTEM, now=now)

        assert value(db, "SELECT why FROM assignment") == "{}"
        assert [other["person"] for other in panel_of(db, monday).why["others"]] == ["兰草"]

    def test_nobody_else_is_told_where_nobody_else_may_stand(self, db, town, now):
        draft(db, town, now)
        away(db, now, town.lan, MONDAY)
        monday = shift_on(db, town.outlet, MONDAY)
        assignments.seat(db, monday, town.party, by=SYSTEM, now=now)

        assert panel_of(db, monday).why["others"] == []


class TestWhyNobody:
    def empty(self, db, town, now):
        """Both party members are away on Monday; their weeks have room."""
        for person_id in (town.party, town.lan):
            db["person"].update(person_id, {"max_per_week": 7})
            away(db, now, person_id, MONDAY)
        return filled(db, town, now)

    def test_a_fill_keeps_which_rules_alone_keep_somebody_out(self, db, town, now):
        roster_id = self.empty(db, town, now)

        (gap,) = [gap for gap in rosters.gaps(db, roster_id) if gap["day"] == MONDAY.isoformat()]
        assert gap["remedies"] == [
            {"rule": "party", "count": 2, "names": ["薄荷", "闵行"]},
            {"rule": "role", "count": 2, "names": ["何远山", "杜明月"]},
            {"rule": "leave", "count": 2, "names": ["吕莉", "兰草"]},
        ]

    def test_the_panel_of_an_empty_slot_works_them_out_as_things_stand(self, db, town, now):
        self.empty(db, town, now)
        monday = shift_on(db, town.outlet, MONDAY)

        assert [one["rule"] for one in panel_of(db, monday).remedies] == ["party", "role", "leave"]

    def test_nothing_is_to_be_lifted_where_somebody_may_stand(self, db, town, now):
        draft(db, town, now)

        assert panel_of(db, shift_on(db, town.outlet, MONDAY)).remedies == []

    def test_a_shortage_is_kept_with_the_week_the_people_and_their_room(self, db, town, now):
        """Five workdays a week for two people of whom each may stand two: one slot a week stays empty."""
        for person_id in (town.party, town.lan):
            db["person"].update(person_id, {"max_per_week": 2})
        roster_id = filled(db, town, now)

        (first, *_) = sorted(rosters.roster(db, roster_id)["fill_facts"]["shortages"], key=lambda one: one["weeks"])
        assert {name: first[name] for name in ("weeks", "seats", "people", "room", "missing")} == {
            "weeks": [10], "seats": 5, "people": 2, "room": 4, "missing": 1,
        }  # fmt: skip
        assert sorted(first["names"]) == ["兰草", "吕莉"]

    def test_a_roster_without_gaps_keeps_nothing(self, db, town, now):
        facts = rosters.roster(db, filled(db, town, now))["fill_facts"]

        assert (facts["remedies"], facts["shortages"]) == ({}, [])


class TestPages:
    def test_the_panel_says_why_this_person(self, db, town, now, as_coordinator):
        roster_id = filled(db, town, now)
        shift_id = shift_on(db, town.outlet, MONDAY)

        page = as_coordinator.get(f"/rosters/{roster_id}?slot={shift_id}-1").text
        assert "为什么是这个人" in page
        assert "自动排班时的比较" in page
        assert "近一年连同本表" in page

    def test_the_panel_of_an_empty_slot_says_what_would_fill_it(self, db, town, now, as_coordinator):
        roster_id = TestWhyNobody().empty(db, town, now)
        shift_id = shift_on(db, town.outlet, MONDAY)

        page = as_coordinator.get(f"/rosters/{roster_id}?slot={shift_id}-1").text
        assert "怎样能补上" in page
        assert "放宽一条能补上：" in page

    def test_below_the_board_and_after_a_fill_the_shortage_is_a_sentence(self, db, town, now, as_coordinator):
        for person_id in (town.party, town.lan):
            db["person"].update(person_id, {"max_per_week": 2})
        roster_id = filled(db, town, now)

        told = "第 10 周：这 5 个名额只有这 2 人可值，他们最多值 4 班：至少空缺 1 个。"
        assert told in as_coordinator.get(f"/rosters/{roster_id}").text
        assert told in as_coordinator.get(f"/rosters/{roster_id}/fill").text


def stored(db, person_id):
    found = rows(db, "SELECT why FROM assignment WHERE person_id = :id ORDER BY id", id=person_id)
    return [json.loads(row["why"]) for row in found]
