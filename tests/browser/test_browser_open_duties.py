"""Open duties in a browser: a seat is taken and left on a phone, opened and closed at a desk, people are called up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.browser.conftest import COORDINATOR, STAFF, Visit

pytestmark = pytest.mark.browser

WORDS = {
    "zh": {"take": "报名占 1 个名额", "mine": "已报上", "leave": "退出…", "sure": "退出 1 班", "left": "已退出。",
           "call": "发出征集", "open": "已开放报名", "close": "关闭报名…", "really": "关闭，通知",
           "closed": "已关闭报名"},
    "en": {"take": "Take a seat", "mine": "The seat is yours", "leave": "Leave…", "sure": "Leave 1 duty",
           "left": "You have left it.", "call": "Call them up", "open": "Open for sign-up;", "close": "Close…",
           "really": "Close, tell", "closed": "Closed;"},
}  # fmt: skip
HOURS = {"zh": ("05:00", "05:40"), "en": ("05:45", "06:25")}  # when nobody is on duty anywhere


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_people_are_called_up_and_one_takes_a_seat_and_leaves_it_again(visit: Visit, lang: str) -> None:
    words, (starts, ends) = WORDS[lang], HOURS[lang]
    desk = visit(COORDINATOR, "/openings", "desktop", lang)
    desk.locator("tbody th a").first.click()
    desk.locator(".head__crumbs a").nth(1).click()
    desk.locator("a[href$='/call-up']").click()
    desk.select_option("[name=place_id]", index=1)
    last = date.fromisoformat(desk.locator("[name=day]").get_attribute("max") or "")
    desk.fill("[name=day]", min(date.today() + timedelta(days=1), last).isoformat())
    desk.fill("[name=starts]", starts)
    desk.fill("[name=ends]", ends)
    desk.fill("[name=seats]", "2")
    desk.get_by_role("button", name=words["call"]).click()
    assert words["open"] in desk.locator(".banner").first.inner_text()

    phone = visit(STAFF, "/me/open", "phone", lang)
    card = phone.locator("article", has_text=f"{starts}–{ends}")
    card.get_by_role("button", name=words["take"]).click()
    assert words["mine"] in card.inner_text()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    desk.reload()
    assert desk.locator("ol.rows").first.locator("a b").count() == 1

    card.get_by_text(words["leave"], exact=True).click()
    card.get_by_role("button", name=words["sure"]).click()
    assert words["left"] in phone.locator(".banner").first.inner_text()

    desk.reload()
    desk.get_by_text(words["close"], exact=True).click()
    desk.get_by_role("button", name=words["really"]).click()
    assert words["closed"] in desk.locator(".banner").first.inner_text()
    phone.reload()
    assert phone.locator("article", has_text=f"{starts}–{ends}").count() == 0
