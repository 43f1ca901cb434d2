"""No page is wider than the screen, or has a serious or critical violation that axe-core knows of, in two languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.addresses import ADMINISTERED, COORDINATED, OPEN, OWN, held
from tests.browser.conftest import ADMINISTRATOR, COORDINATOR, SIZES, STAFF, Visit
from tests.running import Running

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(autouse=True)
def axe() -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci --prefix tests")


def violations(page: Page) -> list[str]:
    """What axe-core calls serious or critical: the rule, what it is about, and the first element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({ resultTypes: ['violations'], selectors: false })")["violations"]
    return [
        f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:160]} ({len(one['nodes'])})"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def of(page: Page, paths: tuple[str, ...], lang: str) -> dict[str, list[str]]:
    """What is wrong, by page. A page has to be there: one that tells of an error has nothing wrong.

    In Chinese at both widths; in English, whose pages have the same elements and longer words, at the narrow one.
    """
    sizes = SIZES.values() if lang == "zh" else [SIZES["phone"]]
    wrong = {}
    for path in paths:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        for width, height in sizes:  # loaded once, looked at twice
            page.set_viewport_size({"width": width, "height": height})
            if found := violations(page):
                wrong[f"{path} {width}"] = found
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wrong[f"{path} {width}, sideways"] = ["wider than the screen"]
    return wrong


@pytest.fixture(scope="module")
def known(lunzhi: Running) -> dict[str, object]:
    """Ids and secrets of the demonstration, as the addresses name them."""
    return held(lunzhi.folder, STAFF)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("who", "paths"),
    [(COORDINATOR, COORDINATED), (ADMINISTRATOR, ADMINISTERED), (STAFF, OWN)],
    ids=["coordinator", "administrator", "staff"],
)
def test_pages(visit: Visit, known: dict, lang: str, who: str, paths: tuple[str, ...]):
    page = visit(who, paths[0], lang=lang)

    assert of(page, tuple(path.format(**known) for path in paths), lang) == {}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pages_that_nobody_signs_in_for(lunzhi: Running, browser: Browser, known: dict, lang: str):
    context = browser.new_context(base_url=lunzhi.url)
    try:
        page = context.new_page()
        page.goto("/signin")
        if not str(page.locator("html").get_attribute("lang")).startswith(lang):
            with page.expect_navigation():
                page.locator(f"form[action='/language'] button[value='{lang}']").first.evaluate("one => one.click()")

        assert of(page, tuple(path.format(**known) for path in OPEN), lang) == {}
    finally:
        context.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_board_with_an_open_panel_and_its_list_of_keys(visit: Visit, known: dict, lang: str):
    page = visit(COORDINATOR, f"/rosters/{known['draft']}?span=week", lang=lang)
    page.locator("#grid a.slot").first.click()
    page.locator("#panel h2").wait_for()

    assert violations(page) == []
    page.locator("[data-keys]").click()
    assert violations(page) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_panel_on_a_telephone(visit: Visit, known: dict, lang: str):
    page = visit(COORDINATOR, f"/rosters/{known['draft']}?span=week", "phone", lang)
    page.locator("a.slot:visible").first.click()
    page.locator("#panel h2").wait_for()

    assert violations(page) == []
