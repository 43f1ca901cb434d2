"""Staff lists from workbooks and CSV: read right, or refused at the row, and never stored in part."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from scheduler import database, imports, people
from scheduler.audit import SYSTEM
from scheduler.database import Database, Row, value
from scheduler.errors import Conflict, Invalid, Problem
from scheduler.imports import sheets
from scheduler.wording import sentence
from tests import builders
from tests.conftest import SHANGHAI

HEAD = ["工号", "姓名", "单位"]
KUAI = ["00103", "蒯通", "办公室"]


def book(*rows: list[object], fill: Callable[[xlsxwriter.Workbook, object], None] | None = None) -> bytes:
    """A workbook with one sheet of these rows; `fill` may add to it."""
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, {"default_date_format": "yyyy/m/d"})
    sheet = made.add_worksheet("名单")
    for number, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            sheet.write(number, column, cell)
    if fill:
        fill(made, sheet)
    made.close()
    return target.getvalue()


def csv(*rows: list[str], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    return "".join(delimiter.join(cells) + "\r\n" for cells in rows).encode(encoding)


def read(
    db: Database, town: builders.Town, now: datetime, content: bytes, name: str = "名单.csv"
) -> tuple[list[Row], list[Problem]]:
    return imports.read_people(db, content, name, within=town.branch, now=now)


def told(problems: list[Problem]) -> list[tuple[int | None, str | None, str]]:
    return [(problem.row, problem.field, problem.code) for problem in problems]


def refused_whole(db: Database, town: builders.Town, now: datetime, content: bytes, name: str) -> str:
    """The code of the one problem that keeps the whole file out."""
    rows, problems = read(db, town, now, content, name)
    assert rows == []
    assert len(problems) == 1
    assert "{" not in sentence(problems[0], "zh") + sentence(problems[0], "en")
    return problems[0].code


# what is read


def test_a_list_as_offices_keep_it_is_read(db, now, town):
    content = book(
        ["市分行员工花名册"],
        ["序号", "员工编号", "姓 名", "所属部门", "职务", "政治面貌", "手机号码", "电子邮箱", "特长", "到岗日期",
         "语言"],
        [1, "00103", "蒯　通", "办公室", "副行长", "预备党员", "15480426473", "kuai@branch.example", "急救、普通话",
         date(2021, 7, 1), "英文"],
        [],
        [2, "00110", "栾布", "巴中市分行/办公室", "员工", "群众", 15490798701, "", "", "2026年3月2日", ""],
    )  # fmt: skip

    rows, problems = read(db, town, now, content, "名单.xlsx")

    assert problems == []
    assert [(row["row"], row["act"], row["unit"]) for row in rows] == [
        (3, "added", "巴中市分行/办公室"), (5, "added", "巴中市分行/办公室"),
    ]  # fmt: skip
    assert rows[0]["given"] == {
        "staff_no": "00103", "name": "蒯通", "unit_id": town.office, "role": "deputy", "party": True,
        "mobile": "15480426473", "email": "kuai@branch.example", "skills": ["急救", "普通话"],
        "joined_on": date(2021, 7, 1), "lang": "en",
    }  # fmt: skip
    assert rows[1]["given"] == {
        "staff_no": "00110", "name": "栾布", "unit_id": town.office, "role": "staff", "party": False,
        "mobile": "15490798701", "joined_on": date(2026, 3, 2),
    }  # fmt: skip


def test_english_heads_are_read_too(db, now, town):
    content = csv(
        ["Staff No.", "Full name", "Department", "Position", "Party member", "Mobile", "E-mail", "Skills", "Joined on"],
        ["00103", "Kuai Tong", "办公室", "Staff", "Yes", "+86 154 8042 6473", "kuai@branch.example",
         '"first aid, driving"', "2026/3/2"],
    )  # fmt: skip

    rows, problems = read(db, town, now, content)

    assert problems == []
    assert rows[0]["given"] == {
        "staff_no": "00103", "name": "Kuai Tong", "unit_id": town.office, "role": "staff", "party": True,
        "mobile": "+86 154 8042 6473", "email": "kuai@branch.example", "skills": ["first aid", "driving"],
        "joined_on": date(2026, 3, 2),
    }  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_every_usual_encoding_gives_the_same_names(db, now, town, encoding):
    rows, problems = read(db, town, now, csv(HEAD, KUAI, encoding=encoding))

    assert (problems, [(row["staff_no"], row["name"]) for row in rows]) == ([], [("00103", "蒯通")])


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_every_usual_way_of_parting_cells_is_read(db, now, town, delimiter):
    rows, problems = read(db, town, now, csv(HEAD, KUAI, delimiter=delimiter))

    assert (problems, [row["name"] for row in rows]) == ([], ["蒯通"])


def test_a_department_written_once_beside_its_people_is_each_ones(db, now, town):
    def merge(_made: object, sheet: object) -> None:
        sheet.merge_range("C2:C3", "办公室")

    content = book(HEAD, ["00103", "蒯通"], ["00110", "栾布"], fill=merge)

    rows, problems = read(db, town, now, content, "名单.xlsx")

    assert (problems, [row["unit"] for row in rows]) == ([], ["巴中市分行/办公室"] * 2)


def test_company_and_department_in_two_columns_are_one_path(db, now, town):
    content = csv(
        ["工号", "姓名", "单位", "部门"], ["00103", "蒯通", "巴中市分行", "办公室"], ["00110", "栾布", "巴中市分行", ""]
    )

    rows, problems = read(db, town, now, content)

    assert (problems, [row["unit"] for row in rows]) == ([], ["巴中市分行/办公室", "巴中市分行"])


def test_hidden_sheets_and_repeated_heads_and_stray_formats_are_not_people(db, now, town):
    def hide(made: xlsxwriter.Workbook, sheet: object) -> None:
        sheet.write_blank(1_048_575, 5, None, made.add_format({"bold": True}))
        old = made.add_worksheet("旧名单")
        old.write(0, 0, "工号")
        old.hide()

    content = book(HEAD, KUAI, HEAD, ["00110", "栾布", "办公室"], fill=hide)

    rows, problems = read(db, town, now, content, "名单.xlsx")

    assert (problems, [(row["row"], row["name"]) for row in rows]) == ([], [(2, "蒯通"), (4, "栾布")])


def test_who_is_new_joins_today_and_has_the_usual_defaults(db, now, town):
    rows, _ = read(db, town, now, csv(HEAD, KUAI))
    imports.store_people(db, rows, by=SYSTEM, now=now)

    stored = people.by_staff_no(db, ["00103"])["00103"]
    assert (stored["joined_on"], stored["role"], stored["party"], stored["lang"]) == ("2026-02-28", "staff", 0, "zh")


# added, changed, unchanged


def test_a_list_says_who_is_added_changed_and_unchanged(db, now, town):
    content = csv(
        ["工号", "姓名", "单位", "党员", "手机"],
        ["00103", "蒯通", "办公室", "是", ""],
        ["0003", "吕莉", "办公室", "否", ""],
        ["0004", "兰草", "办公室", "是", ""],
    )

    rows, problems = read(db, town, now, content)

    assert problems == []
    assert [(row["act"], row["changed"]) for row in rows] == [
        ("added", {}), ("changed", {"party": [1, 0]}), ("unchanged", {}),
    ]  # fmt: skip
    assert imports.store_people(db, rows, by=SYSTEM, now=now) == {"added": 1, "changed": 1, "unchanged": 1}
    assert imports.counts(read(db, town, now, content)[0]) == {"added": 0, "changed": 0, "unchanged": 3}


def test_an_empty_cell_changes_nothing(db, now, town):
    people.change(db, town.party, version=1, by=SYSTEM, now=now, mobile="15480426473", skills=["急救"])

    rows, _ = read(db, town, now, csv([*HEAD, "手机", "技能", "职务"], ["0003", "吕莉", "办公室", "", "", ""]))

    assert [row["act"] for row in rows] == ["unchanged"]


def test_an_import_is_one_act_and_one_without_a_change_is_none(db, now, town):
    content = csv(HEAD, KUAI, ["0003", "吕丽", "办公室"])
    before = value(db, "SELECT COUNT(*) FROM audit")

    for _ in range(2):
        imports.store_people(db, read(db, town, now, content)[0], by=SYSTEM, now=now)

    assert value(db, "SELECT COUNT(*) FROM audit") == before + 1


def test_a_list_that_was_overtaken_is_refused_and_nothing_is_stored(db, now, town):
    rows, _ = read(db, town, now, csv(HEAD, KUAI, ["0003", "吕丽", "办公室"]))
    people.change(db, town.party, version=1, by=SYSTEM, now=now, role="deputy")

    with pytest.raises(Conflict) as refused:
        imports.store_people(db, rows, by=SYSTEM, now=now)

    assert refused.value.code == "list_was_overtaken"
    assert people.by_staff_no(db, ["00103"]) == {}


# what is refused at its row and column


@pytest.mark.parametrize(
    ("head", "cell", "problem"),
    [
        ("职务", "党委委员", "unknown_role"),
        ("政治面貌", "待查", "unknown_party"),
        ("邮箱", "kuai@", "bad_email"),
        ("到岗日期", "2026-02-30", "bad_date"),
        ("到岗日期", "2026年3月", "bad_date"),
        ("到岗日期", "46083", "bad_date"),
        ("到岗日期", "0026-03-02", "bad_date"),
        ("离岗日期", "2019-12-31", "left_before_joined"),
        ("手机", "8.27E+10", "mobile_is_a_number"),
        ("语言", "法文", "unknown_language"),
        ("每周最多", "三次", "bad_number"),
        ("每周最多", "15", "out_of_range"),
        ("技能", "技" * 31, "too_long"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(db, now, town, head, cell, problem):
    rows, problems = read(db, town, now, csv([*HEAD, head], [*KUAI, ""], ["00110", "栾布", "办公室", cell]))

    assert told(problems) == [(3, f"D {head}", problem)]
    assert [row["name"] for row in rows] == ["蒯通"]
    assert "{" not in sentence(problems[0], "zh") + sentence(problems[0], "en")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["", "栾布", "办公室"], [(2, "A 工号", "required")]),
        (["00110", "", "办公室"], [(2, "B 姓名", "required")]),
        (["00110", "栾布", ""], [(2, "C 单位", "required")]),
        (["00110", "栾布"], [(2, "C 单位", "required")]),
        (["00110", "栾\u200b布", "办公室"], [(2, "B 姓名", "bad_characters")]),
        (["00 110", "栾布", "办公室"], [(2, "A 工号", "bad_staff_no")]),
        (['"=""00110"""', "栾布", "办公室"], [(2, "A 工号", "bad_staff_no")]),
        (["1.1E+5", "栾布", "办公室"], [(2, "A 工号", "staff_no_is_a_number")]),
        (["00110", "栾布", "财务部"], [(2, "C 单位", "unit_is_not_known")]),
        (["00110", "栾布", "办公室", "多出"], [(2, None, "row_is_too_long")]),
        (
            ["", "", "财务部"],
            [(2, "A 工号", "required"), (2, "B 姓名", "required"), (2, "C 单位", "unit_is_not_known")],
        ),
    ],
)
def test_a_wrong_line_is_told_whole(db, now, town, cells, expected):
    assert told(read(db, town, now, csv(HEAD, cells))[1]) == expected


