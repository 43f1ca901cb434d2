"""Lists and duty sheets from the command line: one shape for all, all or nothing, undone as one."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from scheduler import commands, database, places
from scheduler.audit import SYSTEM
from scheduler.database import rows, value
from tests.wall_sheets import BRANCH, Wall, dealt, december, transposed_grid

NOW = datetime(2026, 11, 28, 1, tzinfo=UTC)


@pytest.fixture
def told(tmp_path, monkeypatch, capsys):
    """Runs a command: its status, and what it printed as JSON."""
    monkeypatch.setenv("DUTY_INSTANCE", str(tmp_path / "instance"))
    commands.main(["init", "--name", "市分行"])

    def run(what, content, name, *more):
        (tmp_path / name).write_bytes(content)
        capsys.readouterr()
        status = commands.main(["import", what, str(tmp_path / name), "--json", *more])
        return status, json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def db(told, tmp_path):
    file = next((tmp_path / "instance").glob("*.sqlite3"))
    with closing(database.connect(file, ZoneInfo("Asia/Shanghai"))) as db:
        yield db


def staff(skip=()):
    lines, n = ["工号,姓名,部门,职务,政治面貌,手机"], 0
    for unit, who in BRANCH.items():
        for name in who.split():
            n += 1
            if name not in skip:
                lines.append(f"{100 + n:05d},{name},{unit},员工,群众,1540000{n:04d}")
    return "\r\n".join(lines).encode("gbk")


@pytest.fixture
def known(told, db):
    """The people and the outlets that the sheets speak of."""
    assert told("people", staff(), "名单.csv")[0] == 0
    for name in ("城北支行", "城南支行", "河东支行", "老街分理处"):
        places.add(db, name=name, kind="outlet", unit_id=1, by=SYSTEM, now=NOW)


def unclear():
    wall = Wall().put(0, 0, "2026年12月城北支行厅堂服务表 9:00-17:00").put(1, 0, "日期", "值班人员")
    for n, text in enumerate(("苗青", "席路", "柏舟")):
        wall.put(2 + n, 0, f"12月{n + 1}日", text)
    return wall.content()


class TestPeople:
    def test_an_empty_installation_takes_the_units_of_its_first_list(self, told, db):
        status, said = told("people", staff(), "名单.csv")

        assert (status, said["expect"], said["stored"], said["units_added"]) == (0, "accept", True, list(BRANCH))
        assert said["rows"][0] == {
            "staff_no": "00101", "name": "苗青", "unit": "办公室", "role": "员工", "party": "群众",
            "mobile": "15400000001", "row": 2,
        }  # fmt: skip

    def test_a_dry_run_keeps_neither_people_nor_units(self, told, db):
        status, said = told("people", staff(), "名单.csv", "--dry-run")

        assert (status, said["stored"], len(said["rows"])) == (0, False, 19)
        assert value(db, "SELECT COUNT(*) FROM unit") == 1

    def test_later_a_unit_that_is_not_known_is_asked(self, told, known):
        content = "工号,姓名,部门\r\n00900,文天祥,保卫部\r\n00901,张载,办公室\r\n".encode()

        status, said = told("people", content, "名单.csv")

        assert (status, said["expect"], said["stored"]) == (1, "accept_with_questions", False)
        (asked,) = said["problems"]
        assert (asked["row"], asked["column"], asked["kind"], asked["text"]) == (2, "C", "unknown_unit", "保卫部")
        assert told("people", content, "名单.csv", "--add-units")[1]["units_added"] == ["保卫部"]

    def test_the_same_number_twice_is_the_same_line_or_a_contradiction(self, told, known):
        content = "工号,姓名,部门\r\n00900,张载,办公室\r\n00900,张载,办公室\r\n00900,张载,公司部\r\n".encode()

        said = told("people", content, "名单.csv")[1]

        assert [p["kind"] for p in said["problems"]] == ["duplicate_row", "conflicting_row"]
        assert said["rows"] == []  # who of the two is meant is not certain

    def test_the_same_line_twice_is_certain_once(self, told, known):
        content = "工号,姓名,部门\r\n00900,张载,办公室\r\n00900,张载,办公室\r\n合计,1人\r\n".encode()

        assert [row["row"] for row in told("people", content, "名单.csv")[1]["rows"]] == [2]

    def test_a_head_of_two_lines_and_a_sum(self, told, known):
        wall = Wall().put(0, 0, "员工花名册").put(1, 0, "工号", "姓名", "部门", "联系方式", "")
        wall.put(2, 3, "手机", "座机").put(3, 0, "00900", "张载", "办公室", "15400009001", "0827-1").put(
            4, 0, "合计", 1
        )

        status, said = told("people", wall.content(), "名单.xlsx")

        assert (status, [(row["row"], row["mobile"]) for row in said["rows"]]) == (0, [(4, "15400009001")])


def test_balances_without_a_day_are_asked_and_told_it_by_an_argument(told, known):
    content = "工号,姓名,社区值守,厅堂服务\n00101,苗青,3,2\n".encode()

    status, said = told("balances", content, "人次.csv", "--dry-run")
    answered = told("balances", content, "人次.csv", "--dry-run", "--as-of", "2026-10-31")

    assert (status, said["expect"], {p["kind"] for p in said["problems"]}) == (2, "refuse", {"missing_month"})
    assert (answered[0], [(row["as_of"], row["count"]) for row in answered[1]["rows"]]) == (
        0, [("2026-10-31", 3), ("2026-10-31", 2)],
    )  # fmt: skip


def test_a_place_that_two_units_have_is_asked(told, known, db):
    unit = value(db, "SELECT id FROM unit WHERE name = '办公室'")
    wall = (
        Wall()
        .put(0, 0, "2026年12月厅堂服务表")
        .put(1, 0, "日期", "城北支行", "城南支行")
        .put(2, 0, "12月1日", "苗青", "席露")
    )
    wall.put(3, 0, "12月2日", "柏舟", "鲁直")
    assert told("roster", wall.content(), "值班表.xlsx", "--dry-run")[1]["problems"] == []
    places.add(db, name="城北支行", kind="outlet", unit_id=unit, by=SYSTEM, now=NOW)

    said = told("roster", wall.content(), "值班表.xlsx", "--dry-run")[1]

    assert [(p["row"], p["column"], p["kind"]) for p in said["problems"]] == [(2, "B", "ambiguous_place")]
    assert [row["place"] for row in said["rows"]] == ["城南支行"] * 2
    assert [row["person"] for row in said["maybe"]] == ["苗青", "柏舟"]


class TestNumbersAndHidden:
    def test_numbers_that_lost_their_zeros_refuse_the_list(self, told, known):
        wall = Wall().put(0, 0, "工号", "姓名", "部门").put(1, 0, 131, "张载", "办公室")

        status, said = told("people", wall.content(), "名单.xlsx")

        assert (status, said["expect"], said["rows"]) == (2, "refuse", [])
        assert [(p["row"], p["column"], p["kind"]) for p in said["problems"]] == [(2, "A", "staff_no_is_a_number")]

    def test_hidden_lines_and_crossed_out_cells_are_told(self, told, known):
        wall = Wall().sheet("名单").put(0, 0, "工号", "姓名", "部门").put(1, 0, "00900", "张载", "办公室")
        wall.put(2, 0, "00901", "程颐", "办公室").hidden_rows.append(2)

        status, said = told("people", wall.content(), "名单.xlsx", "--dry-run")

        assert (status, [row["name"] for row in said["rows"]]) == (0, ["张载"])
        assert [(p["row"], p["kind"]) for p in said["problems"]] == [(3, "hidden_row")]


class TestRoster:
    def test_a_sheet_is_planned_as_one_and_undone_as_one(self, told, known, db):
        status, said = told("roster", transposed_grid().content(), "值班表.xlsx")

        assert (status, said["stored"], len(said["rows"])) == (0, True, 92)
        assert value(db, "SELECT COUNT(*) FROM assignment") == 92
        assert value(db, "SELECT COUNT(*) FROM audit WHERE act = 'import' AND subject = 'roster'") == 1
        assert commands.main(["undo", said["batch"]]) == 0
        assert value(db, "SELECT COUNT(*) FROM assignment WHERE state <> 'released'") == 0
        assert value(db, "SELECT COUNT(*) FROM shift") == 0
        assert commands.main(["undo", said["batch"]]) == 1

    def test_the_same_sheet_again_changes_nothing(self, told, known, db):
        content = transposed_grid().content()
        told("roster", content, "值班表.xlsx")

        status, said = told("roster", content, "值班表.xlsx")

        assert (status, said["batch"]) == (0, None)
        assert value(db, "SELECT COUNT(*) FROM assignment") == 92

    def test_nothing_is_stored_while_something_is_asked(self, told, known, db):
        status, said = told("roster", unclear(), "值班表.xlsx")

        assert (status, said["expect"], said["stored"]) == (1, "accept_with_questions", False)
        assert [(q["row"], q["column"], q["kind"], q["candidates"]) for q in said["questions"]] == [
            (4, "B", "near_name", ["席露"])
        ]
        assert value(db, "SELECT COUNT(*) FROM shift") == 0

    def test_what_is_certain_is_taken_when_that_is_asked_for(self, told, known, db):
        status, said = told("roster", unclear(), "值班表.xlsx", "--take-certain")

        assert (status, said["stored"]) == (1, True)
        assert [row["day"] for row in rows(db, "SELECT day FROM shift ORDER BY day")] == ["2026-12-01", "2026-12-03"]

    def test_answers_settle_the_rest(self, told, known, db, tmp_path):
        (tmp_path / "答.json").write_text(json.dumps({"people": {"席路": "00102"}}), encoding="utf-8")

        status, said = told("roster", unclear(), "值班表.xlsx", "--answers", str(tmp_path / "答.json"))

        assert (status, said["stored"], len(said["rows"])) == (0, True, 3)

    def test_a_sheet_without_hours_needs_them_said(self, told, known, db, capsys, tmp_path):
        wall = Wall().put(0, 0, "2026年12月城北支行厅堂服务表").put(1, 0, "日期", "值班人员")
        for n, day in enumerate(december(1, 3)):
            wall.put(2 + n, 0, f"12月{day.day}日", dealt(n))
        (tmp_path / "表.xlsx").write_bytes(wall.content())

        assert commands.main(["import", "roster", str(tmp_path / "表.xlsx")]) == 1
        assert "--hours" in capsys.readouterr().err
        assert told("roster", wall.content(), "表.xlsx", "--hours", "8:30-17:30")[0] == 0
        assert value(db, "SELECT starts_at FROM shift ORDER BY day") == "2026-12-01T00:30:00Z"

    def test_in_words_for_people(self, told, known, capsys, tmp_path):
        (tmp_path / "表.xlsx").write_bytes(unclear())

        assert commands.main(["import", "roster", str(tmp_path / "表.xlsx"), "--dry-run"]) == 1

        assert capsys.readouterr().out.splitlines() == [
            "Sheet1 第 4 行 B：没有「席路」，名字相近的有：席露（00102 办公室）。是谁？",
            "1 处要核对，2 行可以确定；没有写入。",
        ]


def packed(files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return target.getvalue()


def lying(content, name, size):
    """The archive with another size for a file, in its own head and in the directory."""
    data = bytearray(content)
    for sign, length, named, of_size in ((b"PK\x03\x04", 26, 30, 22), (b"PK\x01\x02", 28, 46, 24)):
        at = data.find(sign)
        while at >= 0:
            end = at + named + int.from_bytes(data[at + length : at + length + 2], "little")
            if data[at + named : end] == name.encode():
                data[at + of_size : at + of_size + 4] = size.to_bytes(4, "little")
            at = data.find(sign, at + 4)
    return bytes(data)


def with_sheet(xml):
    """A small workbook whose only sheet is this."""
    files = {}
    with zipfile.ZipFile(io.BytesIO(Wall().put(0, 0, "x").content())) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return packed(files | {"xl/worksheets/sheet1.xml": xml})


def entity(declared, used):
    cell = f'<row><c t="str"><v>{used}</v></c></row>'
    return f"<!DOCTYPE x [{declared}]><worksheet><sheetData>{cell}</sheetData></worksheet>"


XXE = entity('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;")
LAUGH = entity('<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">', "&b;")
SHEET = "xl/worksheets/sheet1.xml"
SPACE = with_sheet("<worksheet>" + " " * 60_000_000 + "</worksheet>")
CELLS = "<worksheet><sheetData>" + "<row>" + "<c><v>1</v></c>" * 1200 + "</row></sheetData></worksheet>"


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (with_sheet(XXE), "x.xlsx", "not_a_workbook"),
        (with_sheet(LAUGH), "x.xlsx", "not_a_workbook"),
        (with_sheet(CELLS), "x.xlsx", "not_a_workbook"),
        (SPACE, "x.xlsx", "not_a_workbook"),
        (lying(SPACE, SHEET, 1_000), "x.xlsx", "not_a_workbook"),
        (lying(with_sheet("<worksheet/>"), SHEET, 140_000_000), "x.xlsx", "not_a_workbook"),
        (lying(with_sheet("<worksheet/>"), SHEET, 4_294_967_280), "x.xlsx", "not_a_workbook"),
        (with_sheet("<worksheet>" + "<a>" * 200_000), "x.xlsx", "not_a_workbook"),
        (b"," * 1_000_000 + b"a", "x.csv", "not_a_workbook"),
        (packed({"xl/workbook.xml": "<a/>", "../../etc/cron.d/x": "x"}), "x.xlsx", "not_a_workbook"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600), "x.xls", "not_a_workbook"),
        (b"\x89PNG\r\n\x1a\n\0\0", "x.xlsx", "not_a_workbook"),
        ("日期,人员\r\n".encode() + "12月1日,苗青\r\n".encode("gbk"), "x.csv", "mixed_encoding"),
        ("日期,人员\r\n".encode() + "12月1日,苗青".encode()[:-1], "x.csv", "mixed_encoding"),
        ("会议,纪要\r\n".encode(), "x.csv", "wall_no_dates"),
    ],
    ids=[
        "xxe",
        "laughs",
        "cells",
        "bomb",
        "says_less",
        "says_more",
        "says_all",
        "deep",
        "wide",
        "slip",
        "xls",
        "png",
        "mixed",
        "cut",
        "other",
    ],
)
def test_a_file_that_is_none_is_refused_with_its_reason(told, content, name, kind):
    begun = perf_counter()
    status, said = told("roster", content, name)

    assert (status, said["expect"], said["rows"]) == (2, "refuse", [])
    assert [problem["kind"] for problem in said["problems"]] == [kind]
    assert said["problems"][0]["sentence"]
    assert perf_counter() - begun < 2


def test_undo_of_what_is_none_is_refused(told, capsys):
    assert commands.main(["undo", "roster:99"]) == 1
    assert commands.main(["undo", "people:1"]) == 1


def test_people_and_leave_are_taken_back_as_one_by_the_name_that_they_gave(told, known, db):
    count = "SELECT COUNT(*) FROM person"
    before = value(db, count)
    people = told("people", "工号,姓名,部门\n00900,张载,办公室\n00101,苗青,公司部\n".encode(), "新人.csv")[1]
    leave = told("leave", "姓名,类别,请假时间\n张载,年假,2026年12月1日至5日\n".encode(), "请假.csv")[1]
    unit = "SELECT unit.name FROM person JOIN unit ON unit.id = unit_id WHERE staff_no = '00101'"
    assert (value(db, count), value(db, unit), value(db, "SELECT COUNT(*) FROM away")) == (before + 1, "公司部", 1)

    assert commands.main(["undo", people["batch"]]) == 1  # who is away since is used
    assert value(db, count) == before + 1
    assert [commands.main(["undo", batch]) for batch in (leave["batch"], people["batch"])] == [0, 0]

    assert (value(db, count), value(db, unit), value(db, "SELECT COUNT(*) FROM away")) == (before, "办公室", 0)
    assert commands.main(["undo", people["batch"]]) == 1  # once
    assert commands.main(["undo", f"leave:{people['batch'].split(':')[1]}"]) == 1


def test_a_list_that_changes_nothing_gives_nothing_to_undo(told, known):
    status, said = told("people", staff(), "名单.csv")

    assert (status, said["stored"], said["batch"]) == (0, True, None)


def test_units_places_and_templates_come_from_lists_too(told, db):
    units = "单位名称,类别\n综合处,部门\n".encode()
    places_ = "地点名称,所属单位,类别\n河东社区,综合处,社区\n".encode()
    template = "模板名称,活动类型,地点,日子,开始,结束\n早班,lobby,河东社区,每个工作日,8:30,12:00\n".encode()

    tried = told("units", units, "单位.csv", "--dry-run")
    done = [
        told("units", units, "单位.csv"),
        told("places", places_, "地点.csv"),
        told("templates", template, "模板.csv"),
    ]
    bad = told("places", places_.replace("社区\n".encode(), "公园\n".encode()), "地点.csv")

    assert (tried[0], tried[1]["stored"]) == (0, False)
    assert [(status, said["expect"], said["stored"], said["rows"][0]["act"]) for status, said in done] == [
        (0, "accept", True, "added")
    ] * 3
    assert (bad[0], bad[1]["stored"], [(p["row"], p["column"]) for p in bad[1]["problems"]]) == (2, False, [(2, "C")])
    assert value(db, "SELECT COUNT(*) FROM template") == 1
