"""What a unit head sees where coordinators have forms: the facts, and nothing to send, drag or follow to a refusal."""

from __future__ import annotations

from datetime import date

import pytest

from scheduler import accounts
from scheduler.audit import SYSTEM
from tests import builders
from tests.conftest import signed_in
from tests.test_rosters import draft, shift_on

MONDAY = date(2026, 3, 2)


@pytest.fixture
def as_head(client, db, town, now):
    accounts.grant(db, town.bo, "unit_head", town.branch, by=SYSTEM, now=now)
    return signed_in(client, db, town.bo, now)


def body(page):
    """What stands in the page itself, without its frame."""
    return page.text.partition('<main class="main')[2].partition("</main>")[0]


def test_the_board_names_who_could_stand_and_offers_nothing_to_drag_or_press(db, town, now, as_head):
    roster_id = draft(db, town, now)

    page = as_head.get(f"/rosters/{roster_id}?slot={shift_on(db, town.outlet, MONDAY)}-1")

    assert '<li class="people__row' in page.text
    assert "吕莉" in page.text
    assert "drag.js" not in page.text
    assert "draggable" not in page.text
    assert "排入" not in body(page)
    assert 'method="post"' not in body(page)


def test_a_roll_that_is_not_called_yet_shows_who_was_assigned(db, town, now, as_head):
    shift_id = builders.shift(db, town, date(2026, 2, 27), [town.party])

    page = as_head.get(f"/shifts/{shift_id}/attendance")

    assert "班次已结束，排班员还没有点名。" in page.text
    assert '<th scope="row" class="nowrap">吕莉</th>' in page.text
    assert 'method="post"' not in body(page)


def test_a_persons_details_stand_as_facts(town, as_head):
    page = as_head.get(f"/people/{town.lan}")

    assert "<dt>工号</dt><dd>0004</dd>" in page.text
    assert "<dt>邮箱</dt><dd>0004@branch.example</dd>" in page.text
    assert 'method="post"' not in body(page)


def test_how_a_roster_was_filled_and_what_publishing_would_change_is_read(db, town, now, as_head):
    roster_id = draft(db, town, now)
    board = as_head.get(f"/rosters/{roster_id}").text

    assert f'href="/rosters/{roster_id}/fill"' in board
    assert f'href="/rosters/{roster_id}/publish"' in board
    for part in ("fill", "publish", "scenarios"):
        page = as_head.get(f"/rosters/{roster_id}/{part}")
        assert page.status_code == 200
        assert 'method="post"' not in body(page)


@pytest.mark.parametrize("path", ["/rules", "/activities", "/leave", "/leave/rules", "/swaps", "/people/balances"])
def test_what_holds_in_the_units_is_read_and_not_set(as_head, path):
    page = as_head.get(path)

    assert page.status_code == 200
    assert 'method="post"' not in body(page)
    assert as_head.post(path).status_code in (403, 404, 405)