def test_a_staff_number_that_is_a_number_in_the_workbook_is_refused(db, now, town):
    _, problems = read(db, town, now, book(HEAD, [103, "蒯通", "办公室"]), "名单.xlsx")

    assert told(problems) == [(2, "A 工号", "staff_no_is_a_number")]
    assert sentence(problems[0], "zh").startswith("工号 103 存成了数字")


def test_a_number_twice_in_the_list_names_the_first_row(db, now, town):
    _, problems = read(db, town, now, csv(HEAD, KUAI, ["00110", "栾布", "办公室"], ["００１０３", "陆贾", "办公室"]))

    assert told(problems) == [(4, "A 工号", "staff_no_twice")]
    assert sentence(problems[0], "en") == "Staff number 00103 stands in row 2 already."


def test_a_unit_whose_name_two_have_needs_its_path(db, now, town):
    outlet = builders.unit(db, now, "江北支行", town.branch)
    builders.unit(db, now, "办公室", outlet)

    rows, problems = read(db, town, now, csv(HEAD, KUAI, ["00110", "栾布", "江北支行/办公室"]))

    assert told(problems) == [(2, "C 单位", "unit_is_ambiguous")]
    assert problems[0].facts["units"] == "巴中市分行/办公室、巴中市分行/江北支行/办公室"
    assert [row["unit"] for row in rows] == ["巴中市分行/江北支行/办公室"]


