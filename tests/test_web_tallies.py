"""Tallies, trips, quotas and their files on the pages: every number opens, nobody sees beyond their units."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from html import unescape
from urllib.parse import unquote

import pytest

from scheduler import accounts, attendance, clock, quotas, tallies
from scheduler.audit import SYSTEM
from scheduler.database import run
from scheduler.tallies import listing
from tests.builders import assigned, carried, held, person, unit
from tests.conftest import signed_in

MONDAY = date(2026, 3, 2)
YEAR = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}


@pytest.fixture
def now(db):
    """The evening of 8 April 2026."""
    return clock.midnight(date(2026, 4, 8), db.zone) + timedelta(hours=19)


@pytest.fixture
def spring(db, town, now):
    """Four person-trips of two people in three sessions of two months, and one trip corrected away."""
    first = held(db, town, MONDAY, [town.party, town.lan, town.min])
    held(db, town, date(2026, 3, 3), [town.party])
    held(db, town, date(2026, 4, 1), [town.party], place_id=town.community, activity="community")
    attendance.mark_absent(db, assigned(db, first, town.min), reason="当天在开会", by=SYSTEM, now=now)


@pytest.fixture
def elsewhere(client, db, town, now):
    """A browser in which 薄荷 coordinates a county branch that has made no trip."""
    county = unit(db, now, "平昌县支行", town.branch)
    accounts.grant(db, town.bo, "coordinator", county, by=SYSTEM, now=now)
    return signed_in(client, db, town.bo, now)


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def table(text: str) -> list[list[str]]:
    """The first table's rows as texts."""
    body = re.search(r"<table.*?</table>", text, re.S).group(0)
    rows = re.findall(r"<tr.*?</tr>", body, re.S)
    return [[_text(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)] for row in rows]


