"""The briefing on the pages: every number opens into its trips, the sheet says where they come from."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest

from scheduler import accounts, clock, ledger
from scheduler.audit import SYSTEM
from tests.builders import held, unit
from tests.conftest import signed_in

NUMBERS = re.compile(r'href="([^"]+)">([^<]+)</a>')


@pytest.fixture
def now(db):
    """The evening of 8 April 2026."""
    return clock.midnight(date(2026, 4, 8), db.zone) + timedelta(hours=19)


@pytest.fixture
def spring(db, town):
    """Three person-trips of two people in two sessions, and one absence."""
    held(db, town, date(2026, 3, 2), [town.party, town.lan, town.bo], absent=[town.bo])
    held(db, town, date(2026, 3, 4), [town.party], place_id=town.community, activity="community")


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def paragraph(text, name):
    return re.search(rf'<p class="[^"]*{name}[^"]*">(.*?)</p>', text, re.S).group(1)


def test_the_paragraph_stands_on_the_tallies_page_ready_to_be_copied(as_coordinator, spring):
    text = page(as_coordinator, "/tallies?period=2026Q1")

    told = unescape(re.sub(r"<[^>]+>", "", paragraph(text, "told")))
    assert told.startswith("2026年一季度，巴中市分行累计派遣员工 3 人次开展值班服务，参与员工 2 名，共 2 场")
    assert f'data-copy="{told}"' in unescape(text)


@pytest.mark.parametrize(("number", "trips"), [("3 人次", 3), ("2 名", 3), ("2 场", 3), ("1 人次", 1)])
def test_a_number_opens_into_its_trips(as_coordinator, spring, number, trips):
    told = paragraph(page(as_coordinator, "/tallies/briefing?period=2026Q1"), "briefing__told")

    links = {unescape(words): unescape(link) for link, words in reversed(NUMBERS.findall(told))}
    assert f"{trips} 人次" in page(as_coordinator, links[number])


def test_what_is_no_trip_opens_into_its_own_list(as_coordinator, spring):
    told = unescape(paragraph(page(as_coordinator, "/tallies/briefing?period=2026Q1"), "briefing__told"))

    (link,) = set(re.findall(r'href="(/tallies\?[^"]+)"', told))
    assert "25%" in told or "75%" in told
    assert "薄荷" in page(as_coordinator, link)


def test_the_sheet_has_tables_a_chart_footnotes_and_the_head_of_the_chain(as_coordinator, db, spring):
    text = page(as_coordinator, "/tallies/briefing?period=2026Q1")

    assert [text.count(f"<h2>{title}") for title in ("各单位", "各活动类型", "各月人次")] == [1, 1, 1]
    assert text.count('class="chart__bar') == 3
    assert "1–3 条之间" in text
    assert ledger.head(db) in text


def test_an_empty_period_has_no_empty_tables(as_coordinator):
    text = page(as_coordinator, "/tallies/briefing?period=2030")

    assert "台账上没有人次" in text
    assert "各活动类型" not in text


def test_it_is_saved_as_text(as_coordinator, db, spring):
    answer = as_coordinator.get("/tallies/briefing.txt?period=2026Q1")

    assert answer.headers["Content-Disposition"].startswith('attachment; filename="briefing-2026-01-01-2026-03-31.txt"')
    assert ledger.head(db) in answer.text


@pytest.mark.parametrize("path", ["/tallies/briefing", "/tallies/briefing.txt"])
def test_another_units_briefing_is_not_there_for_a_coordinator_below(client, db, town, now, path):
    county = unit(db, now, "平昌县支行", town.branch)
    accounts.grant(db, town.bo, "coordinator", county, by=SYSTEM, now=now)
    below = signed_in(client, db, town.bo, now)

    assert below.get(f"{path}?unit={county}").status_code == 200
    assert below.get(f"{path}?unit={town.branch}").status_code == 404
    assert "平昌县支行" in below.get(path).text
