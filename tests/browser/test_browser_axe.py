"""No page has a serious or critical violation that axe-core knows of, in either language."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import ADMINISTRATOR, COORDINATOR, SIZES, STAFF, Visit

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"

COORDINATED = (
    "/rosters",
    "/rosters/new",
    "{published}",
    "{published}?span=week&view=people",
    "{published}/publish",
    "{published}/fill",
    "{published}/scenarios",
    "{published}/print",
    "{published}/versions",
    "{published}/versions/1",
    "{draft}?span=week",
    "{draft}/publish",
    "{draft}/fill",
    "{draft}/scenarios",
    "{draft}/history",
    "{draft}/shifts/new",
    "{draft}/print?view=people",
    "{draft}/import",
    "/walls",
    "/attendance",
    "/leave",
    "/openings",
    "/quotas",
    "/quotas/new",
    "/tallies",
    "/trips",
    "/people",
    "/people/1",
    "/people/new",
    "/people/import",
    "/units",
    "/units/new",
    "/places",
    "/places/1",
    "/places/new",
    "/templates",
    "/templates/new",
    "/workdays",
)
ADMINISTERED = ("/operations", "/access", "/rules", "/policy", "/messages", "/leave/rules")
OWN = ("/me", "/me/history", "/me/calendar", "/me/leave", "/me/open", "/me/wishes")


@pytest.fixture(autouse=True)
def axe() -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci --prefix tests")


def violations(page: Page) -> list[str]:
    """What axe-core calls serious or critical: the rule, what it is about, and the first element."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
    return [
        f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:160]} ({len(one['nodes'])})"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def of(page: Page, paths: tuple[str, ...]) -> dict[str, list[str]]:
    """What is wrong, by page, at both widths. A page has to be there: one that tells of an error has nothing wrong."""
    wrong = {}
    for path in paths:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        for width, height in SIZES.values():  # loaded once, looked at twice
            page.set_viewport_size({"width": width, "height": height})
            if found := violations(page):
                wrong[f"{path} {width}"] = found
    return wrong


def rosters(page: Page) -> dict[str, str]:
    """The addresses of a published roster and of a draft, as the list names them."""
    page.goto("/rosters")
    rows = [
        (row.locator("a").first.get_attribute("href") or "", row.locator(".chip").first.inner_text())
        for row in page.locator("tbody tr").all()
    ]
    names = {"published": ("已发布", "Published"), "draft": ("草稿", "Draft")}
    return {name: next(path for path, state in rows if state in words) for name, words in names.items()}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pages_of_a_coordinator(visit: Visit, lang: str):
    page = visit(COORDINATOR, "/rosters", lang=lang)
    held = rosters(page)

    assert of(page, tuple(path.format(**held) for path in COORDINATED)) == {}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_board_with_an_open_panel_and_its_list_of_keys(visit: Visit, lang: str):
    page = visit(COORDINATOR, "/rosters", lang=lang)
    held = rosters(page)
    page.goto(f"{held['draft']}?span=week")
    page.locator("#grid a.slot").first.click()
    page.locator("#panel h2").wait_for()

    assert violations(page) == []
    page.locator("[data-keys]").click()
    assert violations(page) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_panel_on_a_telephone(visit: Visit, lang: str):
    page = visit(COORDINATOR, "/rosters", "phone", lang)
    held = rosters(page)
    page.goto(f"{held['draft']}?span=week")
    page.locator("a.slot:visible").first.click()
    page.locator("#panel h2").wait_for()

    assert violations(page) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("who", "paths"), [(ADMINISTRATOR, ADMINISTERED), (STAFF, OWN)], ids=["admin", "staff"])
def test_pages_of_an_administrator_and_of_a_member_of_staff(visit: Visit, lang: str, who: str, paths: tuple[str, ...]):
    page = visit(who, paths[0], lang=lang)

    assert of(page, paths) == {}