def _text(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def lines(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_the_three_counts_stand_beside_their_definitions(as_coordinator, spring):
    text = _text(page(as_coordinator, "/tallies?period=2026"))

    assert "人次 一人到一班，计 1 去年同期没有；含更正 1 条 4" in text
    assert "人数 不重复的人 覆盖率 33% 2" in text
    assert "场次 办了多少班，不论到了几人 3" in text
    assert "到岗率 已到岗 ÷ 应到 共 34 小时，按人相加 80%" in text
    assert "人数与场次不能相加" in text


def test_a_tally_by_person_has_rows_and_a_total(as_coordinator, spring):
    assert table(page(as_coordinator, "/tallies?period=2026&by=person")) == [
        ["人员", "人次", "人数", "场次", "小时"],
        ["吕莉 0003 · 办公室", "3", "1", "3", "25.5"],
        ["兰草 0004 · 办公室", "1", "1", "1", "8.5"],
        ["合计", "4", "2", "3", "34"],
    ]


@pytest.mark.parametrize("by_what", ["person", "unit", "place", "activity", "month"])
def test_every_number_opens_into_exactly_its_trips(as_coordinator, db, town, spring, by_what):
    rows = tallies.tally(db, by_what, within=town.branch, **YEAR)

    text = page(as_coordinator, f"/tallies?period=2026&by={by_what}")

    body = re.search(r"<tbody>.*?</tbody>", text, re.S).group(0)
    links = [unescape(link) for link in re.findall(r'href="(/trips[^"]*)"', body)]
    assert len(links) == 4 * len(rows)
    for row, link in zip(rows, links[::4], strict=True):
        opened = lines(as_coordinator.get(link.replace("/trips?", "/trips.csv?")))[1:]
        assert sum(int(line[11]) for line in opened) == row["trips"]
        net = {}
        for line in opened:
            net[line[4]] = net.get(line[4], 0) + int(line[11])
        assert len([held for held in net.values() if held > 0]) == row["people"]


def test_the_months_are_drawn_with_their_table(as_coordinator, spring):
    text = page(as_coordinator, "/tallies?period=2026Q1")

    months = re.search(r"各月.*?</svg>", text, re.S).group(0)
    assert months.count('class="chart__bar') == 3
    assert "<title>2026年3月: 3</title>" in months
    assert 'style="' not in text


def test_the_month_that_is_not_over_is_pale(as_coordinator, spring):
    def pale(period):
        text = page(as_coordinator, f"/tallies?period={period}")
        return re.search(r"各月.*?</svg>", text, re.S).group(0).count("chart__bar--pale")

    assert pale("2026-04") == 1
    assert pale("2026-03") == 0


def test_own_dates_narrow_the_figures(as_coordinator, spring):
    text = page(as_coordinator, "/tallies?period=own&first=2026-03-03&last=2026-04-01&by=person")

    assert table(text)[-1] == ["合计", "2", "1", "2", "17"]


def test_place_and_activity_narrow_the_figures(as_coordinator, town, spring):
    text = page(as_coordinator, f"/tallies?period=2026&by=person&place={town.community}&activity=community")

    assert table(text)[-1] == ["合计", "1", "1", "1", "8.5"]


def test_a_balance_says_that_its_sessions_are_unknown(as_coordinator, db, town, now):
    carried(db, town, town.party, now, trips=3)

    text = _text(page(as_coordinator, "/tallies?period=2025"))

    assert "另有结转 3 人次，不知场次 0" in text


def test_verified_supplemented_and_carried_trips_are_told_apart(as_coordinator, db, town, now, spring):
    assert "人次的来源" not in page(as_coordinator, "/tallies?period=2026")
    shift_id = held(db, town, date(2026, 3, 10), [town.party])
    attendance.supplement(db, shift_id, town.lan, reason="临时来帮忙", by=SYSTEM, now=now)

    text = page(as_coordinator, "/tallies?period=2026")

    assert "人次的来源： 已核实（签到、点名、默认） 5 · 补录 1 · 期初结转 0" in _text(text)
    link = unescape(re.search(r'补录 <a href="([^"]+)"', text).group(1))
    assert table(page(as_coordinator, link))[-1][1] == "1"


def test_an_empty_period_says_what_has_to_happen(as_coordinator):
    assert "班次确认到岗后计入" in page(as_coordinator, "/tallies?period=2030")


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/tallies?period=2026Q9", "“2026Q9”不在可选范围内。"),
        ("/tallies?period=own&first=2026-03-05&last=2026-02-01", "结束早于开始。"),
        ("/tallies?period=own&first=morgen&last=2026-02-01", "“morgen”不是日期"),
        ("/tallies?period=own", "必填。"),
        ("/tallies?period=own&first=0001-01-01&last=9999-12-31", "“9999-12-31”不是日期"),
        ("/quotas?period=own&first=1900-01-01&last=2100-12-31", "“own”不在可选范围内。"),
        ("/tallies?by=colour", "“colour”不在可选范围内。"),
        ("/trips?page=0", "应在 1 到"),
        ("/trips?place=x", "“x”不是整数。"),
        ("/quotas?period=x", "“x”不在可选范围内。"),
    ],
)
def test_an_address_that_asks_for_what_there_is_not_is_told_so(as_coordinator, spring, address, sentence):
    answer = as_coordinator.get(address)

    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_file_is_refused_rather_than_made_of_something_else(as_coordinator, spring, ending):
    assert as_coordinator.get(f"/tallies.{ending}?period=2026Q9").status_code == 422
    assert as_coordinator.get(f"/trips.{ending}?unit=x").status_code == 422


@pytest.mark.parametrize("period", ["1900", "2100", "1900Q1", "2100-12", "own&first=1900-01-01&last=2100-12-31"])
def test_the_edges_of_time_are_shown_too(as_coordinator, spring, period):
    for path in ("/tallies", "/trips", "/tallies.csv"):
        assert as_coordinator.get(f"{path}?period={period}").status_code == 200


HOSTILE = [
    "'",
    "\x00",
    "💩",
    "-1",
    "0",
    "9" * 30,
    "1e9",
    "../..",
    "{{7*7}}",
    "<x>",
    "%00",
    "a" * 5000,
    "\u202e",
    "½",
    "２",
]


@pytest.mark.parametrize("path", ["/tallies", "/trips", "/quotas", "/tallies.csv", "/trips.xlsx"])
def test_no_parameter_breaks_a_page(as_coordinator, db, spring, path):
    for name in ("period", "unit", "alone", "person", "place", "activity", "by", "order", "page", "first", "last"):
        run(db, "DELETE FROM attempt")  # so many files in a minute are refused
        for text in HOSTILE:
            given = {"period": "own", "first": "2026-01-01", "last": "2026-12-31"} | {name: text}
            answer = as_coordinator.get(path, query_string=given)
            assert answer.status_code in (200, 404, 422)
            assert b"<x>" not in answer.data


def test_trips_show_the_correction_under_the_struck_entry(as_coordinator, spring):
    text = page(as_coordinator, "/trips?period=2026")

    assert "共 34 小时；6 条台账，其中更正 1 条" in _text(text)
    struck, correction = table(text)[3:5]
    assert struck[-1] == "已更正"
    assert correction[-1].startswith("更正 当天在开会 · 系统")
    assert [row[7] for row in table(text)[1:]] == ["1 人次", "1 人次", "1 人次", "−1 人次", "1 人次", "1 人次"]


