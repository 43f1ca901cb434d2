"""What every test is handed: a fresh migrated database, a moment, a small town."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright

from scheduler import accounts, database
from scheduler.audit import SYSTEM
from scheduler.config import Mail, Sessions, Settings, Site
from scheduler.database import Database
from tests import builders, calendars
from tests.canaries import CANARIES
from tests.mailbox import Mailbox, free_port
from web import create_app
from web.session import COOKIE

SHANGHAI = ZoneInfo("Asia/Shanghai")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


CANARIES.install()


@pytest.fixture(autouse=True)
def nothing_is_told() -> Iterator[None]:
    """No log of ours at INFO or above names people, addresses or secrets: each test answers for its own."""
    before = len(CANARIES.sung)
    yield
    told = CANARIES.sung[before:]
    del CANARIES.sung[before:]
    if told:
        pytest.fail(f"a log tells what it must not: {told}")


@pytest.fixture
def now() -> datetime:
    """Saturday 28 February 2026, 09:00 in Bazhong."""
    return datetime(2026, 2, 28, 1, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation of its own; mail is configured, so that messages may be queued, and nobody is signed out soon."""
    return Settings(
        site=Site(secret_key="for tests only " * 3),
        mail=Mail(host="127.0.0.1"),
        sessions=Sessions(idle_hours=720, idle_hours_in_charge=720, days=365),  # tests move the clock by days
        folder=tmp_path,
    )


@pytest.fixture(scope="session")
def migrated() -> Database:
    """An empty database at the newest schema, migrated once for all tests that begin with one."""
    made = database.connect(":memory:", SHANGHAI)
    database.migrate(made)
    return made


@pytest.fixture
def db(request: pytest.FixtureRequest, migrated: Database) -> Iterator[Database]:
    """In memory; a test that also asks for `client` (or `app`) gets the file that the pages read."""
    has_pages = "app" in request.fixturenames
    path = request.getfixturevalue("settings").database if has_pages else ":memory:"
    opened = database.connect(path, SHANGHAI)
    migrated.conn.backup(opened.conn)
    yield opened
    opened.close()


@dataclass
class Watch:
    """The clock that pages read: a test moves it on by setting `now`."""

    now: datetime


@pytest.fixture
def watch(now: datetime) -> Watch:
    return Watch(now)


def pages(settings: Settings) -> tuple[Flask, dict]:
    """An application and the configuration that it was made with."""
    made = create_app(settings)
    made.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    return made, dict(made.config)


common = cache(pages)  # for all whose settings differ in the folder only


def application(settings: Settings, watch: Watch, made_by: Callable[[Settings], tuple[Flask, dict]] = common) -> Flask:
    """The pages of one test's folder and clock, as if nobody had used them before."""
    made, config = made_by(settings.model_copy(update={"folder": Path()}))
    made.config.clear()  # what an earlier test switched on
    made.config.update(config, SETTINGS=settings, NOW=lambda: watch.now)
    return made


@pytest.fixture
def app(db: Database, settings: Settings, watch: Watch) -> Flask:
    """The pages. A module that adds something to them makes its own (`pages`): Flask adds nothing after a request."""
    return application(settings, watch)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that is not signed in. Forms need no CSRF token, but for tests that switch it on."""
    return app.test_client()


@pytest.fixture
def town(db: Database, now: datetime) -> builders.Town:
    return builders.town(db, now)


def signed_in(client: FlaskClient, db: Database, person_id: int, now: datetime) -> FlaskClient:
    """The browser, with a session of the person's."""
    secret = accounts.sign_in(db, accounts.make_link(db, person_id, by=SYSTEM, now=now), now=now)
    client.set_cookie(COOKIE, secret)
    return client


@pytest.fixture
def as_coordinator(client: FlaskClient, db: Database, town: builders.Town, now: datetime) -> FlaskClient:
    """A browser in which 吕莉 (town.party) coordinates the whole branch."""
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
    return signed_in(client, db, town.party, now)


@pytest.fixture
def as_administrator(client: FlaskClient, db: Database, town: builders.Town, now: datetime) -> FlaskClient:
    """A browser in which 何远山 (town.head) administers the whole branch."""
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)
    return signed_in(client, db, town.head, now)


@pytest.fixture
def as_staff(client: FlaskClient, db: Database, town: builders.Town, now: datetime) -> FlaskClient:
    """A browser in which 兰草 (town.lan) is signed in and has no grant."""
    return signed_in(client, db, town.lan, now)


@pytest.fixture
def my_feed(db: Database, town: builders.Town, now: datetime) -> str:
    """The token of 兰草's (town.lan) own calendar."""
    return calendars.subscribed(db, town.lan, now)


@pytest.fixture
def place_feed(db: Database, town: builders.Town, now: datetime) -> str:
    """The token of the outlet's calendar."""
    return calendars.subscribed_to_outlet(db, town, now)


@pytest.fixture
def mailbox() -> Mailbox:
    """What `mail_server` was given."""
    return Mailbox()


@pytest.fixture
def mail_server(mailbox: Mailbox) -> Iterator[Mail]:
    """The settings of a real SMTP server."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield Mail(host="127.0.0.1", port=controller.port, sender="duty@branch.example")
    controller.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium: one for all tests of a process, since Playwright runs once in each."""
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("the browser tests need Debian's chromium: apt install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()
