"""Units beside each other: ranked by any figure, against the same days a year before; on a page and in files."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest
from python_calamine import CalamineWorkbook

from scheduler import accounts, clock, exports, ledger, tallies
from scheduler.audit import SYSTEM
from scheduler.tallies import Question
from tests.builders import held, person, unit
from tests.conftest import signed_in

YEAR = Question(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def now(db):
    """The evening of 8 April 2026."""
    return clock.midnight(date(2026, 4, 8), db.zone) + timedelta(hours=19)


@pytest.fixture
def counties(db, town, now):
    """平昌 (two people, three trips, one the year before), 通江 (one person, two trips), and the office with none."""
    first, second = (unit(db, now, name, town.branch) for name in ("=平昌县支行", "通江县支行"))
    one, two, other = (
        person(db, now, of, number, name)
        for of, number, name in ((first, "0101", "白露"), (first, "0102", "谷雨"), (second, "0103", "立夏"))
    )
    held(db, town, date(2025, 3, 3), [one])
    held(db, town, date(2025, 5, 3), [one])  # after these days a year before
    held(db, town, date(2026, 3, 2), [one, two, other])
    held(db, town, date(2026, 3, 3), [one, other])
    held(db, town, date(2026, 3, 4), [town.head])
    return first, second


def ranked(db, now, town, **asked):
    by = asked.pop("by", "per_head")
    found = tallies.ranking(db, replace(YEAR, within=town.branch, **asked), now, by=by)
    return [(one.rank, one.line.keys[0].zh, one.figures[by]) for one in found.standings]


def test_the_units_one_below_are_ranked_and_the_unit_itself_is_not(db, town, now, counties):
    assert ranked(db, now, town) == [
        (1, "通江县支行", 2.0),
        (2, "=平昌县支行", 1.5),
        (3, "办公室", 0.0),
        (None, "巴中市分行", 0.5),
    ]
    assert [name for _, name, _ in ranked(db, now, town, by="trips")][:2] == ["=平昌县支行", "通江县支行"]


def test_equals_share_a_rank_and_who_has_no_such_figure_has_none(db, town, now, counties):
    assert [rank for rank, _, _ in ranked(db, now, town, by="coverage")] == [1, 1, 3, None]
    assert ranked(db, now, town, by="change")[:2] == [(1, "=平昌县支行", 2.0), (None, "通江县支行", None)]


def test_the_year_before_is_that_of_the_same_days_while_the_year_runs(db, town, now, counties):
    found = tallies.ranking(db, replace(YEAR, within=town.branch), now)

    assert {one.line.keys[0].zh: one.figures["before"] for one in found.standings}["=平昌县支行"] == 1
    assert (found.before.question.first, found.before.question.last) == (date(2025, 1, 1), date(2025, 4, 8))
    assert tallies.year_before(YEAR, date(2027, 1, 1)).last == date(2025, 12, 31)


def test_of_february_the_whole_month_is_compared(db):
    leap = Question(*tallies.period("2025-02"))

    assert tallies.year_before(leap, date(2026, 1, 1)).last == date(2024, 2, 29)
    assert tallies.year_before(Question(*tallies.period("2024-02")), date(2026, 1, 1)).last == date(2023, 2, 28)


def test_what_cannot_be_asked_of_a_place_is_none_and_the_rest_stands(db, town, now, counties):
    found = tallies.ranking(db, replace(YEAR, within=town.branch, place_id=town.outlet), now, by="trips")

    assert [one.figures["attainment"] for one in found.standings] == [None] * 4
    assert found.standings[0].figures["trips"] == 3


def test_every_figure_of_the_page_opens_into_what_it_counts(as_coordinator, town, counties):
    text = as_coordinator.get("/tallies/ranking?period=2026&rank=trips").text

    row = re.search(r"<tr>\s*<td class=\"ranking__place\">1</td>.*?</tr>", text, re.S).group(0)
    links = [(unescape(href), words) for href, words in re.findall(r'<td[^>]*><a href="([^"]+)">([^<]+)</a>', row)]
    assert [words for _, words in links] == ["3", "2", "1.5", "100%", "100%", "1", "↑ 200.0%"]
    assert "3 人次" in as_coordinator.get(links[0][0]).text
    assert "1 人次" in as_coordinator.get(links[5][0]).text
    assert "3 人次" in as_coordinator.get(links[6][0]).text
    assert all(as_coordinator.get(href).status_code == 200 for href, _ in links)


@pytest.mark.parametrize(
    ("rank", "head"), [("per_head", ["人均人次 ↓", "人次", "人数"]), ("people", ["人数 ↓", "人次", "人均人次"])]
)
def test_what_it_is_ranked_by_stands_first_in_the_head_as_in_the_lines(as_coordinator, counties, rank, head):
    text = as_coordinator.get(f"/tallies/ranking?period=2026&rank={rank}").text

    heads = re.findall(r'<th scope="col" class="number"[^>]*>(?:<a[^>]*>)?([^<]+)', text)
    row = re.search(r"<tr>\s*<td class=\"ranking__place\">1</td>.*?</tr>", text, re.S).group(0)
    cells = re.findall(r'<td class="number[^>]*>(?:<a[^>]*>)?([^<]+)', row)
    assert heads[:3] == head
    assert dict(zip((one.removesuffix(" ↓") for one in heads), cells, strict=True))["人均人次"] in ("2.0", "1.5")


def test_the_ranking_is_saved_as_it_is_shown(as_coordinator, db, counties):
    book = CalamineWorkbook.from_filelike(io.BytesIO(as_coordinator.get("/tallies/ranking.xlsx?period=2026").data))
    lines = list(
        csv.reader(io.StringIO(as_coordinator.get("/tallies/ranking.csv?period=2026").data.decode("utf-8-sig")))
    )

    shown, told = (book.get_sheet_by_name(name).to_python() for name in ("排名", "说明"))
    assert [line[:2] for line in shown] == [
        ["名次", "单位"],
        [1, "通江县支行"],
        [2, "=平昌县支行"],
        [3, "办公室"],
        ["", "巴中市分行"],
    ]
    assert ["排名依据", "人均人次"] in told
    assert ["台账最后一条的哈希", ledger.head(db)] in told
    assert [line[1] for line in lines] == ["单位", "通江县支行", "'=平昌县支行", "办公室", "巴中市分行"]


def test_nobody_ranks_units_beyond_their_own(client, db, town, now, counties):
    accounts.grant(db, town.bo, "coordinator", counties[0], by=SYSTEM, now=now)
    below = signed_in(client, db, town.bo, now)

    assert below.get("/tallies/ranking?period=2026").status_code == 200
    for path in ("/tallies/ranking", "/tallies/ranking.csv", "/tallies/ranking.xlsx"):
        assert below.get(f"{path}?unit={town.branch}").status_code == 404


def test_a_rank_by_nothing_known_is_told(as_coordinator, counties):
    assert as_coordinator.get("/tallies/ranking?rank=beauty").status_code == 422
    assert as_coordinator.get("/tallies/ranking.csv?rank=beauty").status_code == 422


def test_a_name_with_marks_that_turn_text_round_breaks_no_file(db, town, now, counties):
    db.execute("UPDATE unit SET name = '通江' || char(8238) || char(7) WHERE id = ?", [counties[1]])
    db.conn.commit()

    content = exports.ranking_workbook(
        db, replace(YEAR, within=town.branch), rank="per_head", lang="zh", by=SYSTEM, now=now
    )

    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()[1][1] == "通江"
