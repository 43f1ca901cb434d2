"""After somebody falls ill: stand-ins with nobody else moved, a wider exchange only where it gains more."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from scheduler import assignments, rosters
from scheduler.audit import SYSTEM, history
from scheduler.database import value
from scheduler.errors import Conflict, NotFound
from scheduler.rosters import mending
from tests import builders
from tests.test_rosters import away, seats_of, shift_on

MONDAY, TUESDAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 6)


@pytest.fixture
def roster_id(db, town, now):
    """March, published, with a third party member who stands nothing: they are carried far ahead."""
    spare = builders.person(db, now, town.office, "0007", "萧倩", party=True)
    builders.carried(db, town, spare, now, trips=40)
    return builders.published(db, town, now)


def stands(db, shift_id):
    sql = "SELECT person_id FROM assignment WHERE shift_id = :id AND state <> 'released'"
    return value(db, sql, id=shift_id)


def mended(db, roster_id, now, **more):
    plan = mending.mending(db, roster_id, now=now)
    return mending.mend(db, roster_id, version=plan.version, by=SYSTEM, now=now, **more)


def others(db, roster_id, shift_id):
    found = seats_of(db, roster_id)
    day = value(db, "SELECT day FROM shift WHERE id = :id", id=shift_id)
    return [row for row in found if row["day"] != day]


class TestLocal:
    def test_only_who_is_away_is_replaced_and_nobody_else_moves(self, db, town, now, roster_id):
        monday = shift_on(db, town.outlet, MONDAY)
        ill = stands(db, monday)
        away(db, now, ill, MONDAY)
        before = others(db, roster_id, monday)

        (change,) = mending.mending(db, roster_id, now=now).changes
        assert (change["shift_id"], change["person_id"], change["new_id"] is None) == (monday, ill, False)
        assert mended(db, roster_id, now) == 1

        assert stands(db, monday) == change["new_id"]
        assert others(db, roster_id, monday) == before

    def test_everything_of_a_week_is_stood_in_for_within_the_rules(self, db, town, now, roster_id):
        away(db, now, town.lan, MONDAY, days=7)

        mended(db, roster_id, now)

        broken = {breach.problem.code for breach in rosters.breaches(db, roster_id) if breach.blocks}
        assert broken == set()
        assert mending.mending(db, roster_id, now=now).changes == ()

    def test_it_waits_for_publication_and_is_audited_as_one_act(self, db, town, now, roster_id):
        monday = shift_on(db, town.outlet, MONDAY)
        ill = stands(db, monday)
        away(db, now, ill, MONDAY)

        mended(db, roster_id, now)

        sql = "SELECT person_id FROM standing WHERE shift_id = :id"
        assert value(db, sql, id=monday) == ill
        assert history(db, "roster", roster_id)[0]["act"] == "mend"
        builders.announced(db, now)
        assert value(db, sql, id=monday) == stands(db, monday) != ill

    def test_what_has_begun_stays_as_it_was(self, db, town, now, roster_id):
        monday = shift_on(db, town.outlet, MONDAY)
        away(db, now, stands(db, monday), MONDAY)

        assert mending.mending(db, roster_id, now=now + timedelta(days=3)).changes == ()

    def test_where_nobody_can_stand_in_the_slot_becomes_unfilled(self, db, town, now, roster_id):
        monday = shift_on(db, town.outlet, MONDAY)
        everybody = [town.party, town.lan, value(db, "SELECT id FROM person WHERE staff_no = '0007'")]
        for person_id in everybody:
            away(db, now, person_id, MONDAY)

        plan = mending.mending(db, roster_id, now=now)
        assert [(row["shift_id"], row["new_id"]) for row in plan.changes] == [(monday, None)]
        assert (plan.missing, plan.wider) == (1, ())
        mended(db, roster_id, now)
        assert stands(db, monday) is None


class TestWider:
    @pytest.fixture
    def tight(self, db, town, now):
        """兰草 can stand both outlets, 吕莉 only the party's: who falls ill leaves a slot that wants an exchange."""
        market = builders.place(db, now, town.branch, "南坝支行")
        builders.template(
            db, now, town.branch, [market], days="weekdays", weekdays=[0], starts=time(8, 30), ends=time(17),
            skills=["手语"],
        )  # fmt: skip
        for person_id in (town.lan, town.min):
            db["person_skill"].insert({"person_id": person_id, "skill": "手语"})
        first = date(2026, 3, 2)
        roster_id = rosters.draft(db, unit_id=town.branch, starts_on=first, ends_on=first, by=SYSTEM, now=now)
        lobby, signs = shift_on(db, town.outlet, first), shift_on(db, market, first)
        assignments.seat(db, lobby, town.lan, by=SYSTEM, now=now)
        assignments.seat(db, signs, town.min, by=SYSTEM, now=now)
        rosters.publish(db, roster_id, by=SYSTEM, now=now)
        away(db, now, town.min, first)
        return roster_id, lobby, signs

    def test_others_are_moved_where_that_fills_what_stays_empty_otherwise(self, db, town, now, tight):
        roster_id, lobby, signs = tight

        plan = mending.mending(db, roster_id, now=now)
        assert (plan.missing, plan.wider_missing) == (1, 0)
        mended(db, roster_id, now, wider=True)

        assert (stands(db, lobby), stands(db, signs)) == (town.party, town.lan)

    def test_nobody_is_moved_unless_that_is_chosen(self, db, town, now, tight):
        roster_id, lobby, signs = tight

        mended(db, roster_id, now)

        assert (stands(db, lobby), stands(db, signs)) == (town.lan, None)


