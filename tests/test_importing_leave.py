"""Lists of leave from the command line: dates without their year, heads of two lines, what is asked."""

# ruff: noqa: F811, E501  fixtures are arguments; a line of a list is a line here
from __future__ import annotations

from tests.test_importing import db, known, told  # noqa: F401  fixtures
from tests.wall_sheets import Wall


class TestLeave:
    HEAD = ("姓名", "工号", "类别", "开始日期", "结束日期", "天数", "备注")

    def read(self, told, title, *lines, head=HEAD):
        wall = Wall().put(0, 0, title)
        for n, line in enumerate((head, *lines)):
            wall.put(1 + n, 0, *line)
        said = told("leave", wall.content(), "请假.xlsx", "--dry-run")[1]
        return (
            [(row["row"], row["start"], row["end"]) for row in said["rows"]],
            [(p["row"], p["column"], p["kind"]) for p in said["problems"]],
        )

    def test_dates_without_a_year_take_that_of_the_title(self, told, known):
        lines = [("苗青", "00101", "病假", "12月3日", "12月4日", "2"), ("席露", "00102", "事假", "7日", "12.8", "2"),
                 ("柏舟", "00103", "事假", "12.30", "1.2", "4"), ("鲁直", "00104", "事假", "12月30日", 12.1, "")]  # fmt: skip

        rows, problems = self.read(told, "2026年12月请休假登记表", *lines)

        assert rows == [
            (3, "2026-12-03", "2026-12-04"), (4, "2026-12-07", "2026-12-08"), (5, "2026-12-30", "2027-01-02"),
        ]  # fmt: skip
        assert problems == [(6, "E", "ambiguous_date")]

    def test_without_a_year_anywhere_it_is_asked(self, told, known):
        line = ("苗青", "00101", "病假", "12月3日", "12月4日", "2")

        assert self.read(told, "请休假登记表", line) == ([], [(3, "D", "missing_month")])

    def test_what_is_no_one_leave(self, told, known):
        line = ("苗青", "00101", "病假", "2026-12-03", "2026-12-04", "2")
        lines = [line, line, ("苗青", "00101", "事假", "2026-12-04", "2026-12-04", "1"),
                 ("席露", "00102", "病假", "2026-12-01", "至今"),
                 ("柏舟", "00103", "病假", "2026-12-01", "2026-12-30", "", "每周三"),
                 ("合计", "", "", "", "", "4"), ("制表：办公室",)]  # fmt: skip

        rows, problems = self.read(told, "请休假登记表", *lines)

        assert [row for row, *_ in rows] == [3]
        assert problems == [
            (4, "D", "duplicate_row"),
            (5, "D", "overlap"),
            (6, "E", "open_end"),
            (7, "G", "recurring_leave"),
        ]

    def test_a_head_of_two_lines(self, told, known):
        head = ("姓名", "工号", "类别", "请假时间", "", "天数")
        lines = [("", "", "", "开始", "结束"), ("苗青", "00101", "病假", "2026-12-03", "2026-12-04", "2")]

        assert self.read(told, "请休假登记表", *lines, head=head) == ([(4, "2026-12-03", "2026-12-04")], [])