def test_trips_come_in_pages(as_coordinator, db, town):
    carried(db, town, town.party, clock.midnight(MONDAY, db.zone), trips=101)

    first, second = (page(as_coordinator, f"/trips?period=2025&page={number}") for number in (1, 2))

    assert (len(table(first)), len(table(second))) == (101, 2)
    assert "第 2 / 2 页" in second


def test_so_many_trips_that_nobody_adds_them_up_are_listed_all_the_same(as_coordinator, db, town, monkeypatch):
    carried(db, town, town.party, clock.midnight(MONDAY, db.zone), trips=150)
    carried(db, town, town.lan, clock.midnight(MONDAY, db.zone), trips=51)
    monkeypatch.setattr(listing, "COUNTED_MOST", 200)

    first, second, third = (page(as_coordinator, f"/trips?period=2025&party=yes&page={n}") for n in (1, 2, 3))
    fewer = page(as_coordinator, f"/trips?period=2025&party=yes&person={town.party}")

    assert [len(table(text)) - 1 for text in (first, second, third)] == [100, 100, 1]
    assert "这里不再逐条合计" in first
    assert ("page=2" in first, "page=4" in third) == (True, False)
    assert "150 人次" in fewer


def test_staff_see_their_own_trips_and_nobody_elses(as_staff, town, spring):
    own = page(as_staff, f"/trips?period=2026&person={town.lan}")

    assert [row[2] for row in table(own)[1:]] == ["兰草 0004"]
    assert as_staff.get(f"/trips?period=2026&person={town.party}").status_code == 403
    assert as_staff.get("/trips?period=2026").status_code == 403
    assert as_staff.get(f"/trips?person={town.lan}&unit={town.branch}").status_code == 404
    assert as_staff.get("/tallies").status_code == 403
    assert as_staff.get("/tallies.csv").status_code == 403
    assert as_staff.get("/quotas").status_code == 403
    assert len(lines(as_staff.get(f"/trips.csv?period=2026&person={town.lan}"))) == 2


def test_a_coordinator_sees_no_further_than_the_units_below(elsewhere, town, spring):
    assert table(page(elsewhere, "/tallies?period=2026"))[-1] == ["合计", "0", "0", "0", "0"]
    assert "吕莉" not in page(elsewhere, f"/trips?period=2026&person={town.party}")
    for path in ("/tallies", "/trips", "/quotas", "/tallies.csv", "/trips.xlsx"):
        assert elsewhere.get(f"{path}?unit={town.branch}").status_code == 404
    assert lines(elsewhere.get(f"/trips.csv?period=2026&alone={town.office}"))[1:] == []


def test_files_have_a_name_for_every_system(as_coordinator, spring):
    answer = as_coordinator.get("/tallies.csv?period=2026&by=person")

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    ascii_part, _, own = answer.headers["Content-Disposition"].partition("; filename*=UTF-8''")
    assert ascii_part == 'attachment; filename="tallies-2026-01-01-2026-12-31.csv"'
    assert unquote(own) == "统计-2026-01-01-2026-12-31.csv"
    assert lines(answer)[-1] == ["合计", "", "", "4", "2", "3", "34.0"]


def test_workbooks_are_workbooks(as_coordinator, spring):
    for path in ("/tallies.xlsx", "/trips.xlsx"):
        answer = as_coordinator.get(f"{path}?period=2026")
        assert answer.data.startswith(b"PK")
        assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")


def test_names_in_tables_are_text_and_never_markup(as_coordinator, db, town, now):
    held(db, town, MONDAY, [person(db, now, town.office, "0077", "<script>1</script>")])

    for address in ("/tallies?period=2026&by=person", "/trips?period=2026"):
        assert "<script>1" not in page(as_coordinator, address)


def test_the_english_pages_hold_no_chinese_of_ours(as_coordinator, spring):
    as_coordinator.post("/language", data={"lang": "en", "next": "/tallies"})

    text = _text(page(as_coordinator, "/tallies?period=2026Q1&by=month"))

    assert "Person-trips one person, one shift" in text
    assert not re.search("人次|场次|合计|统计|四季度", text)


