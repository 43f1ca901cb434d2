"""Duty sheets as they hang on the wall: what is certain is read, the rest is asked, and nothing is guessed."""

# ruff: noqa: E501  a line of a sheet is a line here
from __future__ import annotations

import random
from collections import Counter
from datetime import date

import pytest

from scheduler.errors import Invalid
from scheduler.imports import sheets
from scheduler.imports.wall import Answers, read_book
from tests import wall_sheets
from tests.wall_sheets import Wall
from tests.wall_sheets_five import CONTRADICTED, FIFTH, hours_by_the_workday
from tests.wall_sheets_four import FOURTH
from tests.wall_sheets_three import THIRD
from tests.wall_sheets_two import MORE

LAYOUTS = [*wall_sheets.LAYOUTS, *MORE, *THIRD, *FOURTH, *FIFTH]
PEOPLE, PLACES = wall_sheets.people(), wall_sheets.known_places()


def read(wall, answers=None, places=PLACES):
    book = sheets.read_book(wall.content(), wall.name)
    return read_book(book, wall.name, PEOPLE, places, ["厅堂服务"], answers or Answers())


def duties(rows):
    return Counter((r["date"], r["place"], r["role"], r["person"], r["start"], r["end"]) for r in rows)


def plain(*lines, title="城北支行2026年12月值班表", head="值班人员"):
    """A list of dates and names."""
    wall = Wall().put(0, 0, title).put(1, 0, "日期", head)
    for n, line in enumerate(lines):
        wall.put(2 + n, 0, f"12月{n + 1}日", line)
    return wall


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_what_a_layout_says_is_read_and_no_more(layout):
    wall = layout()

    found = read(wall)

    assert duties(found.rows) == Counter(wall.rows)
    assert duties(found.maybe) == Counter(wall.maybe)
    assert Counter((p["row"], p["column"], p["kind"]) for p in found.problems) == Counter(wall.problems)
    told_only = {"hidden_row", "crossed_out"}
    asked = wall.maybe or {kind for _, _, kind in wall.problems} - told_only
    assert found.expect == ("accept_with_questions" if asked else "accept")


class TestAnswers:
    def test_a_month_that_was_missing(self):
        found = read(wall_sheets.no_month(), Answers(month="2026-12"))

        assert found.expect == "accept"
        assert [row["date"] for row in found.rows][:2] == ["2026-12-01", "2026-12-02"]

    def test_a_name_by_its_number_and_a_place_by_its_name(self):
        wall = plain("苗情", "小席", title="河东12月值守")
        answers = Answers("2026-12", {"苗情": "00101", "小席": "00102"}, {"河东": "河东支行"})

        found = read(wall, answers)

        assert [row["staff_no"] for row in found.rows + found.maybe] == ["00101", "00102"]
        assert [problem["kind"] for problem in found.problems] == ["unknown_place"]

    def test_a_short_place_once_for_all_its_rows(self):
        found = read(wall_sheets.short_places(), Answers(places={"河东": "河东支行"}))

        assert len([row for row in found.rows if row["place"] == "河东支行"]) == 10
        assert [problem["kind"] for problem in found.problems] == ["unknown_place"]

    def test_a_mark_that_was_explained_nowhere(self):
        wall = (
            Wall()
            .put(0, 0, "营业厅甲2026年12月排班表")
            .put(1, 0, "姓名", "1日", "2日", "3日")
            .put(2, 0, "白露雪", "△", "白", "□")
        )

        found = read(wall, Answers(marks={"△": "备岗", "□": "off"}))

        assert [(row["date"][-2:], row["role"]) for row in found.rows] == [("01", "备岗"), ("02", "白班")]
        assert found.problems == []


class TestCells:
    @pytest.mark.parametrize(
        ("cell", "kind"),
        [
            ("苗", "not_a_person"), ("苗青苗青", "duplicate_person"), ("陈静", "ambiguous_person"),
            ("陈静（00999）", "ambiguous_person"), ("苗青（00102）", "ambiguous_person"), ("苗青（席露）", "duty_or_standby"),
            ("苗青→席露", "stand_in"), ("替苗青", "stand_in"), ("苗青替席露", "stand_in"), ("苗青等3人", "headcount_mismatch"),
            ("公司部苗青", "ambiguous_person"), ("休、苗青", ""), ("苗青（休假）", "not_a_person"), ("各支行轮流", "not_a_person"),
            ("12月3日", ""), ("休", ""), ("—", ""), ("元旦放假", ""), ("年休假", "not_a_person"), ("暂缺", "empty_duty"),
            ("露席", "near_name"), ("席路", "near_name"), ("李平和", "near_name"), ("江流", "nickname"), ("席姐", "nickname"),
            ("〃", "unknown_mark"), ("苗青1540000000", ""), ("值班室", "not_a_person"), ("鲁直（待定）", "empty_duty"),
        ],
    )  # fmt: skip
    def test_what_is_asked_of_a_cell(self, cell, kind):
        found = read(plain(cell, "桑榆", "骆宾"))

        assert [problem["kind"] for problem in found.problems] == ([kind] if kind else [])

    def test_candidates_are_told_with_their_numbers(self):
        (asked,) = read(plain("陈静", "桑榆", "骆宾")).questions

        assert asked["candidates"] == ["陈静"]
        assert [one["staff_no"] for one in asked["people"]] == ["00115", "00116"]
        assert (asked["row"], asked["column"], asked["text"]) == (3, "B", "陈静")

    def test_a_formula_that_fails_is_told(self):
        wall = plain("苗青", "席露", "柏舟")
        book = sheets.read_book(wall.content(), wall.name)
        book.sheets[0].errors[(4, 1)] = "#REF!"

        found = read_book(book, wall.name, PEOPLE, PLACES, [])

        assert [(problem["row"], problem["kind"]) for problem in found.problems] == [(4, "formula_error")]
        assert [row["person"] for row in found.rows] == ["苗青", "柏舟"]


