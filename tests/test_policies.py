"""The policy of an organisation: one for a tree, within bounds, told in sentences; what the engine makes of it."""

from __future__ import annotations

import json

import pytest

from scheduler import audit, policies, rosters, rotation
from scheduler.audit import SYSTEM
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.wording import sentences
from tests import builders


def set_to(db, town, now, *, version=0, **wanted):
    return policies.set_policy(db, town.branch, wanted, version=version, by=SYSTEM, now=now)


class TestStored:
    def test_the_engines_defaults_hold_until_somebody_decides(self, db, town):
        assert policies.weights(db, town.office) == rotation.Weights()
        assert policies.policy(db, town.office)["version"] == 0

    def test_the_whole_tree_goes_by_what_its_top_has_set(self, db, town, now):
        assert set_to(db, town, now, travel_minute=0.2, change=15) == ["travel_minute"]

        assert policies.weights(db, town.office) == rotation.Weights(travel_minute=0.2)

    def test_the_engine_is_given_it(self, db, town, now):
        set_to(db, town, now, fairness=20)
        roster_id = builders.drafted(db, town, now)

        assert rosters.problem(db, roster_id).weights == rotation.Weights(fairness=20.0)

    def test_another_organisation_keeps_its_own(self, db, town, now):
        other = builders.unit(db, now, "电信公司")
        set_to(db, town, now, fairness=20)

        assert policies.weights(db, other) == rotation.Weights()

    def test_each_change_is_a_version_and_is_audited_with_what_it_was(self, db, town, now):
        set_to(db, town, now, quota=300)
        set_to(db, town, now, version=1, quota=0)

        assert policies.policy(db, town.branch)["version"] == 2
        found = [row["facts"]["weights"] for row in audit.history(db, "policy", town.branch)]
        assert found == [{"quota": {"from": 300, "to": 0}}, {"quota": {"from": 200, "to": 300}}]

    def test_saving_the_same_again_changes_nothing(self, db, town, now):
        assert set_to(db, town, now, quota=200) == []
        assert policies.policy(db, town.branch)["version"] == 0


class TestRefused:
    @pytest.mark.parametrize("name", sorted(policies.BOUNDS))
    def test_a_weight_beyond_its_bounds(self, db, town, now, name):
        low, high = policies.BOUNDS[name]
        for wrong in (low - 1, high + 1):
            with pytest.raises(Invalid) as refused:
                set_to(db, town, now, **{name: wrong})
            assert [problem.field for problem in refused.value.problems] == [name]

    def test_an_empty_slot_that_is_cheaper_than_a_little_unfairness(self, db, town, now):
        with pytest.raises(Invalid) as refused:
            set_to(db, town, now, uncovered=500, fairness=50)

        assert sentences(refused.value, "en")[0].startswith("An empty slot is too cheap")

    def test_just_dear_enough_is_taken(self, db, town, now):
        assert set_to(db, town, now, uncovered=550, fairness=50) == ["uncovered", "fairness"]

    def test_a_change_of_what_somebody_else_changed_meanwhile(self, db, town, now):
        set_to(db, town, now, quota=300)

        with pytest.raises(Conflict) as refused:
            set_to(db, town, now, version=0, quota=100)
        assert refused.value.code == "stale"

    def test_a_unit_that_is_not_the_top_of_a_tree(self, db, town, now):
        with pytest.raises(Conflict) as refused:
            policies.set_policy(db, town.office, {"quota": 1}, version=0, by=SYSTEM, now=now)

        assert sentences(refused.value, "zh") == ["权重由“巴中市分行”统一设定，下级单位沿用。"]

    def test_a_unit_that_there_is_not(self, db):
        with pytest.raises(NotFound):
            policies.policy(db, 999)


class TestPage:
    def data(self, town, **changed):
        return {name: f"{held:g}" for name, held in policies.DEFAULTS.items()} | {
            "unit_id": town.branch,
            "version": 0,
            **changed,
        }

    def test_it_says_in_sentences_what_the_weights_mean(self, as_coordinator):
        page = as_coordinator.get("/policy").text

        assert "为了让一个多值一班的人少值一班，可以多走 200 分钟路程。" in page
        assert "宁可让一个人比份额多值 50 班，也不留一个空缺。" in page
        assert "已发布的一班，只有换成比份额差距大 2.5 班以上的人才值得改。" in page

    def test_a_coordinator_reads_it_and_cannot_change_it(self, db, town, as_coordinator):
        assert '<form class="card__body plain-form"' not in as_coordinator.get("/policy").text
        assert as_coordinator.post("/policy", data=self.data(town, quota="1")).status_code == 403
        assert policies.weights(db, town.branch) == rotation.Weights()

    def test_staff_may_not_read_it(self, as_staff):
        assert as_staff.get("/policy").status_code == 403

    def test_an_administrator_changes_it_and_the_sentences_follow(self, db, town, as_administrator):
        answer = as_administrator.post("/policy", data=self.data(town, travel_minute="0.2"))

        assert (answer.status_code, answer.location) == (303, f"/policy?unit={town.branch}")
        page = as_administrator.get(answer.location).text
        assert "可以多走 100 分钟路程" in page
        assert "已保存：改了 1 项" in page

    def test_where_travel_counts_for_nothing_the_sentence_has_no_number(self, town, as_administrator):
        as_administrator.post("/policy", data=self.data(town, travel_minute="0"))

        assert "公平永远先于路程。" in as_administrator.get("/policy").text

    @pytest.mark.parametrize("text", ["", "x", "-1", "1e3", "nan", "99999", "0.123"])
    def test_what_is_no_sound_number_is_told_at_its_field(self, db, town, as_administrator, text):
        answer = as_administrator.post("/policy", data=self.data(town, quota=text))

        assert (answer.status_code, 'id="f-quota-error"' in answer.text) == (422, True)
        assert json.loads(json.dumps(policies.policy(db, town.branch)))["quota"] == 200

    def test_an_administrator_of_another_tree_is_told_that_there_is_none(self, db, now, town, as_administrator):
        other = builders.unit(db, now, "电信公司")

        assert as_administrator.post("/policy", data=self.data(town, unit_id=other)).status_code == 404
