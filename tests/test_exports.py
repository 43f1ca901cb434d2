"""Workbooks and CSV that a spreadsheet reads as they were meant, and runs nothing of."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from python_calamine import CalamineWorkbook

from scheduler import attendance, exports, ledger
from scheduler.audit import SYSTEM, Actor
from scheduler.database import update
from scheduler.exports import workbook
from scheduler.exports.cells import Column, as_csv, harmless, shown
from scheduler.tallies import Question
from tests.builders import assigned, carried, held

MONDAY = date(2026, 3, 2)
YEAR = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}
CHEN = Actor(None, "陈静")
LATER = datetime(2026, 5, 1, tzinfo=UTC)


def asked(by_what: str) -> Question:
    return Question(**YEAR, rows=(by_what,))


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheets(content: bytes) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.fixture
def month(db, town, now):
    """Three person-trips, one of them corrected away."""
    shift_id = held(db, town, MONDAY, [town.party, town.lan])
    held(db, town, date(2026, 3, 3), [town.party])
    attendance.mark_absent(db, assigned(db, shift_id, town.lan), reason="没有来", by=CHEN, now=now)


def test_a_tally_as_csv_has_its_total(db, month):
    assert read_csv(exports.tallies_csv(db, asked("person"), lang="zh", now=LATER)) == [
        ["人员", "工号", "单位", "人次", "人数", "场次", "小时"],
        ["吕莉", "0003", "办公室", "2", "1", "2", "17.0"],
        ["合计", "", "", "2", "1", "2", "17.0"],
    ]


@pytest.mark.parametrize(
    ("by_what", "head", "label"),
    [
        ("unit", ["Unit", "Unit above"], ["办公室", "巴中市分行"]),
        ("place", ["Place", "District"], ["江北支行", ""]),
        ("activity", ["Activity"], ["Lobby service"]),
        ("party", ["Party membership"], ["Party member"]),
    ],
)
def test_a_tally_as_csv_in_english(db, month, by_what, head, label):
    first, second, *_ = read_csv(exports.tallies_csv(db, asked(by_what), lang="en", now=LATER))

    assert first == [*head, "Person-trips", "People", "Sessions", "Hours"]
    assert second == [*label, "2", "1", "2", "17.0"]


def test_a_pivot_as_csv_has_a_part_for_each_measure_with_totals_that_are_counted_anew(db, town, month):
    question = replace(
        asked("person"), columns="month", first=date(2026, 3, 1), last=date(2026, 4, 30), measures=("trips", "sessions")
    )

    assert read_csv(exports.tallies_csv(db, question, lang="en", now=LATER)) == [
        ["Person", "Staff no.", "Unit", "2026-03", "2026-04", "Person-trips"],
        ["吕莉", "0003", "办公室", "2", "0", "2"],
        ["Total", "", "", "2", "0", "2"],
        [],
        ["Person", "Staff no.", "Unit", "2026-03", "2026-04", "Sessions"],
        ["吕莉", "0003", "办公室", "2", "0", "2"],
        ["Total", "", "", "2", "0", "2"],
    ]


def test_trips_as_csv_show_a_correction_under_its_entry(db, month):
    _, *lines = read_csv(exports.trips_csv(db, lang="zh", **YEAR))

    assert [[*line[:7], *line[10:16]] for line in lines] == [
        ["1", "2026-03-02", "2026-03-02 08:30", "2026-03-02 17:00", "0003", "吕莉", "办公室",
         "8.5", "1", "点名", "", "", "系统"],
        ["2", "2026-03-02", "2026-03-02 08:30", "2026-03-02 17:00", "0004", "兰草", "办公室",
         "8.5", "1", "点名", "", "", "系统"],
        ["4", "2026-03-02", "2026-03-02 08:30", "2026-03-02 17:00", "0004", "兰草", "办公室",
         "-8.5", "-1", "点名", "2", "没有来", "陈静"],
        ["3", "2026-03-03", "2026-03-03 08:30", "2026-03-03 17:00", "0003", "吕莉", "办公室",
         "8.5", "1", "点名", "", "", "系统"],
    ]  # fmt: skip


def test_a_workbook_holds_the_tally_its_trips_and_what_it_is(db, town, month, now):
    content = exports.tallies_workbook(db, replace(asked("unit"), within=town.branch), lang="zh", by=CHEN, now=now)

    book = sheets(content)
    assert list(book) == ["统计", "明细", "说明"]
    assert book["统计"] == [
        ["单位", "上级单位", "人次", "人数", "场次", "小时"],
        ["办公室", "巴中市分行", 2, 1, 2, 17.0],
        ["合计", "", 2, 1, 2, 17.0],
    ]
    assert book["明细"][1][:6] == [
        1, date(2026, 3, 2), datetime(2026, 3, 2, 8, 30), datetime(2026, 3, 2, 17, 0), "0003", "吕莉",
    ]  # fmt: skip
    assert sum(row[11] for row in book["明细"][1:]) == 2
    about = {row[0]: row[1] for row in book["说明"]}
    assert (about["行"], about["指标"]) == ("单位", "人次、人数、场次、小时")
    assert about["期间"] == "2026-01-01 – 2026-12-31"
    assert about["单位（含下级）"] == "巴中市分行"
    assert about["生成时间"] == datetime(2026, 2, 28, 9, 0)
    assert about["生成人"] == "陈静"
    assert about["台账最后一条的哈希"] == ledger.head(db)
    assert "不重复的人" in about["人数"]


def test_a_workbook_of_trips_says_how_it_was_narrowed(db, town, month, now):
    content = exports.trips_workbook(
        db, lang="en", by=CHEN, now=now, person_id=town.party, place_id=town.outlet, activity="lobby", **YEAR
    )

    book = sheets(content)
    assert list(book) == ["Trips", "About"]
    assert [row[4] for row in book["Trips"]] == ["Staff no.", "0003", "0003"]
    about = {row[0]: row[1] for row in book["About"]}
    assert (about["Person"], about["Place"], about["Activity"]) == ("吕莉 0003", "江北支行", "Lobby service")


def test_an_empty_tally_is_a_file_with_a_head_and_a_total_of_nought(db, town, now):
    assert read_csv(exports.tallies_csv(db, asked("unit"), lang="zh", now=now))[1:] == [
        ["合计", "", "0", "0", "0", "0.0"]
    ]
    assert sheets(exports.trips_workbook(db, lang="zh", by=CHEN, now=now, **YEAR))["明细"][1:] == []


def test_a_balance_has_no_hours_of_the_day(db, town, now):
    carried(db, town, town.party, now)

    (_, line) = read_csv(exports.trips_csv(db, lang="zh", first=date(2025, 1, 1), last=date(2025, 12, 31)))

    assert (line[1:4], line[12]) == (["2025-12-31", "", ""], "结转")


HOSTILE = ["=1+1", "+1", "-2+3", "@SUM(A1)", "＝1+1", '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_cell_of_a_csv_begins_like_a_formula(db, town, name):
    held(db, town, MONDAY, [town.party])
    update(db, "person", town.party, name=name)
    held(db, town, date(2026, 3, 3), [town.party])

    found = read_csv(exports.tallies_csv(db, asked("person"), lang="zh", now=LATER))

    assert found[1][0] == f"'{name}"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_workbook_keeps_such_a_name_as_text(db, town, now, name):
    update(db, "person", town.party, name=name)
    held(db, town, MONDAY, [town.party])

    content = exports.tallies_workbook(db, asked("person"), lang="zh", by=CHEN, now=now)

    assert sheets(content)["统计"][1][0] == name
    parts = zipfile.ZipFile(io.BytesIO(content))
    xml = b"".join(parts.read(part) for part in parts.namelist() if "worksheets/sheet" in part)
    assert b"<f>" not in xml
    assert b"<hyperlink" not in xml


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a\x00b\x07c", "abc"),
        ("two\r\nlines", "two lines"),
        ("\t=1", "=1"),
        ("\u202eabc", "abc"),
        ("a\ufffeb\uffff", "ab"),
    ],
)
def test_what_cannot_be_seen_does_not_leave_the_house(text, told):
    assert shown(text) == told


def test_hidden_beginnings_do_not_hide_a_formula():
    assert [harmless(text) for text in ("\x00=1", " \t@x", "\ufeff-1", "明天 = 1")] == ["'=1", "'@x", "'-1", "明天 = 1"]


def test_numbers_stay_numbers_in_csv():
    assert [as_csv(held) for held in (-1, 8.5, None, MONDAY)] == [-1, 8.5, "", "2026-03-02"]


def test_a_name_with_control_characters_breaks_no_workbook(db, town, now):
    update(db, "person", town.party, name="a\x01\x0b\ufffe<&>\x1f")
    held(db, town, MONDAY, [town.party])

    content = exports.trips_workbook(db, lang="zh", by=SYSTEM, now=now, **YEAR)

    assert sheets(content)["明细"][1][5] == "a<&>"


def test_text_that_looks_like_an_escape_stays_as_it_is(db, town, now):
    update(db, "person", town.party, name="_x0041_")
    held(db, town, MONDAY, [town.party])

    content = exports.trips_workbook(db, lang="zh", by=SYSTEM, now=now, **YEAR)

    parts = zipfile.ZipFile(io.BytesIO(content))
    assert b"_x005F_x0041_" in parts.read("xl/worksheets/sheet1.xml")


def test_a_file_name_has_the_period_in_letters_that_every_system_keeps():
    assert exports.file_name("tallies", "xlsx", **YEAR) == "tallies-2026-01-01-2026-12-31.xlsx"


def test_more_rows_than_a_sheet_holds_go_on_on_the_next(monkeypatch):
    monkeypatch.setattr(workbook, "ROWS_MOST", 2)
    book = workbook.Workbook("zh")
    columns = [Column("数", "Number", 8, lambda row, _lang: row, "count")]

    for name, count in (("甲", 2), ("乙", 5), ("丙", 0)):
        book.table(name, columns, range(1, count + 1), 99)

    read = CalamineWorkbook.from_filelike(io.BytesIO(book.content()))
    assert {name: [line[0] for line in read.get_sheet_by_name(name).to_python()] for name in read.sheet_names} == {
        "甲": ["数", 1, 2, 99],
        "乙": ["数", 1, 2],
        "乙 2": ["数", 3, 4],
        "乙 3": ["数", 5, 99],
        "丙": ["数", 99],
    }


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("=1+1", "=1+1"),
        ("<b>&\"'", "<b>&\"'"),
        ("_x0041_", "_x0041_"),
        ("白\u202e露\x07", "白露"),
        ("字" * 40_000, "字" * 32_767),
        (0.1, 0.1),
        (12345678901, 12345678901),
        (date(2026, 2, 28), date(2026, 2, 28)),
        (datetime(2026, 2, 28, 23, 59, 59), datetime(2026, 2, 28, 23, 59, 59)),
        (None, ""),
    ],
)
def test_a_row_written_at_once_reads_back_as_it_was(written, read):
    kind = "moment" if isinstance(written, datetime) else "day" if isinstance(written, date) else "text"
    book = workbook.Workbook("zh")

    book.table(
        "甲", [Column("一", "One", 8, lambda row, _lang: row, kind), Column("二", "Two", 8, lambda *_: 1)], [written]
    )

    assert CalamineWorkbook.from_filelike(io.BytesIO(book.content())).get_sheet_by_name("甲").to_python()[1] == [
        read,
        1,
    ]