def test_units_and_people_outside_of_the_readers_are_refused(db, now, town):
    outlet = builders.unit(db, now, "江北支行", town.branch)

    rows, problems = imports.read_people(
        db, csv(HEAD, KUAI, ["0003", "吕莉", "江北支行"]), "名单.csv", within=outlet, now=now
    )

    assert rows == []
    assert told(problems) == [(2, "C 单位", "unit_is_not_known"), (3, "A 工号", "staff_no_is_elsewhere")]


def test_every_bad_row_is_listed_in_the_order_of_the_file(db, now, town):
    bad = [[f"{number:05}", "栾布", "财务部"] for number in range(300)]

    _, problems = read(db, town, now, csv(HEAD, *bad))

    assert [problem.row for problem in problems] == list(range(2, 302))


# what is refused whole


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.csv", "file_is_empty"),
        (b" \r\n\r\n", "a.csv", "file_is_empty"),
        (b",,\r\n,,\r\n", "a.csv", "file_is_empty"),
        (csv(HEAD), "a.csv", "no_people_in_list"),
        (csv(KUAI), "a.csv", "head_not_found"),
        (csv(HEAD[:2], KUAI[:2]), "a.csv", "columns_are_missing"),
        (csv([*HEAD, "员工编号"], [*KUAI, "1"]), "a.csv", "columns_are_double"),
        (csv(HEAD, KUAI, ["00110", '"栾布', "办公室"]), "a.csv", "csv_is_broken"),
        (csv(HEAD, KUAI, encoding="gbk") + b"\xff\xff\xff", "a.csv", "encoding_unknown"),
        (csv(HEAD, encoding="gbk") + csv(KUAI), "a.csv", "encoding_is_mixed"),
        (csv(HEAD) + csv(KUAI, encoding="gbk"), "a.csv", "encoding_is_mixed"),
        (csv(HEAD, KUAI), "a.xlsx", "file_is_not_what_its_name_says"),
        (book(HEAD, KUAI), "a.csv", "file_is_not_what_its_name_says"),
        (csv(HEAD, KUAI), "a.xls", "file_kind_is_not_read"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600), "a.xls", "file_kind_is_not_read"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "file_has_password"),
        (b"%PDF-1.7\n", "a.pdf", "file_kind_is_not_read"),
        (b"PK\x03\x04 and no more", "a.xlsx", "file_is_broken"),
        (b"\0\1\2", "a.bin", "file_kind_is_not_read"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(db, now, town, content, name, code):
    assert refused_whole(db, town, now, content, name) == code


def packed(**files: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), text)
    return target.getvalue()


