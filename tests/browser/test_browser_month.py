"""A coordinator's month and everybody's pages in a real browser, on the running demonstration."""

from __future__ import annotations

import re

import icalendar
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ADMINISTRATOR, COORDINATOR, STAFF, Visit
from tests.running import Running

pytestmark = pytest.mark.browser


def test_a_month_from_an_empty_draft_to_a_calendar(visit: Visit):
    page = visit(COORDINATOR, "/rosters")
    page.locator("tr", has=page.get_by_text("草稿")).get_by_role("link").first.click()
    board = page.url
    expect(unfilled(page)).not_to_have_text("0")

    page.get_by_role("link", name="自动排班").click()
    page.get_by_role("button", name="自动排班").click()
    expect(page.get_by_text("每个名额都有人。")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="看排班表").click()
    expect(unfilled(page)).to_have_text("0")

    # one is taken out; two windows then look at the same empty slot
    page.locator(".board a.slot").first.click()
    page.get_by_role("button", name="撤下").click()
    expect(unfilled(page)).to_have_text("1")
    late = visit(COORDINATOR, page.url)
    page.get_by_role("button", name=re.compile("^排入")).nth(1).click()
    expect(unfilled(page)).to_have_text("0")
    expect(page.locator(".panel__person")).to_contain_text("手工安排")

    late.get_by_role("button", name=re.compile("^排入")).first.click()
    expect(late.get_by_role("alert").first).to_contain_text("您看到的是空缺，现在是")

    page.goto(board)
    page.get_by_role("link", name="检查并发布").click()
    page.get_by_role("button", name=re.compile("^发布")).click()
    expect(page.locator(".chip", has_text="已发布").first).to_be_visible()


def test_a_calendar_is_subscribed_to_and_fetched(visit: Visit):
    page = visit(STAFF, "/me/calendar")
    page.locator("form[action='/me/calendar'] button").click()
    address = page.locator(".address__text").inner_text()

    answer = page.request.get(address)
    again = page.request.get(address, headers={"If-None-Match": answer.headers["etag"]})

    calendar = icalendar.Calendar.from_ical(answer.body())
    assert answer.headers["content-type"].startswith("text/calendar")
    assert len(calendar.walk("VEVENT")) > 0
    assert again.status == 304


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize(("lang", "title"), [("en", "Rosters"), ("zh", "排班")])
def test_pages_of_a_coordinator_fit_the_screen_in_both_languages(visit: Visit, size: str, lang: str, title: str):
    page = visit(COORDINATOR, "/rosters", size, lang)
    expect(page).to_have_title(re.compile(title))

    for path in (
        "/rosters",
        "/rosters/1",
        "/templates",
        "/people",
        "/units",
        "/places",
        "/tallies",
        "/quotas",
        "/workdays",
    ):
        page.goto(path)

        assert (path, scrolls_sideways(page)) == (path, False)


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pages_of_a_member_of_staff_fit_the_screen_in_both_languages(visit: Visit, size: str, lang: str):
    page = visit(STAFF, "/me", size, lang)

    for path in ("/me", "/me/calendar"):
        page.goto(path)

        assert (path, scrolls_sideways(page)) == (path, False)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_english_page_is_english_and_a_chinese_one_chinese(visit: Visit, lang: str):
    page = visit(ADMINISTRATOR, "/operations", lang=lang)

    heading = page.get_by_role("heading", level=1).inner_text()
    assert bool(re.search("[一-鿿]", heading)) == (lang == "zh")


def test_every_page_says_that_this_is_the_demonstration(visit: Visit):
    for staff_no, path in ((COORDINATOR, "/rosters"), (STAFF, "/me"), (ADMINISTRATOR, "/operations")):
        page = visit(staff_no, path)

        expect(page.locator("body")).to_contain_text("演示数据")


def test_a_used_link_does_not_open_twice(visit: Visit, lunzhi: Running):
    page = visit(COORDINATOR)

    answer = page.goto(lunzhi.links[COORDINATOR])

    assert answer is not None
    assert answer.status == 404


def unfilled(page: Page):
    """The figure under 空缺 in the summary line."""
    return page.locator(".stat", has=page.get_by_text("空缺", exact=True)).locator("b, strong, .stat__figure").first


def scrolls_sideways(page: Page) -> bool:
    """Whether the page itself, not a table in it, is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
