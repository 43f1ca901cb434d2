"""Swap and cover on telephones: asked for from one's duty, answered from a mail's link without sign-in."""

from __future__ import annotations

from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page

from scheduler import accounts, clock, config, database, swaps
from scheduler.audit import SYSTEM
from scheduler.config import Settings
from scheduler.database import Database, Row, rows, run, value, write
from tests.browser.conftest import SIZES
from tests.browser.test_browser_axe import AXE, violations
from tests.running import Running

pytestmark = pytest.mark.browser

COMING = """
SELECT standing.id AS assignment_id, standing.person_id, standing.shift_id
FROM standing
JOIN shift ON shift.id = standing.shift_id AND shift.state = 'planned'
JOIN assignment ON assignment.id = standing.id AND assignment.state = 'planned'
JOIN person ON person.id = standing.person_id AND person.role = 'staff'
JOIN roster ON roster.id = shift.roster_id AND roster.state = 'published'
WHERE standing.starts_at > :now
ORDER BY standing.starts_at DESC, standing.id
LIMIT 20
"""
TOP = """
SELECT above_id FROM shift JOIN unit_above ON unit_above.unit_id = shift.unit_id
WHERE shift.id = :id ORDER BY depth DESC LIMIT 1
"""
STANDING = "SELECT person_id FROM standing WHERE shift_id = :id"
WORDS = {
    "zh": {"swap": "请求换班", "cover": "求替班", "yes": "同意", "done": "已生效", "link": "换班"},
    "en": {"swap": "Ask to swap", "cover": "Ask for cover", "yes": "Yes", "done": "Done", "link": "Swap"},
}


def duty_to_give(db: Database, kind: str) -> Row:
    """A duty to come that somebody else may take."""
    now = clock.now()
    for duty in rows(db, COMING, now=clock.to_text(now)):
        able = swaps.able(db, duty["assignment_id"], now=now)
        if (able.swap if kind == "swap" else able.cover) and not swaps.of_duty(db, duty["shift_id"], duty["person_id"]):
            return duty
    pytest.skip("the demonstration's month has no duty left to give")


def telephone(browser: Browser) -> Page:
    width, height = SIZES["phone"]
    context = browser.new_context(viewport={"width": width, "height": height}, is_mobile=True, has_touch=True)
    return context.new_page()


def fits(page: Page) -> None:
    """No sideways scrolling, nothing that axe finds."""
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES["phone"][0]
    if AXE.exists():
        assert violations(page) == []


def ask(page: Page, lunzhi: Running, duty: Row, kind: str, words: dict[str, str]) -> None:
    page.goto(f"{lunzhi.url}/me/duties/{duty['assignment_id']}")
    page.get_by_role("link", name=words["link"], exact=True).tap()
    page.wait_for_url("**/swap")
    fits(page)
    form = page.locator(f"form:has(input[name=kind][value={kind}])")
    form.locator("label.check").first.tap()
    form.get_by_role("button", name=words[kind], exact=True).tap()
    page.wait_for_url("**/me/swaps")
    fits(page)


def signed_in_as(page: Page, lunzhi: Running, db: Database, person_id: int) -> None:
    page.goto(f"{lunzhi.url}/signin/{accounts.make_link(db, person_id, by=SYSTEM, now=clock.now())}")
    page.locator("form[action^='/signin/'] button").tap()
    page.wait_for_url(lambda url: "/signin" not in url)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", ["swap", "cover"])
def test_a_duty_changes_hands_from_one_phone_to_another(lunzhi: Running, browser: Browser, kind: str, lang: str):
    settings: Settings = config.load(lunzhi.folder)
    words = WORDS[lang]
    with closing(database.of(settings)) as db:
        duty = duty_to_give(db, kind)
        with write(db):
            run(db, "UPDATE person SET lang = :lang", lang=lang)
        mine, theirs = telephone(browser), telephone(browser)
        signed_in_as(mine, lunzhi, db, duty["person_id"])
        ask(mine, lunzhi, duty, kind, words)
        offer_id = value(db, "SELECT MAX(id) FROM swap_offer")
        asked = value(db, "SELECT person_id FROM swap_offer WHERE id = :id", id=offer_id)

        theirs.goto(swaps.link(lunzhi.url, settings.site.secret_key, offer_id))
        fits(theirs)
        theirs.get_by_role("button", name=words["yes"], exact=True).tap()
        theirs.get_by_role("status").wait_for()
        mine.reload()

        assert words["done"] in mine.locator(".rows__row").first.inner_text()
        assert theirs.context.cookies() == []
        stands = [row["person_id"] for row in rows(db, STANDING, id=duty["shift_id"])]
        assert (asked in stands, duty["person_id"] in stands) == (True, False)
        with write(db):
            run(db, "UPDATE person SET lang = 'zh'")
    for page in (mine, theirs):
        page.context.close()


TALK = {
    "zh": {"waits": "等排班员批准", "card": "为什么是", "approve": "批准", "approved": "已批准并生效"},
    "en": {
        "waits": "coordinator has to approve",
        "card": "Why",
        "approve": "Approve",
        "approved": "Approved, and done",
    },
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_two_agree_upon_waits_for_a_coordinator_on_their_phone(lunzhi: Running, browser: Browser, lang: str):
    settings: Settings = config.load(lunzhi.folder)
    words, talk = WORDS[lang], TALK[lang]
    with closing(database.of(settings)) as db:
        duty = duty_to_give(db, "cover")
        top = value(db, TOP, id=duty["shift_id"])
        swaps.set_policy(db, top, swaps.Policy(needs_approval=True), by=SYSTEM, now=clock.now())
        with write(db):
            run(db, "UPDATE person SET lang = :lang", lang=lang)
        mine, theirs, desk = telephone(browser), telephone(browser), telephone(browser)
        signed_in_as(mine, lunzhi, db, duty["person_id"])
        ask(mine, lunzhi, duty, "cover", words)
        offer_id = value(db, "SELECT MAX(id) FROM swap_offer")
        asked = value(db, "SELECT person_id FROM swap_offer WHERE id = :id", id=offer_id)

        theirs.goto(swaps.link(lunzhi.url, settings.site.secret_key, offer_id))
        theirs.get_by_role("button", name=words["yes"], exact=True).tap()
        theirs.get_by_role("status").wait_for()
        mine.goto(f"{lunzhi.url}/me/duties/{duty['assignment_id']}")
        waits = mine.locator("main").inner_text()
        fits(mine)
        signed_in_as(desk, lunzhi, db, value(db, "SELECT id FROM person WHERE staff_no = '00101'"))
        desk.goto(f"{lunzhi.url}/swaps")
        fits(desk)
        card = desk.locator(f"#swap-{value(db, 'SELECT MAX(id) FROM swap_request')}")
        told = card.inner_text()
        card.get_by_role("button", name=talk["approve"], exact=True).tap()
        desk.get_by_text(talk["approved"]).wait_for()

        stands = [row["person_id"] for row in rows(db, STANDING, id=duty["shift_id"])]
        assert (asked in stands, duty["person_id"] in stands) == (True, False)
        assert (talk["waits"] in waits, talk["card"] in told) == (True, True)
        swaps.set_policy(db, top, swaps.Policy(), by=SYSTEM, now=clock.now())
        with write(db):
            run(db, "UPDATE person SET lang = 'zh'")
    for page in (mine, theirs, desk):
        page.context.close()
