"""Pictures for the README and docs, taken from a running demonstration: `make screenshots`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.running import Running, running

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
COORDINATOR, STAFF = "00101", "00501"


def main() -> None:
    """Bring the demonstration up, look at it as a coordinator and as a member of staff, and keep what is seen."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("apt install chromium fonts-noto-cjk")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "instance") as lunzhi,
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        _desk(_enter(browser, lunzhi, COORDINATOR, DESKTOP))
        _hand(_enter(browser, lunzhi, STAFF, PHONE))
        browser.close()


def _enter(browser: Browser, lunzhi: Running, staff_no: str, size: dict[str, int]) -> Page:
    context = browser.new_context(base_url=lunzhi.url, viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(lunzhi.links[staff_no])
    page.locator("form[action^='/signin/'] button").click()
    page.wait_for_url(lambda url: "/signin" not in url)
    return page


def _desk(page: Page) -> None:
    page.goto("/rosters")
    page.locator("tr", has_text="已发布").get_by_role("link").first.click()
    if (gap := page.locator("a.slot--open")).count():
        gap.first.click()
    _keep(page, "board")
    for path, name in (("/quotas", "quotas"), ("/tallies", "tallies")):
        page.goto(path)
        _keep(page, name)


def _hand(page: Page) -> None:
    page.goto("/me")
    _keep(page, "phone")


def _keep(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=PICTURES / f"{name}.png")
    print(f"docs/pictures/{name}.png")


if __name__ == "__main__":
    main()
