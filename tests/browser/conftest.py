"""A real browser on a running demonstration: Debian's chromium, driven by Playwright."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Error, Page
from werkzeug.serving import make_server

from scheduler import accounts
from scheduler.audit import SYSTEM
from scheduler.database import Database, update
from tests.running import Running, running
from web.session import COOKIE

SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
COORDINATOR, STAFF, ADMINISTRATOR = "00101", "00501", "00102"

Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def lunzhi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The demonstration as `make run` brings it up."""
    with running(tmp_path_factory.mktemp("demo") / "instance") as started:
        yield started


@pytest.fixture(scope="session")
def signed_in(lunzhi: Running, browser: Browser) -> dict[str, dict]:
    """The cookies of the three that the printed links are for; each link is used up once."""
    states = {}
    for staff_no, link in lunzhi.links.items():
        context = browser.new_context()
        page = context.new_page()
        page.goto(link)
        page.locator("form[action^='/signin/'] button").click()
        page.wait_for_url(lambda url: "/signin" not in url)
        states[staff_no] = context.storage_state()
        context.close()
    return states


@pytest.fixture
def visit(lunzhi: Running, browser: Browser, signed_in: dict[str, dict]) -> Iterator[Visit]:
    """Open a window for somebody; whatever its console complains of, a broken CSP above all, fails the test."""
    complaints: list[str] = []
    contexts = []

    def heard(message: ConsoleMessage) -> None:
        # A refusal is an answer with its own status: chromium calls that a failed load.
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    def crashed(error: Error) -> None:
        complaints.append(error.message)

    def opened(staff_no: str, path: str = "/", size: str = "desktop", lang: str = "zh") -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            storage_state=signed_in[staff_no],  # type: ignore[arg-type]
            base_url=lunzhi.url,
            is_mobile=size == "phone",
            has_touch=size == "phone",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", crashed)
        page.goto(path)
        if not str(page.locator("html").get_attribute("lang")).startswith(lang):
            with page.expect_navigation():
                page.locator(f"form[action='/language'] button[value='{lang}']").first.evaluate("one => one.click()")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def phone(app: Flask, db: Database, now: datetime, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page as somebody of the small town on a phone of 390 pixels; the pages' clock is the test's."""
    app.config["WTF_CSRF_ENABLED"] = True
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    contexts = []

    def opened(person_id: int, path: str, lang: str = "zh", **more: object) -> Page:
        update(db, "person", person_id, lang=lang)
        secret = accounts.sign_in(db, accounts.make_link(db, person_id, by=SYSTEM, now=now), now=now)
        url = f"http://127.0.0.1:{server.server_port}"
        context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=url, has_touch=True, **more)
        context.add_cookies([{"name": COOKIE, "value": secret, "url": url}])
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    server.shutdown()
    thread.join()
