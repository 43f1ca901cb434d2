"""Opening balances in the layouts that offices make: activities across, heads of two lines, departments as titles."""

from __future__ import annotations

import io
from datetime import date

import pytest
import xlsxwriter

from scheduler import imports
from scheduler.imports.balance_days import titled
from tests.builders import person

TODAY = date(2026, 2, 28)
TITLE = "截至2026年1月31日累计人次"


def read(db, *lines, name="balances.csv", **more):
    content = "\n".join(lines).encode() if isinstance(lines[0], str) else book(*lines)
    return imports.balances_report(db, content, name, today=TODAY, **more)


def book(*lines, merged=()):
    page = io.BytesIO()
    made = xlsxwriter.Workbook(page)
    sheet = made.add_worksheet("人次")
    for row, line in enumerate(lines):
        sheet.write_row(row, 0, line)
    for at in merged:
        sheet.merge_range(*at[:4], at[4])
    made.close()
    return page.getvalue()


def brief(report):
    return [(row["row"], row["staff_no"], row["activity"], row["count"], row["as_of"]) for row in report.rows]


def asked(report):
    return [(p["row"], p["column"], p["kind"]) for p in report.problems]


def test_activities_across_are_a_row_each_and_the_sums_are_checked(db, town):
    found = read(
        db, TITLE, "序号,人员编号,姓名,部门,社区值守,厅堂服务,合计", "1,0003,吕　莉,办公室,4,2,6",
        "2,0004,兰草,办公室,,3,3", ",合计,,,4,5,9", "制表：办公室",
    )  # fmt: skip

    assert (found.expect, asked(found)) == ("accept", [])
    assert brief(found) == [
        (3, "0003", "社区值守", 4, "2026-01-31"), (3, "0003", "厅堂服务", 2, "2026-01-31"),
        (4, "0004", "厅堂服务", 3, "2026-01-31"),
    ]  # fmt: skip


def test_a_line_whose_own_sum_contradicts_it_and_a_column_that_does_not_add_up_are_asked(db, town):
    line = read(db, TITLE, "工号,姓名,社区值守,厅堂服务,合计", "0003,吕莉,4,2,7", "0004,兰草,1,1,2")
    column = read(db, TITLE, "工号,姓名,社区值守,厅堂服务", "0003,吕莉,4,2", "合计,,5,2")

    assert (asked(line), [row[1] for row in brief(line)]) == (
        [(3, "E", "total_does_not_add_up")],
        ["0004", "0004"],
    )
    assert (asked(column), len(column.rows)) == ([(4, "C", "total_does_not_add_up")], 2)


def test_a_column_of_counts_that_is_no_activity_is_asked_once_and_a_stranger_once_a_line(db, town):
    found = read(db, TITLE, "姓名,社区值守,厅堂服务,拔河", "吕莉,4,2,1", "李逵,1,1,1", "兰草,x,1,")

    assert asked(found) == [(2, "D", "unknown_activity"), (4, "A", "unknown_person"), (5, "B", "bad_count")]
    assert [row[:4] for row in brief(found)] == [
        (3, "0003", "社区值守", 4), (3, "0003", "厅堂服务", 2), (5, "0004", "厅堂服务", 1),
    ]  # fmt: skip


def test_a_head_of_two_lines_with_merged_cells(db, town):
    content = book(
        [TITLE], ["工号", "姓名", "社区值守", "", "厅堂服务", "", "合计"], ["", "", "人次", "小时", "人次", "小时", ""],
        ["0003", "吕莉", 4, 12, 2, 4, 6],
        merged=[(1, 0, 2, 0, "工号"), (1, 1, 2, 1, "姓名"), (1, 2, 1, 3, "社区值守"), (1, 4, 1, 5, "厅堂服务"),
                (1, 6, 2, 6, "合计")],
    )  # fmt: skip
    above = book(
        [TITLE], ["工号", "姓名", "累计人次", ""], ["", "", "社区值守", "厅堂服务"], ["0003", "吕莉", 4, 2],
        merged=[(1, 2, 1, 3, "累计人次")],
    )  # fmt: skip

    found = imports.balances_report(db, content, "b.xlsx", today=TODAY)

    assert (asked(found), [row["minutes"] for row in found.stored.rows]) == ([], [180, 120])
    assert [row[2:4] for row in brief(found)] == [("社区值守", 4), ("厅堂服务", 2)]
    assert [row[2:4] for row in brief(imports.balances_report(db, above, "b.xlsx", today=TODAY))] == [
        ("社区值守", 4), ("厅堂服务", 2),
    ]  # fmt: skip


def test_departments_as_titles_tell_namesakes_apart(db, town, now):
    person(db, now, town.branch, "0007", "兰草")
    head = "姓名,服务类型,累计次数"

    apart = read(db, TITLE, head, "一、办公室（1人）,,", "吕莉,厅堂服务,3", "巴中市分行,,", "兰草,厅堂服务,2")
    unsaid = read(db, TITLE, head, "兰草,厅堂服务,2")

    assert (
        asked(read(db, TITLE, "编号,姓名,项目,次数", "1,吕莉,厅堂服务,3", "2,兰草,厅堂服务,4"))[0][2]
        == "ambiguous_person"
    )
    assert (asked(unsaid), asked(apart)) == ([(3, "A", "ambiguous_person")], [])
    assert [row[1] for row in brief(apart)] == ["0003", "0007"]


def test_a_number_that_counts_the_lines_is_no_staff_number_and_one_that_does_not_is(db, town):
    counted = read(db, TITLE, "编号,值班人员,类别,合计次数", "1,吕莉,厅堂服务,3", "2,兰草,厅堂服务,4")
    meant = read(db, TITLE, "编号,值班人员,类别,合计次数", "0003,吕莉,厅堂服务,3", "0009,兰草,厅堂服务,4")

    assert (asked(counted), [row[1] for row in brief(counted)]) == ([], ["0003", "0004"])
    assert (asked(meant), [row[1] for row in brief(meant)]) == ([(4, "A", "unknown_person")], ["0003"])


def test_without_a_day_it_is_asked_once_and_an_answer_or_the_file_name_says_it(db, town):
    lines = ("工号,姓名,社区值守,厅堂服务", "0003,吕莉,4,2", "0004,兰草,1,1")

    assert (read(db, *lines).expect, {kind for _, _, kind in asked(read(db, *lines))}) == ("refuse", {"missing_month"})
    assert {row[4] for row in brief(read(db, *lines, as_of=date(2026, 1, 1)))} == {"2026-01-01"}
    assert {row[4] for row in brief(read(db, *lines, name="人次（截至2026年1月31日）.csv"))} == {"2026-01-31"}


@pytest.mark.parametrize(
    ("above", "below", "day"),
    [
        (["截至2026年1月31日", "制表日期：2026年2月3日"], [], date(2026, 1, 31)),
        (["累计人次", "统计时间：2025年1月1日至2025年12月31日"], [], date(2025, 12, 31)),
        (["截至二〇二五年十一月底的人次"], [], date(2025, 11, 30)),
        (["2025年1—11月人次"], [], date(2025, 11, 30)),
        (["累计人次"], ["注：截至2026年1月31日", "2026年2月3日"], date(2026, 1, 31)),
        (["累计人次"], ["2026年2月3日"], None),
        (["截至2026年1月31日", "截至2026年2月28日"], [], None),
        (["截至2026年2月30日"], [], None),
        (["截至1月31日"], [], None),
    ],
)
def test_a_title_says_one_day_or_none(above, below, day):
    assert titled(above, below) == day
