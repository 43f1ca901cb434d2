"""Opening balances: a list read without a guess, entered as one batch, taken back as one."""

from __future__ import annotations

import io
from datetime import date

import pytest
import xlsxwriter

from scheduler import imports, ledger
from scheduler.audit import SYSTEM, Actor
from scheduler.database import IntegrityError, rows, run, value
from scheduler.errors import Conflict, Invalid
from tests.builders import person

TODAY = date(2026, 2, 28)
CHEN = Actor(None, "陈静")
HEAD = ["工号", "姓名", "部门", "活动类型", "累计人次"]


def csv(*lines, title="截至2026年1月31日累计人次"):
    return "\n".join([title, ",".join(HEAD), *lines]).encode()


def read(db, *lines, **more):
    given = {"title": more.pop("title")} if "title" in more else {}
    return imports.read_balances(db, csv(*lines, **given), "balances.csv", today=TODAY, **more)


def told(found):
    return [(imports.kind_of(problem), problem.row, problem.field) for problem in found.problems]


def stored(db, town, now, *lines):
    return imports.store_balances(db, read(db, *lines), file="balances.csv", unit_id=town.branch, by=CHEN, now=now)


def sums(db):
    sql = "SELECT staff_no, activity, day, SUM(trips) AS trips FROM ledger GROUP BY 1, 2, 3 HAVING SUM(trips) <> 0"
    return rows(db, f"{sql} ORDER BY 1, 2")


def test_a_workbook_is_read_with_its_title_its_padding_and_its_sum(db, town):
    page = io.BytesIO()
    book = xlsxwriter.Workbook(page)
    sheet = book.add_worksheet()
    sheet.write(0, 0, "截至2026年1月31日累计人次")
    for row, line in enumerate(
        [HEAD, ["0003", "吕　莉", "办公室", "厅堂服务", 6], ["", "兰草", "", "社区值守", 4]], start=1
    ):
        sheet.write_row(row, 0, line)
    sheet.write_row(4, 0, ["", "合计", "", ""])
    sheet.write_formula(4, 4, "=SUM(E3:E4)", None, 10)
    sheet.write(5, 0, "制表：办公室")
    book.close()

    found = imports.read_balances(db, page.getvalue(), "balances.xlsx", today=TODAY)

    assert (found.expect, told(found)) == ("accept", [])
    assert [(row["row"], row["staff_no"], row["activity"], row["day"], row["trips"]) for row in found.rows] == [
        (3, "0003", "lobby", date(2026, 1, 31), 6), (4, "0004", "community", date(2026, 1, 31), 4),
    ]  # fmt: skip
    assert found.counts() == {"lines": 2, "trips": 10, "people": 2, "unchanged": 0, "questions": 0}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (",李逵,,厅堂服务,3", ("unknown_person", 3, "B 姓名")),
        (",兰草草,,厅堂服务,3", ("near_name", 3, "B 姓名")),
        ("0009,兰草,,厅堂服务,3", ("unknown_person", 3, "A 工号")),
        ("0003,兰草,,厅堂服务,3", ("near_name", 3, "B 姓名")),
        ("0003,吕莉,,拔河,3", ("unknown_activity", 3, "D 活动类型")),
        ("0003,吕莉,,厅堂服务,", ("bad_count", 3, "E 累计人次")),
        ("0003,吕莉,,厅堂服务,约10", ("bad_count", 3, "E 累计人次")),
        ("0003,吕莉,,厅堂服务,2.5", ("bad_count", 3, "E 累计人次")),
        ("0003,吕莉,,厅堂服务,-2", ("bad_count", 3, "E 累计人次")),
        ("0003,吕莉,,厅堂服务,99999", ("bad_count", 3, "E 累计人次")),
    ],
)
def test_what_is_not_certain_is_a_question_with_its_row_and_column_and_the_rest_stands(db, town, line, problem):
    found = read(db, line, "0004,兰草,,厅堂服务,12次")

    assert told(found) == [problem]
    assert (found.expect, [row["person"] for row in found.rows]) == ("accept_with_questions", ["兰草"])


def test_of_namesakes_the_department_tells_or_it_is_asked(db, town, now):
    person(db, now, town.branch, "0007", "兰草")

    told_apart = read(db, ",兰草,巴中市分行,厅堂服务,3")
    asked = read(db, ",兰草,,厅堂服务,3")

    assert [row["staff_no"] for row in told_apart.rows] == ["0007"]
    assert (asked.expect, told(asked)) == ("refuse", [("ambiguous_person", 3, "B 姓名")])


def test_a_line_said_twice_is_asked_and_of_two_that_differ_none_is_taken(db, town):
    twice = read(db, "0003,吕莉,,厅堂服务,3", "0003,吕莉,,厅堂服务,3")
    differing = read(db, "0003,吕莉,,厅堂服务,3", "0003,吕莉,,厅堂服务,4")

    assert (told(twice), len(twice.rows)) == ([("duplicate_row", 4, "E 累计人次")], 1)
    assert (told(differing), differing.rows) == ([("conflicting_row", 4, "E 累计人次")], [])


