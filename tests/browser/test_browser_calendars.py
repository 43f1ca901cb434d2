"""Subscribe pages on a phone: an address made, copied, scanned, named, renewed, revoked; a unit's beside one's own."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from scheduler import accounts
from scheduler.audit import SYSTEM
from tests import builders
from tests.browser.test_browser_axe import AXE, violations
from tests.calendars import MONDAY

pytestmark = pytest.mark.browser

WORDS = {
    "zh": {"make": "生成订阅地址", "open": "用日历打开", "copy": "复制地址", "copied": "已复制", "save": "保存名字",
           "renew": "作废并换新地址…", "really": "作废旧地址，换新地址", "stop": "停止订阅…", "revoke": "作废地址",
           "fetched": "上次读取", "browser": "在浏览器打开"},
    "en": {"make": "Make an address", "open": "Open in calendar", "copy": "Copy address", "copied": "Copied",
           "save": "Save the name", "renew": "Revoke and renew…", "really": "Revoke the old, make a new one",
           "stop": "Stop…", "revoke": "Revoke the address", "fetched": "Last fetched", "browser": "Open in browser"},
}  # fmt: skip


def shown(page: Page) -> str:
    """The path of the address that the page shows, once."""
    return urlsplit(page.locator(".address__text").inner_text(timeout=5000)).path


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_ones_own_address_is_made_copied_named_renewed_and_revoked(phone, db, town, lang):
    words = WORDS[lang]
    builders.shift(db, town, MONDAY, [town.lan])
    page = phone(town.lan, "/me/calendar", lang, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name=words["make"]).click()
    first = shown(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    if AXE.exists():
        assert violations(page) == []
    opens = page.get_by_role("link", name=words["open"]).get_attribute("href")
    assert opens == f"webcal://127.0.0.1:8000{first}"
    assert page.locator(".subscribe__scan svg").bounding_box()["width"] > 100
    assert words["browser"] in page.locator("main").inner_text()
    page.get_by_role("button", name=words["copy"]).click()
    page.get_by_text(words["copied"], exact=True).wait_for(timeout=5000)
    assert page.evaluate("navigator.clipboard.readText()").endswith(first)
    assert "江北支行" in page.request.get(first).text()

    page.goto("/me/calendar")
    assert words["fetched"] in page.locator("main").inner_text()
    page.fill("[name=name]", "我的手机")
    page.get_by_role("button", name=words["save"]).click()
    page.locator(".banner--ok").wait_for(timeout=5000)
    page.get_by_text(words["renew"], exact=True).click()
    page.get_by_role("button", name=words["really"]).click()
    second = shown(page)
    assert [page.request.get(path).status for path in (first, second)] == [404, 200]

    page.goto("/me/calendar")
    page.get_by_text(words["stop"], exact=True).click()
    page.get_by_role("button", name=words["revoke"], exact=True).click()
    page.get_by_role("button", name=words["make"]).wait_for(timeout=5000)
    assert page.request.get(second).status == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_coordinator_subscribes_to_a_unit_its_visits_and_a_place(phone, db, town, now, lang):
    words = WORDS[lang]
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
    builders.shift(db, town, MONDAY, [town.lan])
    builders.shift(db, town, MONDAY, [town.deputy], activity="visit", place_id=town.community)
    page = phone(town.party, f"/units/{town.branch}/calendar", lang)
    texts = []
    for path in (f"/units/{town.branch}/calendar", f"/units/{town.branch}/visits", f"/places/{town.outlet}/calendar"):
        page.goto(path)
        page.get_by_role("button", name=words["make"]).click()
        texts.append(page.request.get(shown(page)).text())
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path

    assert [("兰草" in text, "杜明月" in text) for text in texts] == [(True, True), (False, True), (True, False)]
