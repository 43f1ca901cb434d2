"""How strictly rules are kept: levels, what they do to seats and rosters, the page that sets them."""

from __future__ import annotations

import json
from datetime import date

import pytest

from scheduler import assignments, audit, rosters, rules
from scheduler.audit import SYSTEM
from scheduler.config import Duty
from scheduler.database import value
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.wording import sentences
from tests import builders
from tests.test_rosters import away, draft, night, shift_on

CUSTOMS_OFF = {"restdays": "off", "night": "off", "far": "off", "same_unit": "off"}
WARNING = {"rest": "warn", "week_cap": "warn", "quota": "warn"}
MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)


@pytest.fixture
def roster_id(db, town, now):
    """A draft in which 兰草 stands until midnight of Monday: Tuesday's duty comes 8.5 hours later."""
    roster_id = draft(db, town, now)
    night(db, town, roster_id, MONDAY, town.lan)
    return roster_id


def set_rest(db, town, now, level):
    return rules.set_levels(db, town.branch, {"rest": level}, by=SYSTEM, now=now)


def tuesday(db, town):
    return shift_on(db, town.outlet, TUESDAY)


def override_of(db, assignment_id):
    return value(db, "SELECT override FROM assignment WHERE id = :id", id=assignment_id)


class TestLevels:
    def test_everything_warns_until_somebody_decides_and_customs_are_off(self, db, town):
        assert rules.levels(db, town.office) == WARNING | CUSTOMS_OFF

    def test_only_a_custom_can_be_off(self, db, town, now):
        rules.set_levels(db, town.branch, {"far": "warn"}, by=SYSTEM, now=now)

        assert rules.set_levels(db, town.branch, {"far": "off"}, by=SYSTEM, now=now) == ["far"]
        with pytest.raises(Invalid, match="bad_choice"):
            rules.set_levels(db, town.branch, {"rest": "off"}, by=SYSTEM, now=now)

    def test_the_nearest_unit_that_has_decided_counts(self, db, town, now):
        set_rest(db, town, now, "block")
        rules.set_levels(db, town.office, {"rest": "note"}, by=SYSTEM, now=now)

        assert (rules.levels(db, town.branch)["rest"], rules.levels(db, town.office)["rest"]) == ("block", "note")

    def test_another_organisation_decides_for_itself(self, db, town, now):
        other = builders.unit(db, now, "电信公司")
        set_rest(db, town, now, "block")

        assert rules.levels(db, other)["rest"] == "warn"

    def test_only_what_changes_is_told_and_audited(self, db, town, now):
        assert set_rest(db, town, now, "note") == ["rest"]
        assert set_rest(db, town, now, "note") == []

        (row,) = [row for row in audit.history(db, "unit", town.branch) if row["act"] == "set_levels"]
        assert row["facts"]["levels"] == {"rest": {"from": "warn", "to": "note"}}

    @pytest.mark.parametrize("wanted", [{"rest": "perhaps"}, {"leave": "note"}, {"": "note"}])
    def test_facts_and_unknown_levels_cannot_be_set(self, db, town, now, wanted):
        with pytest.raises(Invalid):
            rules.set_levels(db, town.branch, wanted, by=SYSTEM, now=now)

    def test_a_unit_that_there_is_not_is_not_found(self, db, town, now):
        with pytest.raises(NotFound):
            rules.set_levels(db, 999, {"rest": "note"}, by=SYSTEM, now=now)


