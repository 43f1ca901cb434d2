"""Large exports on the page: asked for, followed, fetched by who asked, and by nobody else."""

from __future__ import annotations

import re
from datetime import date

import pytest

from scheduler import accounts, handouts
from scheduler.audit import SYSTEM
from scheduler.database import value
from scheduler.handouts import desk
from tests import builders
from tests.conftest import signed_in

MONDAY = date(2026, 3, 2)


@pytest.fixture
def few(db, town, monkeypatch):
    """Two trips, which are many here."""
    monkeypatch.setattr(desk, "LARGE", 1)
    builders.held(db, town, MONDAY, [town.party, town.lan])


@pytest.fixture
def asked(as_coordinator, few):
    """The address of an export that waits to be made."""
    form = as_coordinator.get("/trips.csv?period=2026").location
    return as_coordinator.post(form).location


@pytest.mark.parametrize("address", ["/tallies.xlsx?period=2026", "/trips.csv?period=2026", "/trips.xlsx?period=2026"])
def test_a_large_export_leads_to_where_it_is_asked_for_and_a_small_one_is_answered(
    as_coordinator, few, address, monkeypatch
):
    large = as_coordinator.get(address)
    page = as_coordinator.get(large.location)
    monkeypatch.setattr(desk, "LARGE", 2)
    small = as_coordinator.get(address)

    assert (large.status_code, large.location.split("?")[0]) == (303, "/exports")
    assert page.status_code == 200
    assert "巴中市分行" in page.text
    assert "开始制作" in page.text
    assert small.status_code == 200
    assert small.headers["Content-Disposition"].startswith("attachment")


def test_it_is_queued_then_done_with_a_link_to_a_file(as_coordinator, asked, db, settings, now):
    waiting, early = as_coordinator.get(asked).text, as_coordinator.get(f"{asked}/file")
    handouts.make_one(db, settings, now=now)
    part, page, file = (as_coordinator.get(asked + rest) for rest in ("/now", "", "/file"))

    assert f'data-follow="{asked}/now"' in waiting
    assert '<meta http-equiv="refresh" content="3">' in waiting  # without script
    assert "排队" in waiting
    assert early.status_code == 409
    assert "data-follow" not in part.text + page.text
    assert f'href="{asked}/file"' in page.text
    assert file.data.decode("utf-8-sig").count("\r\n") == 3
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert (
        "filename*=UTF-8''%E4%BA%BA%E6%AC%A1%E6%98%8E%E7%BB%86-2026-01-01-2026-12-31.csv"
        in file.headers["Content-Disposition"]
    )
    assert file.headers["Cache-Control"] == "no-store"
    assert asked in as_coordinator.get("/exports").text


def test_how_many_of_how_many_are_made_is_shown(as_coordinator, asked, db):
    db.conn.execute("UPDATE handout SET state = 'making', attempt = 1, entries = 45000, made = 12000")

    assert "12,000 / 45,000 条" in as_coordinator.get(f"{asked}/now").text
    assert 'max="45000" value="12000"' in as_coordinator.get(asked).text


def test_why_it_failed_is_said(as_coordinator, asked, db):
    db.conn.execute("UPDATE handout SET state = 'failed', ended_at = made_at, refusal = 'export_failed'")

    assert "制作时出错" in as_coordinator.get(asked).text
    assert as_coordinator.get(f"{asked}/file").status_code == 409


@pytest.mark.parametrize("rest", ["", "/now", "/file", "/drop"])
def test_another_reader_of_the_unit_does_not_learn_that_it_exists(
    client, as_coordinator, asked, db, town, settings, now, rest
):
    handouts.make_one(db, settings, now=now)
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)
    other = signed_in(client, db, town.head, now)

    answer = other.post(asked + rest) if rest == "/drop" else other.get(asked + rest)

    assert answer.status_code == 404
    assert asked not in other.get("/exports").text
    assert value(db, "SELECT COUNT(*) FROM handout") == 1


def test_what_is_deleted_is_gone(as_coordinator, asked, db, settings, now):
    handouts.make_one(db, settings, now=now)

    assert as_coordinator.post(f"{asked}/drop").location == "/exports"
    assert as_coordinator.get(asked).status_code == 404
    assert list((settings.folder / "exports").iterdir()) == []


def test_a_unit_head_who_only_reads_may_have_one_made(client, few, db, town, now):
    accounts.grant(db, town.head, "unit_head", town.branch, by=SYSTEM, now=now)
    head = signed_in(client, db, town.head, now)

    form = head.get("/trips.xlsx?period=2026").location
    offered, made = head.get(form).text, head.post(form).location

    assert "开始制作" in offered
    assert re.fullmatch(r"/exports/\d+", made)
    assert f'action="{made}/drop"' in head.get(made).text


def test_a_unit_that_is_not_ones_own_is_refused_and_a_kind_that_there_is_none_of(as_coordinator, few, db, now):
    beside = builders.unit(db, now, "平昌县支行")

    assert as_coordinator.post(f"/exports?kind=trips.csv&period=2026&unit={beside}").status_code == 404
    assert as_coordinator.post("/exports?kind=audit.csv&period=2026").status_code == 422
    assert value(db, "SELECT COUNT(*) FROM handout") == 0


def test_too_many_that_wait_are_refused_in_words(as_coordinator, few):
    for month in (1, 2, 3):
        as_coordinator.post(f"/exports?kind=trips.csv&period=2026-0{month}")

    answer = as_coordinator.post("/exports?kind=trips.csv&period=2026")

    assert answer.status_code == 409
    assert "已有 3 个导出在排队" in answer.text


def test_following_it_is_not_counted_as_exporting(as_coordinator, asked):
    for _ in range(70):
        assert as_coordinator.get(f"{asked}/now").status_code == 200


def test_fetching_it_is(as_coordinator, asked, db, settings, now):
    handouts.make_one(db, settings, now=now)

    answers = {as_coordinator.get(f"{asked}/file").status_code for _ in range(62)}

    assert answers == {200, 429}
