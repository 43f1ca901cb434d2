"""Importing in a browser: a list with heads of its own is handed in, mapped, asked about, looked at, stored, undone."""

from __future__ import annotations

import pytest

from scheduler import accounts, intake
from scheduler.audit import SYSTEM
from scheduler.database import rows, value
from tests.wall_sheets import Wall

pytestmark = pytest.mark.browser

HEAD = ["谁", "什么假", "从", "到哪天"]
LINES = [["兰草", "年假", "2026-03-03", "2026-03-04"], ["闵航", "病假", "2026-03-05", "2026-03-05"],
         ["薄荷", "事假", "2026-03-35", "2026-03-36"]]  # fmt: skip
FIELDS = ("name", "kind", "starts", "ends")
WORDS = {
    "zh": {"hand": "上传并读取", "read": "按此读取", "out": "这一行不导入",
           "again": "按回答再读", "added": "新增 2", "store": "导入", "stored": "新增 2，修改 0",
           "undo": "撤销这次导入…",
           "sure": "整批撤销", "gone": "这次导入写入的都已撤回"},
    "en": {"hand": "Hand in and read", "read": "Read it so", "near": "吕莉 0003",
           "out": "Leave the row out", "again": "Read it with the answers", "added": "2 added", "store": "Import",
           "stored": "2 added, 0 changed", "undo": "Undo this import…", "sure": "Undo all of it",
           "gone": "All that this import stored was taken back"},
}  # fmt: skip
REASON = {"zh": "不是日期", "en": "is not a date"}


@pytest.fixture
def book(tmp_path):
    """The list as a file on somebody's disk."""
    wall = Wall().put(0, 0, *HEAD)
    for n, line in enumerate(LINES):
        wall.put(1 + n, 0, *line)
    path = tmp_path / "登记.xlsx"
    path.write_bytes(wall.content())
    return path


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_list_is_mapped_asked_about_stored_and_undone(phone, book, db, town, settings, now, lang):
    words = WORDS[lang]
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
    page = phone(town.party, "/imports", lang)
    page.set_default_timeout(8_000)

    def hand_in():
        page.check("[name=kind][value=leave]")
        page.select_option("[name=unit_id]", str(town.branch))
        page.set_input_files("[name=file]", book)
        page.get_by_role("button", name=words["hand"]).click()

    def worked():
        """The background process has had its turn."""
        page.locator("[data-follow]").wait_for()
        while intake.work_one(db, settings, now=now):
            pass

    hand_in()
    worked()
    page.locator("[data-follow]").wait_for(state="detached")  # the page sees it by itself; further on it is asked
    for n, field in enumerate(FIELDS):
        page.select_option(f"[name=c{n}]", field)
    page.get_by_role("button", name=words["read"]).click()
    worked()
    page.reload()

    asked = page.locator(".question")
    near, wrong = asked.filter(has_text="闵航"), asked.filter(has_text="2026-03-35")
    assert "A3" in near.inner_text()
    assert "C4" in wrong.inner_text()
    assert REASON[lang] in wrong.inner_text()
    assert value(db, "SELECT COUNT(*) FROM away") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    near.get_by_label("闵行", exact=True).check()
    wrong.get_by_label(words["out"]).check()
    page.get_by_role("button", name=words["again"]).click()
    worked()
    page.reload()

    assert words["added"] in page.locator(".summary").inner_text()
    page.get_by_role("button", name=words["store"], exact=True).click()
    worked()
    page.reload()
    assert words["stored"] in page.locator(".banner").first.inner_text()
    assert [row["person_id"] for row in rows(db, "SELECT person_id FROM away ORDER BY id")] == [town.lan, town.min]

    page.get_by_text(words["undo"], exact=True).click()
    page.get_by_role("button", name=words["sure"], exact=True).click()
    worked()
    page.reload()
    assert words["gone"] in page.locator(".banner").first.inner_text()
    assert value(db, "SELECT COUNT(*) FROM away") == 0

    page.goto("/imports")
    hand_in()
    worked()
    page.reload()
    assert page.locator(".question").count() == 2  # the columns are known by now