def test_an_open_document_is_refused_by_its_kind(db, now, town):
    rows, problems = read(db, town, now, packed(content_xml="<office/>"), "a.ods")

    assert rows == []
    assert sentence(problems[0], "en") == "Files of kind .ods are not read: save it as .xlsx or CSV in Excel or WPS."


def test_a_workbook_that_unpacks_too_large_is_refused_before_it_is_read(db, now, town):
    content = packed(xl__workbook_xml="", xl__worksheets__sheet1_xml=" " * (sheets.MOST_UNPACKED + 1))

    assert len(content) < 200_000
    assert refused_whole(db, town, now, content, "a.xlsx") == "file_unpacks_too_large"


def test_a_workbook_is_read_by_a_process_that_is_bound_tighter_than_its_reader(tmp_path):
    """As the background process is: its reader may not widen what it was given."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(book(["工号", "姓名"], ["0001", "王磊"]))
    bound = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (intake.MEMORY_MOST, intake.MEMORY_MOST))
print(len(sheets.read_book(open(sys.argv[1], "rb").read(), "a.xlsx").sheets[0].lines))
"""
    code = f"from scheduler import intake\nfrom scheduler.imports import sheets{bound}"

    told = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)

    assert (told.stdout, told.stderr) == ("2\n", "")