def test_leaders_by_week_on_the_page(as_coordinator, db, town, now):
    quotas.add(db, unit_id=town.branch, role="deputy", activity="visit", least=1, starts_on=MONDAY, by=SYSTEM, now=now)
    held(db, town, MONDAY, [town.deputy], activity="visit")

    head, row = table(page(as_coordinator, "/quotas?period=2026-03"))

    assert head == [
        "领导", "第10周 3.2–3.8", "第11周 3.9–3.15", "第12周 3.16–3.22", "第13周 3.23–3.29", "第14周 3.30–4.5", "本期",
    ]  # fmt: skip
    assert row[0] == "杜明月 分管领导 · 领导走访 每周 ≥ 1 次"
    assert row[1:] == [
        "达标 1 /1", "未达标 0 /1", "未达标 0 /1", "未达标 0 /1", "未达标 0 /1", "1/5 周 未达标 4 周",
    ]  # fmt: skip


def test_without_quotas_the_page_says_what_to_do(as_coordinator):
    assert "/quotas/new" in page(as_coordinator, "/quotas")


def test_a_quota_is_added_on_its_page(as_coordinator, db, town):
    sent = {
        "unit_id": town.branch, "role": "head", "activity": "visit", "least": "1", "starts_on": "2026-03-02",
    }  # fmt: skip
    assert "至少几次" in page(as_coordinator, "/quotas/new")

    answer = as_coordinator.post("/quotas/new", data=sent)

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/quotas?unit={town.branch}")
    assert "何远山" in page(as_coordinator, "/quotas")
    again = as_coordinator.post("/quotas/new", data=sent)
    assert again.status_code == 409
    assert "已有一把手的同类指标" in again.get_data(as_text=True)


@pytest.mark.parametrize(
    "wrong",
    [{"least": "0"}, {"least": "abc"}, {"role": "king"}, {"activity": "dance"}, {"starts_on": ""}],
)
def test_a_wrong_quota_keeps_what_was_typed(as_coordinator, db, town, wrong):
    sent = {
        "unit_id": town.branch, "role": "head", "activity": "visit", "least": "6", "starts_on": "2026-03-02",
    }  # fmt: skip

    answer = as_coordinator.post("/quotas/new", data=sent | wrong)

    assert answer.status_code == 422
    assert str((sent | wrong)["least"]) in answer.get_data(as_text=True)
    assert quotas.weeks(db, town.branch, *YEAR.values(), now=clock.midnight(MONDAY, db.zone)) == []


def test_a_quota_of_a_unit_that_is_not_the_coordinators_is_refused(elsewhere, db, town):
    sent = {
        "unit_id": town.branch, "role": "head", "activity": "visit", "least": "1", "starts_on": "2026-03-02",
    }  # fmt: skip

    assert elsewhere.post("/quotas/new", data=sent).status_code == 422
    assert quotas.weeks(db, town.branch, *YEAR.values(), now=clock.midnight(MONDAY, db.zone)) == []


def test_what_is_made_of_trips_opens_into_them_also_shares_hours_and_changes(as_coordinator, db, town, spring):
    held(db, town, date(2025, 3, 3), [town.party])
    figures = page(as_coordinator, "/tallies?period=2026").split('class="figures"')[1].split('class="columns')[0]
    links = {
        words: unescape(href)
        for href, words in re.findall(r'<a class="figure__link" href="([^"]+)">([^<]+)</a>', figures)
    }

    assert sorted(links) == sorted(["4", "2", "3", "1", "↑ 300.0%", "33%", "80%", "34"])
    assert "4 人次" in page(as_coordinator, links["↑ 300.0%"])
    assert "共 34 小时" in page(as_coordinator, links["34"])
    assert "order=people" in links["33%"]
    assert "1 人次" in page(as_coordinator, links["1"])
    assert "period=2025" in links["1"] or "first=2025-01-01" in links["1"]
    assert "缺勤率" in page(as_coordinator, links["80%"])


def test_attainment_opens_into_what_was_owed(as_coordinator, db, town, now, spring):
    """Five weeks are over; a visit was made in none by the head, in one by the deputy."""
    for role in ("head", "deputy"):
        quotas.add(db, unit_id=town.branch, role=role, activity="visit", least=1, starts_on=MONDAY, by=SYSTEM, now=now)
    held(db, town, date(2026, 3, 10), [town.deputy], activity="visit", place_id=town.community)

    pivot = page(as_coordinator, "/tallies?period=2026&rows=role&measures=attainment").split('class="table pivot"')[1]

    owed = f"/quotas?period=2026&amp;unit={town.branch}"
    assert re.findall(r'<a href="([^"]+)">([^<]+)</a>', pivot.split("</table>")[0]) == [
        (owed, "20%"), (owed, "0%"), (owed, "10%"),
    ]  # fmt: skip
    assert "1/5" in page(as_coordinator, unescape(owed))
