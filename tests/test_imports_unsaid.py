"""What a list says outside of its columns, and what belongs to no name: titles, padding, brackets, lines of departments."""

# ruff: noqa: E501  a line of a list is a line here
from __future__ import annotations

from datetime import date

import pytest

from scheduler import imports
from tests.wall_sheets import Wall

TODAY = date(2026, 2, 28)


def workbook(*lines, title=""):
    wall = Wall()
    for n, line in enumerate(([title], *lines) if title else lines):
        wall.put(n, 0, *line)
    if title:
        wall.merge(0, 0, 0, max(len(line) for line in lines) - 1, title)
    return wall.content()


def leave(db, *lines, title="", name="请假.xlsx"):
    report = imports.leave_report(db, workbook(*lines, title=title), name)
    return [(r["name"], r["reason"], r["start"], r["end"]) for r in report.rows], [
        (p["row"], p["column"], p["kind"]) for p in report.problems
    ]


def kinds(db, *lines, title=""):
    rows, problems = imports.read_leave(db, workbook(*lines, title=title), "请假.xlsx")
    return [row["kind"] for row in rows], [problem.code for problem in problems]


class TestLeave:
    HEAD = ("姓名", "请假时间")

    def test_over_the_new_year_in_one_cell_and_in_two(self, db, town):
        rows = [("兰草", "请假", "2026-12-30", "2027-01-03")]

        assert leave(db, self.HEAD, ["兰草", "12月30日至1月3日"], title="2026年12月请假表") == (rows, [])
        two = ["姓名", "开始日期", "结束日期"], ["兰草", "12月30日", "1月3日"]
        assert leave(db, *two, title="2026年12月请假表") == (rows, [])
        assert leave(db, *two, title="2026年12月-2027年1月请假表") == (rows, [])

    @pytest.mark.parametrize("said", ["12月30日至3月3日", "12月5日至11月7日"])
    def test_an_end_long_before_the_beginning_is_a_slip_and_asked(self, db, town, said):
        assert leave(db, self.HEAD, ["兰草", said], title="2026年12月请假表") == ([], [(3, "B", "ambiguous_date")])

    @pytest.mark.parametrize(
        ("title", "note", "kind", "problem"),
        [
            ("2026年3月请假表", "", "leave", []), ("2026年3月年休假计划", "", "leave", []), ("2026年3月出差登记", "", "travel", []),
            ("2026年3月请假表", "因公出差", "travel", []), ("2026年3月请假表", "病假，已住院", "sick", []),
            ("2026年3月病假登记", "年假后休病假", "sick", []), ("2026年3月病假登记", "年假或出差", "", ["unknown_leave_kind"]),
        ],
    )  # fmt: skip
    def test_a_title_says_the_kind_of_all_and_a_reason_that_of_one(self, db, town, title, note, kind, problem):
        lines = ["姓名", "开始日期", "结束日期", "事由"], ["兰草", "2026-03-03", "2026-03-04", note]

        assert kinds(db, *lines, title=title) == ([kind] if kind else [], problem)

    def test_a_column_of_kinds_is_known_by_what_stands_in_it(self, db, town):
        lines = ["姓名", "性质", "起", "止"], ["兰草", "病假", "2026-03-03", "2026-03-04"]

        assert kinds(db, *lines, title="2026年请假表") == (["sick"], [])

    @pytest.mark.parametrize("title", ["2026年3月安排", "2026年3月请假、出差登记"])
    def test_one_column_of_days_that_nothing_calls_leave_or_two_things_do_is_refused(self, db, town, title):
        report = imports.leave_report(db, workbook(["姓名", "日期"], ["兰草", "3月3日"], title=title), "a.xlsx")

        assert (report.expect, report.problems[0]["code"]) == ("refuse", "columns_are_missing")

    def test_departments_as_lines_titles_behind_names_and_sums_are_no_people(self, db, town):
        lines = [["序号", "姓名", "假别", "起", "止"], ["办公室"], [1, "兰草主任", "年休", "3月3日", "3月4日"],
                 ["合计：1人", "", "", "", ""]]  # fmt: skip

        assert leave(db, *lines, title="2026年3月请假表") == ([("兰草", "年休", "2026-03-03", "2026-03-04")], [])

    def test_a_number_of_a_day_in_a_workbook_and_english_heads(self, db, town):
        lines = ["Employee", "Leave type", "Start date", "End date"], ["兰草", "Annual", 46084, 46085]

        assert leave(db, *lines) == ([("兰草", "Annual", "2026-03-03", "2026-03-04")], [])

    def test_the_months_name_on_the_sheets_tab(self, db, town):
        wall = Wall().sheet("3月").put(0, 0, "姓名", "假别", "起", "止").put(1, 0, "兰草", "事假", "3日", "4日")

        report = imports.leave_report(db, wall.content(), "2026年请假.xlsx")

        assert [(row["start"], row["end"]) for row in report.rows] == [("2026-03-03", "2026-03-04")]

    def test_of_namesakes_the_department_tells(self, db, town, now):
        from tests.builders import person

        person(db, unit_id=town.outlet, staff_no="0909", name="兰草", now=now)
        head = ["姓名", "部门", "假别", "起", "止"]
        one = ["兰草", "办公室", "事假", "2026-03-03", "2026-03-04"]

        assert len(leave(db, head, one)[0]) == 1
        assert leave(db, head, ["兰草", "", *one[2:]]) == ([], [(2, "A", "ambiguous_person")])


class TestBalances:
    def read(self, db, title, *lines):
        report = imports.balances_report(db, workbook(*lines, title=title), "a.xlsx", today=TODAY)
        return [(r["name"], r["activity"], r["count"]) for r in report.rows], [
            (p["row"], p["kind"]) for p in report.problems
        ]

    def test_the_title_names_the_activity_of_all(self, db, town):
        lines = [["序号", "姓名", "人次"], [1, "兰草副行长", "3"], [2, "吕莉", "4.0"], ["合计", "", 7]]

        rows = [("兰草", "厅堂服务", 3), ("吕莉", "厅堂服务", 4)]
        assert self.read(db, "2026年厅堂服务累计人次（截至2026年1月31日）", *lines) == (rows, [])
        assert self.read(db, "厅堂服务人次（截至2026年1月31日）", *lines[:3], ["合计", "", 8])[1] == [
            (5, "total_does_not_add_up")
        ]

    @pytest.mark.parametrize("title", ["截至2026年1月31日累计人次", "厅堂服务、领导走访人次（截至2026年1月31日）"])
    def test_a_title_that_names_none_or_two_leaves_it_open(self, db, town, title):
        rows, problems = self.read(db, title, ["姓名", "人次"], ["兰草", 3])

        assert (rows, problems) == ([], [(None, "not_a_workbook")])


def test_a_staff_lists_names_are_kept_without_padding_and_its_mobiles_without_spaces(db, town, now):
    lines = [["工号", "姓 名", "部门", "手机"], ["００９０１", "钱　一", "办公室", "154 0000 0001"],
             ["00902", "孙 二（借调）", "办公室", "１５４０００００００２"], ["00903", "Ada  Byron", "办公室", "0827-5260000"]]  # fmt: skip

    report = imports.people_report(db, workbook(*lines), "a.xlsx", within=town.branch, now=now)

    assert [(row["staff_no"], row["name"], row["mobile"]) for row in report.rows] == [
        ("00901", "钱一", "15400000001"), ("00902", "孙二", "15400000002"), ("00903", "Ada Byron", "0827-5260000"),
    ]  # fmt: skip
    assert report.expect == "accept"
