"""The page of a fill: what it would do in numbers, how far it is, its end."""

from __future__ import annotations

import re

import pytest

from scheduler import assignments, rosters
from scheduler.audit import SYSTEM
from scheduler.database import update
from tests import builders
from tests.test_fill_scope import MONDAY, seated, shift_on


@pytest.fixture
def draft(db, town, now):
    return builders.drafted(db, town, now)


def words(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text.split("<main", 1)[1]).split())


def test_the_page_says_in_numbers_what_a_fill_would_do(db, town, draft, now, as_coordinator):
    seated(db, now, shift_on(db, town.outlet, MONDAY), town.lan)

    assert "重排 1 个安排，补 27 个空缺。" in words(as_coordinator, f"/rosters/{draft}/fill")
    assert "补 27 个空缺，已排的一个不动。" in words(as_coordinator, f"/rosters/{draft}/fill?what=empty")
    assert "补 8 个空缺" in words(as_coordinator, f"/rosters/{draft}/fill?place={town.community}")


def test_what_was_chosen_is_what_is_filled(db, town, draft, now, as_coordinator):
    answer = as_coordinator.post(f"/rosters/{draft}/fill", data={"what": "all", "place": [town.community]})
    rosters.fill_asked(db, now=now)

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/rosters/{draft}/fill")
    assert rosters.roster(db, draft)["filled"] == 8


def test_before_a_fixed_one_is_moved_the_page_asks(db, town, draft, now, as_coordinator):
    assignments.fix(db, seated(db, now, shift_on(db, town.outlet, MONDAY), town.lan), by=SYSTEM, now=now)

    assert "移动 1 个锁定的安排？" not in words(as_coordinator, f"/rosters/{draft}/fill")
    assert "移动 1 个锁定的安排？" in words(as_coordinator, f"/rosters/{draft}/fill?locked=1")


@pytest.mark.parametrize(
    "wrong", [{"first": "never"}, {"first": "2026-03-05", "last": "2026-03-02"}, {"what": "x"}, {"place": "x"}]
)
def test_a_wrong_choice_is_refused_and_nothing_is_filled(db, draft, as_coordinator, wrong):
    answer = as_coordinator.post(f"/rosters/{draft}/fill", data=wrong)

    assert answer.status_code == 422
    assert rosters.roster(db, draft)["fill_state"] == "none"


def test_an_address_that_makes_no_sense_shows_the_page(draft, as_coordinator):
    assert as_coordinator.get(f"/rosters/{draft}/fill?first=never&place=x&what=%00").status_code == 200


def test_a_running_fill_shows_gap_bar_and_two_ways_out(db, draft, now, as_coordinator):
    told = '{"stages": {"read": 0, "first": 0.4, "improve": 1.1}, "points": [[1.1, 120, 100], [3.0, 110, 100]]}'
    update(db, "roster", draft, fill_state="running", fill_started_at="2026-02-28T00:59:57Z", fill_progress=told)

    part = as_coordinator.get(f"/rosters/{draft}/fill/now").text

    assert 'data-follow="/rosters/' in part
    assert '<progress class="progress" max="5" value="3" aria-label="第 3 步，共 5 步">' in part
    assert re.findall(r"filling__gap\">(.*?)<", part) == ["10.0%"]
    assert ("用现方案，停止改进" in part, "<path" in part) == (True, True)


@pytest.mark.parametrize(("sent", "kept"), [({}, "discard"), ({"keep": "1"}, "keep")])
def test_a_running_fill_is_ended_by_a_button(db, draft, as_coordinator, sent, kept):
    update(db, "roster", draft, fill_state="running", fill_started_at="2026-02-28T00:59:57Z")

    answer = as_coordinator.post(f"/rosters/{draft}/fill/cancel", data=sent)

    assert answer.status_code == 303
    assert rosters.roster(db, draft)["fill_cancel"] == kept
    assert "正在停下…" in words(as_coordinator, f"/rosters/{draft}/fill")


def test_ending_what_does_not_run_is_refused_in_words(draft, as_coordinator):
    answer = as_coordinator.post(f"/rosters/{draft}/fill/cancel")

    assert answer.status_code == 409
    assert "没有正在进行的自动排班。" in answer.text


def test_when_it_is_over_the_page_says_why_slots_are_empty(db, town, draft, now, as_coordinator):
    builders.template(db, now, town.branch, [town.outlet], name="双语", skills=["英语"], days="weekdays", weekdays=[0])
    rosters.take_shifts(db, draft, by=SYSTEM, now=now)
    rosters.ask_fill(db, draft, by=SYSTEM, now=now)
    rosters.fill_asked(db, now=now)

    told = words(as_coordinator, f"/rosters/{draft}/fill")

    assert "4 个空缺 3月2日 周一 江北支行" in told
    assert "第 5 步" not in told
    assert "data-follow" not in as_coordinator.get(f"/rosters/{draft}/fill").text


def test_nobody_fills_a_roster_of_another_organisation(db, town, now, as_coordinator):
    other = builders.unit(db, now, "电信公司")
    theirs = rosters.draft(
        db, unit_id=other, starts_on=builders.MARCH[0], ends_on=builders.MARCH[1], by=SYSTEM, now=now
    )

    assert [as_coordinator.get(f"/rosters/{theirs}/fill{part}").status_code for part in ("", "/now")] == [404, 404]
    assert as_coordinator.post(f"/rosters/{theirs}/fill/cancel").status_code == 404


def test_in_a_published_roster_only_gaps_are_filled_until_more_is_asked_for(db, town, now, as_coordinator):
    roster_id = builders.published(db, town, now)

    first = words(as_coordinator, f"/rosters/{roster_id}/fill")
    more = words(as_coordinator, f"/rosters/{roster_id}/fill?what=all&published=1")

    assert "补 0 个空缺，已排的一个不动。 有关的人到下次发布才收到通知" in first
    assert "移动 28 个已发布的安排？" in more
