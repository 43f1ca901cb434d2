"""My duties on a telephone: seen, opened, kept to be read without a connection, and gone after signing out."""

from __future__ import annotations

from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page

from scheduler import clock, database
from scheduler.database import value
from tests.browser.conftest import STAFF, Visit
from tests.running import Running

WORDS = {
    "zh": {"got": "收到", "seen": "已收到", "offline": "离线 · 上次更新"},
    "en": {"got": "Got it", "seen": "Seen", "offline": "Offline · last updated"},
}
KEPT = """async () => {
    const all = [];
    for (const name of await caches.keys())
        for (const one of await (await caches.open(name)).keys()) {
            const { pathname } = new URL(one.url);
            const text = pathname.startsWith("/static/") ? "" : await (await caches.match(one)).text();
            all.push([pathname, text]);
        }
    return all;
}"""


def kept_pages(page: Page) -> dict[str, str]:
    """What the phone keeps, static files left out: path → text."""
    return {path: text for path, text in page.evaluate(KEPT) if not path.startswith("/static/")}


def not_answered(lunzhi: Running) -> str:
    """The staff number of somebody whose next duty they have not said that they have seen."""
    db = database.connect(lunzhi.folder / "lunzhi.sqlite3", ZoneInfo("Asia/Shanghai"), create=False)
    try:
        return str(
            value(
                db,
                """
                SELECT person.staff_no
                FROM (
                    SELECT id, person_id, MIN(starts_at) FROM standing WHERE starts_at > :now GROUP BY person_id
                ) AS next
                JOIN person ON person.id = next.person_id
                WHERE NOT EXISTS (SELECT 1 FROM acknowledged WHERE acknowledged.assignment_id = next.id)
                ORDER BY person.id
                """,
                now=clock.to_text(clock.now()),
            )
        )
    finally:
        db.close()


def settled(page: Page) -> None:
    """Wait until the worker answers for this page and has kept it."""
    page.evaluate("() => navigator.serviceWorker.ready")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.reload(wait_until="networkidle")
    page.wait_for_function("async () => Boolean(await caches.match(location.pathname))")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_duties_are_seen_on_a_phone_within_360_pixels_and_under_one_thumb(visit: Visit, lang: str) -> None:
    page = visit(STAFF, "/me", "phone", lang)
    page.set_viewport_size({"width": 360, "height": 740})
    held = page.locator(".next__place a").get_attribute("href")

    for path in ("/me", held, "/me/history"):
        page.goto(str(path))
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        low = "e => e.filter(one => one.offsetHeight && one.offsetHeight < 44).map(one => one.textContent.trim())"
        assert page.locator("main .acts__act, main .duty__line, main button, .bottom a").evaluate_all(low) == [], path


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_duty_is_acknowledged_and_read_without_a_connection_until_one_signs_out(
    lunzhi: Running, browser: Browser, lang: str
) -> None:
    words = WORDS[lang]
    who = not_answered(lunzhi)
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, base_url=lunzhi.url)
    page = context.new_page()
    page.goto(lunzhi.url + urlsplit(lunzhi.link(who)).path)
    page.locator("form[action^='/signin/'] button").click()
    page.wait_for_url(lambda url: "/signin" not in url)
    page.goto("/me")
    if not str(page.locator("html").get_attribute("lang")).startswith(lang):
        with page.expect_navigation():
            page.locator("form[action='/language'] button").first.evaluate("one => one.click()")
    page.get_by_role("button", name=words["got"]).click()
    assert words["seen"] in page.locator(".acts").inner_text()
    settled(page)
    held = str(page.locator(".next__place a").get_attribute("href"))
    place = page.locator(".next__place b").inner_text()
    page.goto(held)
    page.wait_for_function("async () => Boolean(await caches.match(location.pathname))")
    page.goto("/me/calendar")

    kept = kept_pages(page)
    context.set_offline(True)
    page.goto("/me")

    assert {path for path in kept if not path.startswith("/me/check-in/")} == {"/me", held}
    assert f"/me/check-in/{held.rpartition('/')[2]}" in kept  # of the next duty, never opened
    assert [text for text in kept.values() if "csrf" in text or "<form" in text or "duty.ics" in text] == []
    assert words["offline"] in page.locator("[data-kept]").inner_text()
    assert page.locator(".next__place b").inner_text() == place
    assert page.locator("button:visible").count() == 0
    page.goto(held)
    assert page.locator(".next__place b").inner_text() == place

    context.set_offline(False)
    page.goto("/me")
    page.locator("form[action='/signout'] button").evaluate("one => one.click()")
    page.wait_for_url("**/signin*")
    assert kept_pages(page) == {}
    context.set_offline(True)
    page.goto("/me")
    assert place not in page.content()
    context.close()