class TestWhole:
    def test_a_hidden_sheet_is_told_and_not_read(self):
        wall = plain("苗青", "席露", "柏舟")
        book = sheets.read_book(wall.content(), wall.name)
        book.hidden.append("旧表")

        found = read_book(book, wall.name, PEOPLE, PLACES, [])

        assert [(problem["sheet"], problem["kind"]) for problem in found.problems] == [("旧表", "hidden_sheet")]
        assert (found.expect, found.questions) == ("accept", [])

    def test_a_list_of_names_beside_the_roster_is_none(self):
        wall = (
            plain("苗青", "席露")
            .sheet("通讯录")
            .put(0, 0, "部门", "姓名", "电话")
            .put(1, 0, "办公室", "苗青", "15400000001")
        )

        assert len(read(wall).rows) == 2

    @pytest.mark.parametrize(
        "cells",
        [
            [["员工花名册"], ["工号", "姓名", "入职日期"], ["00101", "苗青", "2020-07-01"], ["00102", "席露", "2021-07-01"]],
            [["请假登记表"], ["姓名", "类别", "开始日期", "结束日期"], ["苗青", "年假", "2026-12-01", "2026-12-02"],
             ["席露", "病假", "2026-12-03", "2026-12-04"]],
            [["截至2026年11月30日累计人次"], ["姓名", "人次"], ["苗青", 3], ["席露", 5]],
            [["会议纪要"], ["一、时间：2026年12月1日"], ["二、参加人员：苗青、席露"]],
        ],
    )  # fmt: skip
    def test_other_lists_are_refused_as_no_duty_sheet(self, cells):
        wall = Wall()
        for row, line in enumerate(cells):
            wall.put(row, 0, *line)

        with pytest.raises(Invalid) as refused:
            read(wall)

        assert refused.value.code == "wall_no_dates"

    def test_each_part_of_a_sheet_is_of_its_own_activity(self):
        wall = Wall().put(0, 0, "2026年12月志愿服务安排")
        for n, (title, place, day) in enumerate(
            (("一、厅堂服务", "城北支行", "12.1"), ("二、社区值守", "杏花社区", "12.5"))
        ):
            wall.put(1 + 4 * n, 0, title).put(2 + 4 * n, 0, "日期", "地点", "人员")
            wall.put(3 + 4 * n, 0, day, place, "苗青").put(4 + 4 * n, 0, f"12.{8 + n}", place, "席露")

        found = read(wall)

        assert [(row["place"], row["activity"]) for row in found.rows[::2]] == [
            ("城北支行", "厅堂服务"), ("杏花社区", "社区值守"),
        ]  # fmt: skip
        assert found.expect == "accept"

    def test_hours_of_workdays_follow_the_calendar_and_not_the_week(self):
        wall = hours_by_the_workday()

        found = read_book(wall.book(), wall.name, PEOPLE, PLACES, [], Answers(), lambda day: day.day in (4, 5))

        assert [row["start"][-5:] for row in found.rows] == ["17:30", "17:30", "08:30", "08:30"]
        assert found.rows[0]["end"] == "2026-12-05T08:30"

    def test_a_sheet_that_is_too_large_is_refused(self):
        wall = Wall().put(0, 500, "x")

        with pytest.raises(Invalid) as refused:
            read(wall)

        assert refused.value.code == "wall_sheet_too_large"

    def test_every_kind_that_is_asked_has_its_sentence(self):
        from scheduler.wording.refusals import REFUSALS

        kinds = {kind for layout in LAYOUTS for _, _, kind in layout().problems}

        assert len(kinds) > 20
        assert {kind for kind in kinds if f"asked_{kind}" not in REFUSALS} == set()

    def test_a_telephone_is_no_year_and_no_day(self):
        found = read(plain("苗青13820261201", "席露（2026）", title="城北支行12月值班表"))

        assert [problem["kind"] for problem in found.problems] == ["missing_month"]
        assert date(2026, 12, 1).isoformat() not in [row["date"] for row in found.rows]


def test_a_spoilt_cell_makes_no_certain_row_that_the_sheet_does_not_mean():
    """Any cell emptied, or one character of it replaced, in every layout: who, when and where stay true or are asked."""
    dice = random.Random(11)
    for layout in (layout for layout in LAYOUTS if layout not in CONTRADICTED):  # without a line they are clear
        meant = {(day, place, person) for day, place, _, person, *_ in layout().rows + layout().maybe}
        for _ in range(6):
            wall = layout()
            cells = dice.choice(wall.sheets)[1]
            cell = dice.choice(list(cells))
            text = cells.pop(cell)
            if isinstance(text, str) and text and dice.random() < 0.7:
                at = dice.randrange(len(text))
                cells[cell] = f"{text[:at]}犇{text[at + 1 :]}"
            try:
                found = read_book(wall.book(), wall.name, PEOPLE, PLACES, ["厅堂服务"])
            except Invalid:
                continue
            assert {(row["date"], row["place"], row["person"]) for row in found.rows} <= meant, (layout, cell, text)
