"""Lists of leave: what is certain is read, all else is a question at its row and column; all or nothing is stored."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
import xlsxwriter

from scheduler import clock, commands, imports, people
from scheduler.audit import SYSTEM
from scheduler.database import rows, update, value
from scheduler.errors import Conflict
from tests import builders
from tests.test_leave import span
from tests.test_rosters_board import statements

HEAD = ["姓名", "工号", "类别", "开始日期", "结束日期", "天数", "备注"]
BASE = "https://duty.branch.example"


def csv(*lines):
    return "\r\n".join(",".join(line) for line in (HEAD, *lines)).encode()


def book(*lines, title="2026年3月请休假登记表"):
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, {"default_date_format": "yyyy/m/d"})
    sheet = made.add_worksheet("请假")
    for at, line in enumerate([[title], HEAD, *lines]):
        for column, cell in enumerate(line):
            sheet.write(at, column, cell)
    made.close()
    return target.getvalue()


def read(db, content, name="请假.csv", **more):
    return imports.read_leave(db, content, name, **more)


def when(db, row):
    return [f"{clock.local(clock.to_text(row[name]), db.zone):%m-%d %H:%M}" for name in ("starts_at", "ends_at")]


def line(start="2026-03-03", end="2026-03-03", days="", note="", kind="年休假", name="兰草", number="0004"):
    return [name, number, kind, start, end, days, note]


def test_a_long_list_takes_no_more_statements_than_a_short_one(db, town):
    long = csv(*(line(f"2026-03-{day:02}", f"2026-03-{day:02}") for day in range(3, 29)))

    assert statements(db, lambda: read(db, long)) == statements(db, lambda: read(db, csv(line())))


class TestReading:
    def test_a_workbook_with_a_title_and_dates_as_dates(self, db, town):
        content = book(["兰草", "0004", "年休假", date(2026, 3, 3), date(2026, 3, 5), "3", ""])

        (found,), problems = read(db, content, "请假.xlsx")

        assert problems == []
        assert (found["row"], found["person_id"], found["kind"]) == (3, town.lan, "leave")
        assert when(db, found) == ["03-03 00:00", "03-06 00:00"]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
    def test_text_in_every_encoding_that_offices_use(self, db, town, encoding):
        (found,), problems = read(db, csv(line(note="回老家")).decode().encode(encoding))

        assert (problems, found["note"]) == ([], "回老家")

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            (line(days="0.5", note="下午"), ["03-03 12:00", "03-04 00:00"]),
            (line(days="半天", note="上午请假"), ["03-03 00:00", "03-03 12:00"]),
            (line(end="", days="1"), ["03-03 00:00", "03-04 00:00"]),
            (line("2026-03-03 下午", "2026-03-05 上午", "2"), ["03-03 12:00", "03-05 12:00"]),
            (line("2026-03-03 13:30", "2026-03-03 17:30"), ["03-03 13:30", "03-03 17:30"]),
            (line("2026年3月3日", "2026/3/4", "2"), ["03-03 00:00", "03-05 00:00"]),
        ],
    )
    def test_halves_of_days_and_hours(self, db, town, given, expected):
        (found,), problems = read(db, csv(given))

        assert (problems, when(db, found)) == ([], expected)

    @pytest.mark.parametrize(
        ("word", "kind"),
        [("病假", "sick"), ("公务出差", "travel"), ("培训", "training"), ("不可排", "other"), ("事假", "leave")],
    )
    def test_the_words_for_kinds(self, db, town, word, kind):
        assert read(db, csv(line(kind=word)))[0][0]["kind"] == kind

    def test_a_name_that_one_person_has_is_enough_padding_and_brackets_aside(self, db, town):
        (found,), problems = read(db, csv(line(name="兰　草（办公室）", number="")))

        assert (problems, found["staff_no"]) == ([], "0004")


class TestQuestions:
    @pytest.mark.parametrize(
        ("given", "column", "code"),
        [
            (line(name="兰早", number=""), "A 姓名", "leave_unknown_name"),
            (line(name="闵行"), "A 姓名", "leave_name_differs"),
            (line(number="9999"), "B 工号", "leave_unknown_number"),
            (line(name="", number=""), "A 姓名", "required"),
            (line(kind="串休"), "C 类别", "unknown_leave_kind"),
            (line(kind=""), "C 类别", "required"),
            (line(start=""), "D 开始日期", "required"),
            (line(start="3月3日"), "D 开始日期", "leave_month_missing"),
            (line(start="13月3日"), "D 开始日期", "bad_date"),
            (line(end="至今"), "E 结束日期", "leave_end_missing"),
            (line(note="每周三下午"), "G 备注", "leave_recurs"),
            (line(start="2026-02-30"), "D 开始日期", "bad_date"),
            (line(start="每周三"), "D 开始日期", "leave_recurs"),
            (line(end=""), "E 结束日期", "leave_end_missing"),
            (line(end="", days="3"), "E 结束日期", "leave_end_missing"),
            (line("2026-03-05", "2026-03-03"), "E 结束日期", "end_before_start"),
            (line(days="0.5"), "F 天数", "leave_half_unsaid"),
            (line(days="0.5", note="上午或下午"), "F 天数", "leave_half_unsaid"),
            (line(days="2"), "F 天数", "leave_days_do_not_match"),
            (line(days="几天"), "F 天数", "leave_bad_days"),
            (line(note="长" * 201), "G 备注", "too_long"),
        ],
    )
    def test_what_is_not_certain_is_asked_with_its_row_and_column(self, db, town, given, column, code):
        found, problems = read(db, csv(line(name="闵行", number="0005"), given))

        assert [(p.row, p.field, p.code) for p in problems] == [(3, column, code)]
        assert [row["row"] for row in found] == [2]

    def test_a_name_that_two_have_needs_the_number(self, db, town, now):
        builders.person(db, now, town.office, "0014", "兰草")

        (problem,) = read(db, csv(line(number="")))[1]

        assert (problem.code, problem.facts["numbers"]) == ("leave_same_name", "0004、0014")

    def test_a_number_that_the_sheet_holds_as_a_number_is_refused(self, db, town):
        content = book(["兰草", 4, "年休假", date(2026, 3, 3), date(2026, 3, 3), "1", ""])

        assert [p.code for p in read(db, content, "请假.xlsx")[1]] == ["staff_no_is_a_number"]

    def test_two_rows_of_one_person_that_overlap(self, db, town):
        (problem,) = read(db, csv(line("2026-03-02", "2026-03-04"), line()))[1]

        assert (problem.code, problem.row, problem.facts["row"]) == ("leave_row_overlaps", 3, 2)

    def test_leave_after_the_last_day(self, db, town):
        update(db, "person", town.lan, left_on="2026-03-02")

        assert [p.code for p in read(db, csv(line()))[1]] == ["leave_after_last_day"]

    def test_people_of_other_units_are_not_known(self, db, town, now):
        company = builders.unit(db, now, "电信公司")

        assert [p.code for p in read(db, csv(line()), below=[company])[1]] == ["leave_unknown_number"]
        assert read(db, csv(line()), below=[town.branch])[1] == []

    def test_a_list_without_such_a_head(self, db, town):
        assert [p.code for p in read(db, "姓名,类别\r\n兰草,年假".encode())[1]] == ["columns_are_missing"]
        assert [p.code for p in read(db, "甲,乙\r\n丙,丁".encode())[1]] == ["leave_head_not_found"]

    def test_a_file_that_is_none(self, db, town):
        assert [p.code for p in read(db, b"\x00\x01", "请假.xlsx")[1]] == ["file_is_not_what_its_name_says"]


class TestStoring:
    def store(self, db, now, content):
        return imports.store_leave(db, read(db, content)[0], base_url=BASE, by=SYSTEM, now=now)

    def test_the_same_list_again_changes_nothing(self, db, town, now):
        content = csv(line(), line(name="闵行", number="0005"))

        assert self.store(db, now, content) == {"added": 2, "asked": 0, "unchanged": 0}
        assert self.store(db, now, content) == {"added": 0, "asked": 0, "unchanged": 2}
        assert value(db, "SELECT COUNT(*) FROM away") == 2
        assert value(db, "SELECT COUNT(*) FROM audit WHERE act = 'import_leave'") == 1

    def test_what_is_noted_otherwise_is_a_question(self, db, town, now):
        people.add_away(db, town.lan, kind="travel", by=SYSTEM, now=now, **span(db))

        assert [p.code for p in read(db, csv(line()))[1]] == ["already_away"]

    def test_what_came_between_refuses_all_of_it(self, db, town, now):
        found, _ = read(db, csv(line(name="闵行", number="0005"), line()))
        people.add_away(db, town.lan, kind="travel", by=SYSTEM, now=now, **span(db))

        with pytest.raises(Conflict):
            imports.store_leave(db, found, base_url=BASE, by=SYSTEM, now=now)

        assert rows(db, "SELECT person_id FROM away") == [{"person_id": town.lan}]


def test_the_command_tells_all_as_json_and_stores_nothing_in_a_dry_run(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DUTY_INSTANCE", str(tmp_path / "instance"))
    commands.main(["init", "--name", "巴中市分行", "--staff-no", "0004", "--person-name", "兰草"])
    (tmp_path / "请假.csv").write_bytes(csv(line(), line("2026-03-09", "2026-03-09", kind="串休")))
    (tmp_path / "好.csv").write_bytes(csv(line()))
    capsys.readouterr()

    assert commands.main(["import", "leave", str(tmp_path / "请假.csv"), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [(p["row"], p["column"], p["kind"]) for p in told["problems"]] == [(3, "C", "unknown_leave_kind")]
    assert (told["expect"], told["stored"]) == ("accept_with_questions", False)

    assert commands.main(["import", "leave", str(tmp_path / "好.csv"), "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["stored"] is False
    assert commands.main(["import", "leave", str(tmp_path / "好.csv"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["stored"], told["rows"]) == (
        True,
        [
            {
                "staff_no": "0004", "name": "兰草", "reason": "年休假", "start": "2026-03-03", "start_half": "am",
                "end": "2026-03-03", "end_half": "pm", "row": 2,
            }
        ],
    )  # fmt: skip
