"""Pages of a roster's steps: undone from a toast, from the toolbar and from the list; refusals in words."""

from __future__ import annotations

import re

import pytest

from scheduler import assignments, rosters
from scheduler.audit import SYSTEM, Actor
from tests import builders
from tests.builders import assigned
from tests.test_history import MONDAY, seated, shift_on, standing


@pytest.fixture
def draft(db, town, now):
    return builders.drafted(db, town, now)


@pytest.fixture
def lili(town):
    return Actor(town.party, "吕莉")


def text(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1]).split())


def test_what_was_just_done_is_told_with_the_way_back(db, town, draft, now, as_coordinator, watch):
    shift_id = shift_on(db, town.outlet, MONDAY)
    as_coordinator.post(f"/rosters/{draft}/seat", data={"shift_id": shift_id, "person_id": town.lan})

    html = as_coordinator.get(f"/rosters/{draft}").text
    watch.now = now.replace(second=30)

    assert 'role="status" data-toast' in html
    assert "排入 <b>兰草</b> 江北支行 3月2日 周一" in html
    assert "data-toast" not in as_coordinator.get(f"/rosters/{draft}").text


def test_a_step_is_undone_and_done_again_by_buttons(db, town, draft, now, as_coordinator, lili):
    seated(db, town, now, town.lan, by=lili)

    back = as_coordinator.post(f"/rosters/{draft}/undo", data={"next": f"/rosters/{draft}?span=week"})
    undone = standing(db)
    as_coordinator.post(f"/rosters/{draft}/redo", data={})

    assert (back.status_code, back.headers["Location"]) == (303, f"/rosters/{draft}?span=week")
    assert (undone, len(standing(db))) == ([], 1)


def test_the_list_names_who_did_what_and_undoes_any_step(db, town, draft, now, as_coordinator):
    seated(db, town, now, town.lan)
    step = rosters.history(db, draft)[0]["id"]

    before = text(as_coordinator.get(f"/rosters/{draft}/history").text)
    as_coordinator.post(f"/rosters/{draft}/undo", data={"step": step, "next": f"/rosters/{draft}/history"})
    after = text(as_coordinator.get(f"/rosters/{draft}/history").text)

    assert "排入 兰草 江北支行 3月2日 周一 系统 · 2月28日 周六 09:00 撤销" in before
    assert "系统 · 2月28日 周六 09:00 · 吕莉已撤销 重做" in after


def test_an_undo_that_is_no_longer_possible_says_why(db, town, draft, now, as_coordinator, lili):
    seated(db, town, now, town.lan, by=lili)
    assignments.release(db, assigned(db, shift_on(db, town.outlet, MONDAY), town.lan), by=SYSTEM, now=now)

    told = as_coordinator.post(f"/rosters/{draft}/undo", data={}, follow_redirects=True).text
    api = as_coordinator.post(f"/rosters/{draft}/undo", data={}, headers={"Accept": "application/json"})

    assert "兰草已不在那个名额上" in told
    assert (api.status_code, api.get_json()["code"]) == (409, "step_is_overtaken")


def test_an_empty_list_says_what_will_be_there(draft, as_coordinator):
    assert "还没有改动" in as_coordinator.get(f"/rosters/{draft}/history").text


def test_the_list_is_all_english_for_who_reads_english(db, town, draft, now, as_coordinator):
    seated(db, town, now, town.lan)
    rosters.fill(db, draft, by=SYSTEM, now=now)
    as_coordinator.post("/language", data={"lang": "en"})

    told = text(as_coordinator.get(f"/rosters/{draft}/history").text)

    assert "Filled: " in told
    assert "Seated 兰草 江北支行 Mon 2 Mar The system · Sat 28 Feb 09:00 Undo" in told


def test_nobody_leaves_for_another_site_and_nobody_undoes_what_is_not_theirs(db, town, draft, now, as_coordinator):
    seated(db, town, now, town.lan)
    step = rosters.history(db, draft)[0]["id"]
    other = builders.unit(db, now, "电信公司")
    theirs = rosters.draft(
        db, unit_id=other, starts_on=builders.MARCH[0], ends_on=builders.MARCH[1], by=SYSTEM, now=now
    )

    away = as_coordinator.post(f"/rosters/{draft}/undo", data={"step": step, "next": "https://elsewhere.example/"})

    assert away.headers["Location"] == f"/rosters/{draft}"
    assert as_coordinator.get(f"/rosters/{theirs}/history").status_code == 404
    assert as_coordinator.post(f"/rosters/{theirs}/undo", data={"step": step}).status_code == 404