class TestSeats:
    def test_a_rule_that_warns_wants_a_reason(self, db, town, now, roster_id):
        with pytest.raises(Conflict) as refused:
            assignments.seat(db, tuesday(db, town), town.lan, by=SYSTEM, now=now)

        assert sentences(refused.value, "zh") == [
            "排兰草会有下面的提示。仍要排入，请写明理由：",
            "与 3月2日 周一 东风路社区 20:00–00:00 只隔 8.5 小时。",
        ]

    def test_the_reason_stays_with_the_assignment_and_goes_to_the_audit(self, db, town, now, roster_id):
        seated = assignments.seat(db, tuesday(db, town), town.lan, override="本人愿意", by=SYSTEM, now=now)

        assert override_of(db, seated) == "本人愿意"
        facts = value(db, "SELECT facts FROM audit WHERE act = 'seat' AND subject_id = :id", id=seated)
        assert json.loads(facts)["override"] == "本人愿意"
        assert [found.override for found in rosters.breaches(db, roster_id)] == ["本人愿意"]

    def test_a_reason_that_nothing_asks_for_is_not_kept(self, db, town, now, roster_id):
        seated = assignments.seat(db, tuesday(db, town), town.party, override="本人愿意", by=SYSTEM, now=now)

        assert override_of(db, seated) == ""

    def test_a_rule_that_blocks_takes_no_reason(self, db, town, now, roster_id):
        set_rest(db, town, now, "block")

        with pytest.raises(Conflict, match="rule_blocks"):
            assignments.seat(db, tuesday(db, town), town.lan, override="本人愿意", by=SYSTEM, now=now)

        panel = rosters.candidates(db, tuesday(db, town), 1)
        assert {row["person"]: row["detail"]["cause"] for row in panel.unable}["兰草"] == "rest"

    def test_a_rule_that_notes_asks_nothing(self, db, town, now, roster_id):
        set_rest(db, town, now, "note")

        assignments.seat(db, tuesday(db, town), town.lan, by=SYSTEM, now=now)

        assert [(found.level, found.blocks) for found in rosters.breaches(db, roster_id)] == [("note", False)]

    def test_the_organisations_own_hours_of_rest_count(self, db, town, now, roster_id):
        short = Duty(min_rest_hours=8)

        assert assignments.seat(db, tuesday(db, town), town.lan, duty=short, by=SYSTEM, now=now) > 0

    def test_leave_is_a_fact_whatever_the_reason(self, db, town, now, roster_id):
        away(db, now, town.party, TUESDAY)

        with pytest.raises(Conflict, match="person_is_away"):
            assignments.seat(db, tuesday(db, town), town.party, override="本人愿意", by=SYSTEM, now=now)

    def test_a_move_is_weighed_where_it_ends_and_leaves_all_as_it_was_if_refused(self, db, town, now, roster_id):
        seated = assignments.seat(db, shift_on(db, town.outlet, WEDNESDAY), town.lan, by=SYSTEM, now=now)

        with pytest.raises(Conflict, match="needs_a_reason"):
            assignments.move(db, seated, tuesday(db, town), by=SYSTEM, now=now)
        moved = assignments.move(db, seated, tuesday(db, town), override="换班", by=SYSTEM, now=now)

        assert override_of(db, moved) == "换班"

    def test_a_swap_is_weighed_for_both(self, db, town, now, roster_id):
        first = assignments.seat(db, tuesday(db, town), town.party, by=SYSTEM, now=now)
        second = assignments.seat(db, shift_on(db, town.outlet, WEDNESDAY), town.lan, by=SYSTEM, now=now)

        with pytest.raises(Conflict, match="needs_a_reason"):
            assignments.swap(db, first, second, by=SYSTEM, now=now)
        swapped = assignments.swap(db, first, second, override="换班", by=SYSTEM, now=now)

        assert sorted(override_of(db, each) for each in swapped) == ["", "换班"]


def test_publishing_refuses_what_blocks_even_if_it_was_seated_before(db, town, now, roster_id):
    assignments.seat(db, tuesday(db, town), town.lan, override="本人愿意", by=SYSTEM, now=now)
    set_rest(db, town, now, "block")

    with pytest.raises(Conflict, match="breach_rest_gap_within"):
        rosters.publish(db, roster_id, by=SYSTEM, now=now)


class TestPage:
    def test_an_administrator_sets_the_levels(self, db, town, as_administrator):
        levels = WARNING | CUSTOMS_OFF | {"rest": "block", "quota": "note", "night": "warn"}
        data = {"unit_id": town.branch, **levels}

        answer = as_administrator.post("/rules", data=data)

        assert (answer.status_code, answer.location) == (303, f"/rules?unit={town.branch}")
        assert rules.levels(db, town.branch) == levels
        assert "已保存：改了 3 条规则。" in as_administrator.get("/rules").text

    def test_a_level_that_there_is_not_is_told_at_its_rule(self, db, town, as_administrator):
        answer = as_administrator.post("/rules", data={"unit_id": town.branch, "rest": "x", "week_cap": "note"})

        assert answer.status_code == 422
        assert "“x”不在可选范围内" in answer.text
        assert rules.levels(db, town.branch)["week_cap"] == "warn"

    def test_a_coordinator_reads_them_and_may_not_set_them(self, db, town, now, as_coordinator):
        page = as_coordinator.get("/rules")

        assert page.status_code == 200
        assert 'action="/rules"' not in page.text
        assert as_coordinator.post("/rules", data={"unit_id": town.branch, "rest": "note"}).status_code == 403

    def test_an_administrator_sets_no_levels_of_another_tree(self, db, now, as_administrator):
        other = builders.unit(db, now, "电信公司")

        data = {"unit_id": other, **WARNING, **CUSTOMS_OFF}
        assert as_administrator.post("/rules", data=data).status_code == 404