def test_a_total_that_does_not_add_up_and_a_day_that_nobody_names_are_told(db, town):
    assert told(read(db, "0003,吕莉,,厅堂服务,3", ",合计,,,4")) == [("total_does_not_add_up", 4, "E 累计人次")]
    assert told(read(db, "0003,吕莉,,厅堂服务,3", title="累计人次")) == [("missing_month", 3, "E 累计人次")]
    assert told(read(db, "0003,吕莉,,厅堂服务,3", title="截至2026年3月31日")) == [("bad_date", 3, "E 累计人次")]
    assert read(db, "0003,吕莉,,厅堂服务,3", title="累计人次", as_of=TODAY).rows[0]["day"] == TODAY


def test_people_beyond_ones_own_units_are_not_known(db, town):
    found = read(db, "0001,何远山,,厅堂服务,3", "0003,吕莉,,厅堂服务,3", below=[town.office])

    assert [row["person"] for row in found.rows] == ["吕莉"]


def test_a_list_without_a_head_is_refused(db, town):
    found = imports.read_balances(db, "甲,乙\n1,2\n".encode(), "x.csv", today=TODAY)

    assert (found.expect, [problem.code for problem in found.problems]) == ("refuse", ["balances_head_not_found"])


def test_a_batch_is_entered_as_trips_of_no_place_and_proves_where_each_came_from(db, town, now):
    batch_id = stored(db, town, now, "0003,吕莉,,厅堂服务,2", "0004,兰草,,社区值班,1")

    assert sums(db) == [
        {"staff_no": "0003", "activity": "lobby", "day": "2026-01-31", "trips": 2},
        {"staff_no": "0004", "activity": "community", "day": "2026-01-31", "trips": 1},
    ]
    first = next(ledger.dump(db))
    assert (first["evidence"], first["batch"], first["minutes"]) == ({"file": "balances.csv", "row": 3}, batch_id, 0)
    assert (first["place"], first["source"]) == ("未记地点", "carried_forward")
    assert value(db, "SELECT COUNT(*) FROM place WHERE name = '未记地点' AND closed_on IS NOT NULL") == 1
    assert ledger.verify(db) is None


def test_the_same_file_counts_once_and_what_counts_already_is_left_alone(db, town, now):
    stored(db, town, now, "0003,吕莉,,厅堂服务,2")

    again = read(db, "0003,吕莉,,厅堂服务,2", "0004,兰草,,厅堂服务,5")
    otherwise = read(db, "0003,吕莉,,厅堂服务,7")

    assert [(row["person"], row["act"]) for row in again.rows] == [("吕莉", "unchanged"), ("兰草", "added")]
    assert (told(otherwise), otherwise.rows) == ([("conflicting_row", 3, "E 累计人次")], [])
    with pytest.raises(Invalid):
        stored(db, town, now, "0003,吕莉,,厅堂服务,2")


def test_a_batch_is_taken_back_as_one_once_and_may_then_come_again(db, town, now):
    batch_id = stored(db, town, now, "0003,吕莉,,厅堂服务,2", "0004,兰草,,社区值班,1")
    ledger.correct(db, 1, reason="多了 1 次", by=CHEN, now=now)

    with pytest.raises(Invalid):
        ledger.reverse_batch(db, batch_id, reason="", by=CHEN, now=now)
    assert ledger.reverse_batch(db, batch_id, reason="表错了", by=CHEN, now=now) == 2

    assert sums(db) == []
    assert {entry["reason"] for entry in ledger.dump(db) if entry["trips"] < 0} == {"多了 1 次", "表错了"}
    with pytest.raises(Conflict) as refused:
        ledger.reverse_batch(db, batch_id, reason="再来", by=SYSTEM, now=now)
    assert refused.value.problems[0].facts["who"] == "陈静"
    with pytest.raises(IntegrityError, match="batch_is_reversed"):
        run(db, "UPDATE balance_batch SET reason = '别的'")
    stored(db, town, now, "0003,吕莉,,厅堂服务,2", "0004,兰草,,社区值班,1")
    assert sum(row["trips"] for row in sums(db)) == 3
    assert ledger.verify(db) is None


# pages


def test_a_batch_is_taken_back_on_its_page(as_coordinator, db, town, now):
    stored(db, town, now, "0003,吕莉,,厅堂服务,2")
    batch_id = value(db, "SELECT id FROM balance_batch")

    without = as_coordinator.post(f"/people/balances/{batch_id}/reverse", data={"reason": ""})
    done = as_coordinator.post(f"/people/balances/{batch_id}/reverse", data={"reason": "表错了"}, follow_redirects=True)

    assert (without.status_code, "必填。" in without.text) == (422, True)
    assert "已整批冲销 2 人次。" in done.text
    assert sums(db) == []


def test_a_batch_elsewhere_is_not_found(as_staff, client, db, town):
    assert as_staff.get("/people/balances").status_code == 403
    assert as_staff.post("/people/balances/1/reverse", data={"reason": "x"}).status_code in (403, 404)
