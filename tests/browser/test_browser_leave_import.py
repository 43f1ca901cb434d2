"""Leave that is brought along, on a phone: from one's own calendar at an allowed host, and a list by a coordinator."""

from __future__ import annotations

import pytest

from scheduler import accounts, intake
from scheduler.audit import SYSTEM
from scheduler.config import Hosts
from scheduler.database import rows, value

pytestmark = pytest.mark.browser

WORDS = {
    "zh": {"save": "保存并读取", "wrong": "不在可读取的主机之列", "kept": "已保存，一分钟内读取", "forget": "删除…",
           "really": "删除 1 个地址", "gone": "地址已删除", "hand": "上传并读取", "store": "导入",
           "undo": "撤销这次导入…", "all": "整批撤销"},
    "en": {"save": "Save and read", "wrong": "not among the hosts", "kept": "Saved: it is read within a minute",
           "forget": "Forget…", "really": "Forget 1 address", "gone": "The address is forgotten",
           "hand": "Hand in and read", "store": "Import", "undo": "Undo this import…", "all": "Undo all of it"},
}  # fmt: skip
LIST = "工号,姓名,类别,开始日期,结束日期\n0004,兰草,年假,2026-03-09,2026-03-10\n".encode()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_address_of_ones_calendar_is_refused_given_and_forgotten(phone, app, db, town, lang):
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"calendars": Hosts(hosts=("calendar.example",))})
    words = WORDS[lang]
    page = phone(town.lan, "/me/leave/calendar", lang)
    page.fill("[name=url]", "https://evil.example/x.ics")
    page.get_by_role("button", name=words["save"]).click()
    page.locator("main").get_by_text(words["wrong"]).first.wait_for(timeout=5000)
    page.fill("[name=url]", "https://calendar.example/secret-word/basic.ics")
    page.get_by_role("button", name=words["save"]).click()
    page.get_by_text(words["kept"]).wait_for(timeout=5000)
    assert "secret-word" not in page.content()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert rows(db, "SELECT person_id FROM leave_calendar") == [{"person_id": town.lan}]

    page.get_by_text(words["forget"], exact=True).click()
    page.get_by_role("button", name=words["really"]).click()
    page.get_by_text(words["gone"]).wait_for(timeout=5000)
    assert page.get_by_text(words["forget"], exact=True).count() == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_list_of_leave_is_handed_in_stored_and_undone(phone, db, settings, town, now, lang):
    words = WORDS[lang]
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
    page = phone(town.party, "/imports?kind=leave", lang)
    page.set_input_files("[name=file]", {"name": "请假.csv", "mimeType": "text/csv", "buffer": LIST})
    page.get_by_role("button", name=words["hand"]).click()
    worked(db, settings, now)
    page.reload()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name=words["store"], exact=True).click()
    worked(db, settings, now)
    page.reload()
    assert value(db, "SELECT COUNT(*) FROM away WHERE person_id = :id", id=town.lan) == 1

    page.get_by_text(words["undo"], exact=True).click()
    page.get_by_role("button", name=words["all"]).click()
    worked(db, settings, now)
    assert value(db, "SELECT COUNT(*) FROM away") == 0


def worked(db, settings, now) -> None:
    """Let the background process come round."""
    while intake.work_one(db, settings, now=now):
        pass
