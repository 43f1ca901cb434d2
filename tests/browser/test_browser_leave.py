"""Leave in a browser: asked for on a phone, decided at a desk, read on the phone again; wishes beside it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.browser.conftest import COORDINATOR, STAFF, Visit

FAR = date.today() + timedelta(days=200)  # no roster of the demonstration reaches so far

WORDS = {
    "zh": {
        "send": "提交",
        "waits": "待审批",
        "approve": "批准",
        "approved": "已批准",
        "add": "登记",
        "rather": "不愿意",
    },
    "en": {
        "send": "Send",
        "waits": "Waiting",
        "approve": "Approve",
        "approved": "Approved",
        "add": "Add",
        "rather": "Rather not",
    },
}


@pytest.mark.parametrize(("lang", "at"), [("zh", 0), ("en", 1)])
def test_leave_is_asked_for_on_a_phone_and_approved_at_a_desk(visit: Visit, lang: str, at: int) -> None:
    words, day = WORDS[lang], (FAR + timedelta(days=at)).isoformat()
    phone = visit(STAFF, "/me/leave", "phone", lang)
    phone.select_option("[name=kind]", "training")
    phone.fill("[name=starts]", day)
    phone.fill("[name=starts_time]", "13:30")
    phone.get_by_role("button", name=words["send"]).click()

    row = phone.locator(".rows__row", has_text="13:30–24:00").nth(at)
    assert words["waits"] in row.inner_text()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390

    desk = visit(COORDINATOR, "/leave", "desktop", lang)
    desk.locator(".rows__row", has_text="13:30–24:00").get_by_role("button", name=words["approve"], exact=True).click()
    phone.reload()

    assert words["approved"] in phone.locator(".rows__row", has_text="13:30–24:00").nth(at).inner_text()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_wish_is_kept_and_taken_back_on_a_phone(visit: Visit, lang: str) -> None:
    words = WORDS[lang]
    phone = visit(STAFF, "/me/wishes", "phone", lang)
    before = phone.locator(".rows__row").count()
    phone.select_option("[name=kind]", "avoid")
    phone.select_option("[name=weekday]", "3")
    phone.get_by_role("button", name=words["add"]).click()

    row = phone.locator(".rows__row", has_text="周四" if lang == "zh" else "Thu")
    assert words["rather"] in row.inner_text()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390

    row.get_by_role("button").click()
    phone.wait_for_load_state()
    assert phone.locator(".rows__row").count() == before
