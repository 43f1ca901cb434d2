"""The page where ways to fill a draft are tried and compared."""

from __future__ import annotations

import re

import pytest

from scheduler import clock, rosters
from scheduler.audit import SYSTEM
from scheduler.database import update
from tests import builders
from tests.test_history import seated, standing

RUNNING = '{"progress": {"stages": {"read": 0.0, "first": 0.5, "improve": 1.0}, "points": [[1.0, 110.0, 100.0]]}}'


@pytest.fixture
def draft(db, town, now):
    return builders.drafted(db, town, now)


def tried(client, db, draft, now, **asked):
    answer = client.post(f"/rosters/{draft}/scenarios", data={"emphasis": "none"} | asked)
    rosters.try_asked(db, now=now)
    return answer


def words(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text.split("<main", 1)[1]).split())


def test_a_way_is_tried_and_stands_beside_the_draft(db, town, draft, now, as_coordinator):
    answer = tried(as_coordinator, db, draft, now, emphasis="fairness")

    told = words(as_coordinator, f"/rosters/{draft}/scenarios")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/rosters/{draft}/scenarios")
    assert "指标项 现在的草稿 更公平 空缺 28 最好 0 " in told
    assert "与草稿不同的名额 0 28" in told


def test_while_it_is_tried_the_page_follows(db, draft, now, as_coordinator):
    as_coordinator.post(f"/rosters/{draft}/scenarios", data={"emphasis": "none"})
    path = f"/rosters/{draft}/scenarios"
    follows = f'data-follow="{path}/now"'

    waiting = as_coordinator.get(path).text
    update(db, "scenario", 1, state="running", started_at=clock.to_text(now), facts=RUNNING)
    running = as_coordinator.get(f"{path}/now").text
    stopped = as_coordinator.post(f"{path}/1/stop")
    stopping = as_coordinator.get(f"{path}/now").text
    rosters.give_back(db)
    rosters.try_asked(db, now=now)

    assert (follows in waiting, "排队等待" in waiting) == (True, True)
    assert ("10.0%" in running, "改进，离最优" in running, "用现方案，停止改进" in running) == (True, True, True)
    assert (stopped.status_code, "正在停下…" in stopping, "用现方案，停止改进" in stopping) == (303, True, False)
    assert follows not in as_coordinator.get(f"{path}/now").text


def test_somebody_who_is_away_is_named_by_number(db, town, draft, now, as_coordinator):
    tried(as_coordinator, db, draft, now, staff_no="0004", first="2026-03-02", last="2026-03-08")

    assert "按现行策略，兰草3月2日–8日请假" in words(as_coordinator, f"/rosters/{draft}/scenarios")


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"staff_no": "9999", "first": "2026-03-02", "last": "2026-03-03"}, "9999"),
        ({"staff_no": "0004"}, "必填。"),
        ({"staff_no": "0004", "first": "2026-03-04", "last": "2026-03-02"}, "结束早于开始。"),
        ({"emphasis": "cheapest"}, "不在可选范围内"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field_and_kept(db, draft, now, as_coordinator, sent, told):
    answer = tried(as_coordinator, db, draft, now, **sent)

    assert answer.status_code == 422
    assert told in answer.text
    assert rosters.scenarios(db, draft) == []


def test_one_is_kept_and_undone_from_the_board(db, town, draft, now, as_coordinator):
    seated(db, town, now, town.lan)
    before = standing(db)
    tried(as_coordinator, db, draft, now)
    scenario_id = rosters.scenarios(db, draft)[0]["id"]

    kept = as_coordinator.post(f"/rosters/{draft}/scenarios/{scenario_id}/keep")
    filled = len(standing(db))
    as_coordinator.post(f"/rosters/{draft}/undo", data={})

    assert (kept.status_code, kept.headers["Location"], filled) == (303, f"/rosters/{draft}", 28)
    assert standing(db) == before


def test_after_the_draft_changed_it_is_tried_again(db, town, draft, now, as_coordinator):
    tried(as_coordinator, db, draft, now)
    scenario_id = rosters.scenarios(db, draft)[0]["id"]
    seated(db, town, now, town.lan)

    refused = as_coordinator.post(f"/rosters/{draft}/scenarios/{scenario_id}/keep")
    offered = "排班已改，重新计算" in as_coordinator.get(f"/rosters/{draft}/scenarios").text
    again = as_coordinator.post(f"/rosters/{draft}/scenarios/{scenario_id}/retry")

    assert (refused.status_code, offered, again.status_code) == (409, True, 303)
    assert "请重新计算" in refused.text


def test_one_is_thrown_away(db, draft, now, as_coordinator):
    tried(as_coordinator, db, draft, now)
    scenario_id = rosters.scenarios(db, draft)[0]["id"]

    as_coordinator.post(f"/rosters/{draft}/scenarios/{scenario_id}/drop")

    assert "还没有试排方案" in words(as_coordinator, f"/rosters/{draft}/scenarios")
    assert as_coordinator.post(f"/rosters/{draft}/scenarios/{scenario_id}/drop").status_code == 404


def test_it_is_all_english_for_who_reads_english(db, draft, now, as_coordinator):
    tried(as_coordinator, db, draft, now, emphasis="calm", staff_no="0004", first="2026-03-02", last="2026-03-08")
    as_coordinator.post("/language", data={"lang": "en"})

    told = words(as_coordinator, f"/rosters/{draft}/scenarios")

    assert "Fewer changes, 兰草 away 2–8 Mar" in told
    assert not re.search(
        r"[一-鿿]", re.sub("兰草|江北支行|东风路社区|吕莉|闵行|薄荷|巴中市分行", "", told.split("中文")[-1])
    )


def test_nobody_tries_what_is_not_theirs(db, town, now, draft, as_coordinator):
    other = builders.unit(db, now, "电信公司")
    first, last = builders.MARCH
    theirs = rosters.draft(db, unit_id=other, starts_on=first, ends_on=last, by=SYSTEM, now=now)
    scenario_id = rosters.ask_scenario(db, theirs, emphasis="none", by=SYSTEM, now=now)

    assert as_coordinator.get(f"/rosters/{theirs}/scenarios").status_code == 404
    assert as_coordinator.post(f"/rosters/{draft}/scenarios/{scenario_id}/drop").status_code == 404
