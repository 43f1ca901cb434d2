"""One change of a published roster takes effect from the board's panel."""

from __future__ import annotations

from datetime import date

import pytest

from scheduler import assignments, rosters
from scheduler.audit import SYSTEM
from scheduler.database import value
from tests.calendars import BASE
from tests.test_rosters import away, draft
from tests.test_rosters_board import seat
from tests.test_web_board_parts import SCRIPT, drop, name

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


@pytest.fixture
def roster_id(db, town, now):
    roster_id = draft(db, town, now)
    seat(db, now, town.outlet, MONDAY, town.lan)
    rosters.publish(db, roster_id, base_url=BASE, by=SYSTEM, now=now)
    return roster_id


def at_once(client, db, roster_id, at, **more):
    fields = {"slot": at, "version": rosters.version_of(db, roster_id)} | more
    return client.post(f"/rosters/{roster_id}/at-once?slot={at}", data=fields, headers=SCRIPT)


def test_the_panel_names_whom_it_concerns_and_only_where_something_waits(db, town, now, roster_id, as_coordinator):
    monday, tuesday = name(db, town.outlet, MONDAY), name(db, town.outlet, TUESDAY)
    drop(as_coordinator, roster_id, source=monday, source_seen=town.lan, person_id=town.party)

    html = as_coordinator.get(f"/rosters/{roster_id}?slot={monday}", headers=SCRIPT).text
    other = as_coordinator.get(f"/rosters/{roster_id}?slot={tuesday}", headers=SCRIPT).text

    assert "立即生效并通知 2 人？" in html
    assert "由吕莉接替" in html
    assert "立即生效" not in other


def test_it_takes_effect_and_the_others_wait(db, town, now, roster_id, as_coordinator):
    monday, tuesday = name(db, town.outlet, MONDAY), name(db, town.outlet, TUESDAY)
    drop(as_coordinator, roster_id, source=monday)
    drop(as_coordinator, roster_id, target=tuesday, person_id=town.party)

    answer = at_once(as_coordinator, db, roster_id, monday)

    assert (answer.status_code, "已生效，通知 1 人。" in answer.text) == (200, True)
    assert value(db, "SELECT COUNT(*) FROM standing WHERE person_id = :id", id=town.lan) == 0
    assert rosters.roster(db, roster_id)["waiting"] == 1


@pytest.mark.parametrize(("more", "status"), [({"version": "1"}, 409), ({"slot": ""}, 422), ({"slot": "x"}, 422)])
def test_an_old_page_or_no_slot_publishes_nothing(db, town, now, roster_id, as_coordinator, more, status):
    monday = name(db, town.outlet, MONDAY)
    drop(as_coordinator, roster_id, source=monday)

    assert at_once(as_coordinator, db, roster_id, monday, **more).status_code == status
    assert rosters.roster(db, roster_id)["waiting"] == 1


def test_what_stands_against_it_is_told_and_nothing_is_published(db, town, now, roster_id, as_coordinator):
    monday = name(db, town.outlet, MONDAY)
    drop(as_coordinator, roster_id, source=monday, source_seen=town.lan, person_id=town.party)
    away(db, now, town.party, MONDAY)

    answer = at_once(as_coordinator, db, roster_id, monday)

    assert answer.status_code == 409
    assert "吕莉" in answer.text
    assert assignments.duties_of(db, town.party, MONDAY, MONDAY) == []