class TestRefused:
    def test_a_draft_has_nobody_to_stand_in_for(self, db, town, now):
        with pytest.raises(Conflict) as refused:
            mending.mending(db, builders.drafted(db, town, now), now=now)
        assert refused.value.code == "roster_is_not_published"

    def test_a_roster_that_changed_since_it_was_looked_at(self, db, town, now, roster_id):
        monday = shift_on(db, town.outlet, MONDAY)
        away(db, now, stands(db, monday), MONDAY)

        with pytest.raises(Conflict) as refused:
            mending.mend(db, roster_id, version=1, by=SYSTEM, now=now)
        assert refused.value.code == "roster_changed"

    def test_where_nobody_is_away_there_is_nothing_to_do(self, db, town, now, roster_id):
        with pytest.raises(Conflict) as refused:
            mended(db, roster_id, now)
        assert refused.value.code == "nobody_to_stand_in_for"

    def test_a_roster_that_there_is_not(self, db, now):
        with pytest.raises(NotFound):
            mending.mending(db, 999, now=now)


class TestPage:
    def test_it_shows_what_it_would_change_and_does_it(self, db, town, now, as_coordinator, roster_id):
        monday = shift_on(db, town.outlet, MONDAY)
        ill = stands(db, monday)
        away(db, now, ill, MONDAY)

        page = as_coordinator.get(f"/rosters/{roster_id}/mend").text
        assert "只补请假的人，别人不动" in page
        version = rosters.roster(db, roster_id)["version"]
        answer = as_coordinator.post(f"/rosters/{roster_id}/mend", data={"version": version})

        assert (answer.status_code, answer.location) == (303, f"/rosters/{roster_id}")
        assert stands(db, monday) != ill

    def test_an_old_page_is_told_so(self, db, town, now, as_coordinator, roster_id):
        away(db, now, stands(db, shift_on(db, town.outlet, MONDAY)), MONDAY)

        answer = as_coordinator.post(f"/rosters/{roster_id}/mend", data={"version": 1})

        assert (answer.status_code, "又有改动" in answer.text) == (409, True)

    def test_the_board_leads_to_it_while_somebody_is_away(self, db, town, now, as_coordinator, roster_id):
        assert f"/rosters/{roster_id}/mend" not in as_coordinator.get(f"/rosters/{roster_id}").text
        away(db, now, stands(db, shift_on(db, town.outlet, MONDAY)), MONDAY)

        assert f"/rosters/{roster_id}/mend" in as_coordinator.get(f"/rosters/{roster_id}").text

    def test_staff_do_not_see_it(self, as_staff, roster_id):
        assert as_staff.get(f"/rosters/{roster_id}/mend").status_code == 404
