"""Pictures for the README and docs, taken from a running demonstration: `make screenshots`.

Four for the README, and the roster's states in both languages for a desk and a telephone.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.running import Running, running
from tools.staging import changed_workbook, fall_ill, free_a_saturday, give_a_reason, seat_the_wrong_one

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
COORDINATOR, STAFF, ADMINISTRATOR = "00101", "00501", "00102"
SIZES = {"desk": DESKTOP, "phone": PHONE}
LANGUAGES = ("zh", "en")
STATES = {"draft": re.compile("草稿|Draft"), "published": re.compile("已发布|Published")}


def main() -> None:
    """Bring the demonstration up, look at it as a coordinator and as a member of staff, and keep what is seen."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("apt install chromium fonts-noto-cjk")
    (PICTURES / "states").mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "instance") as lunzhi,
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        coordinator = _enter(browser, lunzhi, COORDINATOR, DESKTOP)
        _desk(coordinator)
        _hand(_enter(browser, lunzhi, STAFF, PHONE))
        administrator = _enter(browser, lunzhi, ADMINISTRATOR, DESKTOP)
        _states(coordinator, BEFORE)
        _fill(coordinator)
        _try(coordinator)
        _states(coordinator, AFTER)
        _states(administrator, RULES)
        _stage(coordinator, administrator)
        _states(coordinator, STAGED)
        browser.close()


def _enter(browser: Browser, lunzhi: Running, staff_no: str, size: dict[str, int]) -> Page:
    context = browser.new_context(base_url=lunzhi.url, viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(lunzhi.links[staff_no])
    page.locator("form[action^='/signin/'] button").click()
    page.wait_for_url(lambda url: "/signin" not in url)
    return page


def _roster(page: Page, state: str) -> str:
    """The path of the newest roster in that state."""
    page.goto("/rosters")
    path = page.locator("tr", has=page.locator(".chip", has_text=STATES[state])).get_by_role("link").first
    return str(path.get_attribute("href"))


def _draft(page: Page, below: str = "") -> None:
    page.goto(_roster(page, "draft") + below)


def _published(page: Page, below: str = "") -> None:
    page.goto(_roster(page, "published") + below)


def _chosen(page: Page, slot: str) -> None:
    """A slot's panel: the first such slot that the page shows, in the grid or in the telephone's list."""
    page.locator(f"{slot}:visible").first.click()
    page.locator(".panel").first.wait_for()


def _filled_slot(page: Page) -> None:
    _draft(page)
    _chosen(page, "a.slot:not(.slot--open)")


def _gap(page: Page) -> None:
    _published(page, "?only=gaps")
    _chosen(page, "a.slot--open")


def _fill(page: Page) -> None:
    _draft(page, "/fill")
    page.locator("main form button[type=submit], main form button:not([type])").last.click()
    page.wait_for_timeout(8000)


def _try(page: Page) -> None:
    """A what-if beside the draft, with evener load."""
    _draft(page, "/scenarios")
    page.locator("input[name=emphasis][value=fairness]").check()
    page.locator("form[action$='/scenarios'] button").last.click()
    page.locator(".compare__acts").first.wait_for()


FOUND: dict[str, str] = {}  # addresses that exist only once they were made


def _stage(coordinator: Page, administrator: Page) -> None:
    """A custom that warns, a Saturday that is free, somebody ill."""
    administrator.goto("/rules")
    administrator.goto(str(administrator.locator(".segments a").last.get_attribute("href")))
    administrator.locator("input[name=restdays][value=warn]").check()
    administrator.locator("form[action='/rules'] button").last.click()
    _draft(coordinator)
    FOUND["saturday"] = free_a_saturday(coordinator)
    _published(coordinator)
    fall_ill(coordinator)


def _wall(page: Page) -> None:
    """A wall speaks the language of whoever made its address: a new one each time."""
    page.goto("/walls")
    with page.expect_navigation():
        page.locator("form[action$='/wall']").first.evaluate("form => form.submit()")
    page.goto(str(page.locator("a[href*='/wall/']").first.get_attribute("href")))


def _refused(page: Page) -> None:
    _published(page)
    seat_the_wrong_one(page)


def _override(page: Page) -> None:
    page.goto(FOUND["saturday"])
    give_a_reason(page)


def _import(page: Page) -> None:
    path = _roster(page, "draft")
    content = changed_workbook(page.request.get(f"{path}/roster.xlsx").body())
    page.goto(f"{path}/import")
    page.locator("input[type=file]").set_input_files({"name": "roster.xlsx", "mimeType": XLSX, "buffer": content})
    page.locator("form[enctype] button").first.click()
    page.locator(".diffs").first.wait_for()


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
State = Callable[[Page], None]
BEFORE: dict[str, State] = {
    "board-empty": _draft,
    "fill": lambda page: _draft(page, "/fill"),
}
AFTER: dict[str, State] = {
    "board": _draft,
    "board-published": _published,
    "people": lambda page: _draft(page, "?view=people"),
    "slot-why": _filled_slot,
    "slot-candidates": _gap,
    "review": lambda page: _draft(page, "/publish"),
    "what-if": lambda page: _draft(page, "/scenarios"),
    "history": lambda page: _draft(page, "/history"),
    "versions": lambda page: _published(page, "/versions"),
    "version": lambda page: _published(page, "/versions/1"),
    "paper": lambda page: _published(page, "/print"),
}
STAGED: dict[str, State] = {
    "refused": _refused,
    "override": _override,
    "import": _import,
    "stand-in": lambda page: _published(page, "/mend"),
    "wall": _wall,
}
RULES: dict[str, State] = {
    "rules": lambda page: _open(page, "/rules"),
    "policy": lambda page: _open(page, "/policy"),
}


def _open(page: Page, path: str) -> None:
    page.goto(path)


def _states(page: Page, states: dict[str, State]) -> None:
    """Each state in both languages, at both sizes."""
    for language in LANGUAGES:
        page.goto("/")
        page.locator(f"form[action='/language'] button[value='{language}']").first.evaluate_all(
            "found => found.forEach(one => one.click())"
        )
        page.wait_for_load_state("networkidle")
        for size, viewport in SIZES.items():
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
            for name, show in states.items():
                show(page)
                _keep(page, f"states/{name}-{language}-{size}", ".jpg")
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


def _desk(page: Page) -> None:
    page.goto("/rosters")
    page.locator("tr", has_text="已发布").get_by_role("link").first.click()
    _chosen(page, "a.slot--open")
    _keep(page, "board")
    for path, name in (("/quotas", "quotas"), ("/tallies", "tallies")):
        page.goto(path)
        _keep(page, name)


def _hand(page: Page) -> None:
    page.goto("/me")
    _keep(page, "phone")


def _keep(page: Page, name: str, kind: str = ".png") -> None:
    page.wait_for_load_state("load")
    page.evaluate("scrollTo(0, 0)")
    path = PICTURES / f"{name}{kind}"
    page.screenshot(path=path, **({"type": "jpeg", "quality": 72} if kind == ".jpg" else {}))  # type: ignore[arg-type]
    print(path.relative_to(PICTURES.parents[1]))


if __name__ == "__main__":
    main()
