"""A leader's week on a phone: what is owed, a visit planned on a day of their choice, and what stands against it."""

from __future__ import annotations

from datetime import date

import pytest

from scheduler import places, quotas
from scheduler.audit import SYSTEM
from scheduler.database import Database
from tests import builders
from tests.browser.test_browser_axe import AXE, violations

pytestmark = pytest.mark.browser

WORDS = {
    "zh": {"plan": "安排走访", "missing": "还差 2 次", "send": "安排这次走访", "done": "已安排", "left": "还差 1 次",
           "busy": "东风路社区", "next": "领导走访", "back": "撤回…", "sure": "撤回 1 次"},
    "en": {"plan": "Plan a visit", "missing": "2 missing", "send": "Plan this visit", "done": "Planned",
           "left": "1 missing", "busy": "东风路社区", "next": "Leader visit", "back": "Take back…",
           "sure": "Take 1 back"},
}  # fmt: skip


@pytest.fixture
def owed(db: Database, town: builders.Town, now) -> int:
    """The deputy owes two visits a week; the office sponsors the community; March is published."""
    places.sponsor(db, town.community, unit_id=town.office, starts_on=date(2026, 1, 1), by=SYSTEM, now=now)
    builders.published(db, town, now)
    return quotas.add(
        db, unit_id=town.branch, role="deputy", activity="visit", least=2, starts_on=date(2026, 1, 5), by=SYSTEM,
        now=now,
    )  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_visit_is_planned_on_a_phone_and_stands_first_among_ones_duties(phone, town, owed, lang):
    words = WORDS[lang]
    page = phone(town.deputy, "/me", lang)
    assert words["missing"] in page.locator(".owed").inner_text()
    page.get_by_role("link", name=words["plan"]).click()
    page.fill("[name=day]", "2026-03-03")
    page.get_by_role("button", name=words["send"]).click()
    page.locator(".banner--ok").wait_for(timeout=5000)
    assert words["left"] in page.locator(".owed").nth(1).inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    if AXE.exists():
        assert violations(page) == []

    page.fill("[name=day]", "2026-03-03")
    page.get_by_role("button", name=words["send"]).click()
    page.locator(".banner--no").wait_for()
    assert words["busy"] in page.locator(".banner--no").inner_text()
    page.goto("/me")
    told = page.locator(".next").inner_text()
    assert (words["next"] in told, "09:00–11:00" in told) == (True, True)

    page.goto(f"/me/visits/{owed}")
    page.get_by_text(words["back"], exact=True).click()
    page.get_by_role("button", name=words["sure"]).click()
    page.locator(".banner--ok").wait_for(timeout=5000)
    assert page.get_by_text(words["back"], exact=True).count() == 0