def test_a_workbook_whose_inside_is_broken_is_refused(db, now, town):
    content = packed(xl__workbook_xml="<workbook><sheets><sheet")

    assert refused_whole(db, town, now, content, "a.xlsx") == "file_is_broken"


def test_two_far_corners_do_not_take_the_process_down(db, now, town):
    content = book(HEAD, KUAI, fill=lambda _made, sheet: sheet.write(1_048_575, 16_383, "x"))

    assert len(content) < 10_000
    assert refused_whole(db, town, now, content, "a.xlsx") == "file_takes_too_much"


def test_a_workbook_with_two_filled_sheets_asks_for_one(db, now, town):
    content = book(HEAD, KUAI, fill=lambda made, _sheet: made.add_worksheet("通讯录").write(0, 0, "x"))

    assert refused_whole(db, town, now, content, "a.xlsx") == "several_sheets"


@pytest.mark.parametrize("make", [csv, book])
def test_a_list_of_too_many_rows_is_refused(make):
    content = make(*[["x"]] * (sheets.MOST_ROWS + sheets.MOST_ABOVE + 1))

    with pytest.raises(Invalid) as refused:
        sheets.read_sheet(content, "a.csv" if make is csv else "a.xlsx")

    assert refused.value.code == "too_many_rows"


def test_an_import_holds_no_lock_while_it_reads(tmp_path: Path, now):
    writer = database.connect(tmp_path / "a.sqlite3", SHANGHAI)
    database.migrate(writer)
    town = builders.town(writer, now)
    reader = database.connect(tmp_path / "a.sqlite3", SHANGHAI)

    with database.write(writer):
        rows, problems = read(reader, town, now, csv(HEAD, KUAI))

    assert (len(rows), problems) == (1, [])


def test_departments_as_lines_of_their_own_are_their_peoples(db, now, town):
    content = csv(["工号", "姓名", "职务"], ["办公室（2人）", "", ""], ["00103", "蒯通", "员工"],
                  ["00110", "栾布", "员工"], ["保卫部", "", ""], ["00117", "彭越", "员工"])  # fmt: skip

    rows, problems = read(db, town, now, content)

    assert [(row["row"], row["unit"]) for row in rows] == [(3, "巴中市分行/办公室"), (4, "巴中市分行/办公室")]
    assert told(problems) == [(6, "D 部门", "unit_is_not_known")]


def test_a_department_left_empty_without_a_merged_cell_is_a_question(db, now, town):
    rows, problems = read(db, town, now, csv(HEAD, KUAI, ["00110", "栾布", ""]))

    assert ([row["row"] for row in rows], told(problems)) == ([2], [(3, "C 单位", "required")])


def test_what_a_list_says_of_sex_birth_and_identity_is_not_kept(db, now, town):
    content = csv(
        ["工号", "姓名", "性别", "出生日期", "身份证号", "单位", "职务", "岗位", "手机", "办公电话", "联系电话"],
        ["00103", "蒯通", "男", "1990-01-02", "511900199001021234", "办公室", "员工", "综合岗", "15480426473", "", "1"],
    )

    rows, problems = read(db, town, now, content)

    assert problems == []
    assert {**rows[0]["given"], "joined_on": None} == {
        "staff_no": "00103", "name": "蒯通", "unit_id": town.office, "role": "staff", "mobile": "15480426473",
        "joined_on": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("head", "cell"), [("状态", "离职"), ("备注", "2025年已退休"), ("是否在职", "否"), ("备注", "已调出")]
)
def test_who_has_left_without_a_day_is_a_question(db, now, town, head, cell):
    rows, problems = read(db, town, now, csv([*HEAD, head], [*KUAI, cell], ["00110", "栾布", "办公室", "在职"]))

    assert ([row["row"] for row in rows], told(problems)) == ([3], [(2, f"D {head}", "left_without_a_day")])


def test_who_has_left_on_a_day_is_certain_and_who_has_not_is_no_question(db, now, town):
    content = csv([*HEAD, "入职日期", "离职日期", "备注"], [*KUAI, "2020-01-01", "2026-02-01", "已离职"],
                  ["00110", "栾布", "办公室", "", "", "未离职"])  # fmt: skip

    rows, problems = read(db, town, now, content)

    assert (problems, [row["given"].get("left_on") for row in rows]) == ([], [date(2026, 2, 1), None])
