"""Sixty-four at once, through HTTP: for one slot one coordinator wins; for ten open seats ten of them, in order."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from datetime import time as clock_time
from pathlib import Path
from threading import Barrier

import pytest

from scheduler import accounts, assignments, clock, config, database, openings, rosters, swaps
from scheduler.audit import SYSTEM
from scheduler.database import rows, value
from tests import builders
from tests.running import ROOT, environment, free_port
from web.session import COOKIE

RACERS = 64
MONDAY = date(2031, 3, 3)
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An installation with one shift of one slot, and 64 people who all coordinate and may all stand it."""
    config.prepare(tmp_path)
    with closing(database.of(config.load(tmp_path))) as db:
        now = clock.now()
        branch = builders.unit(db, now)
        builders.template(db, now, branch, [builders.place(db, now, branch, "江北支行")])
        for n in range(RACERS):
            person_id = builders.person(db, now, branch, f"{n:04}", f"员工{n}")
            accounts.grant(db, person_id, "coordinator", branch, by=SYSTEM, now=now)
        rosters.draft(db, unit_id=branch, starts_on=MONDAY, ends_on=MONDAY, by=SYSTEM, now=now)
    return tmp_path


@pytest.fixture
def url(folder: Path) -> Iterator[str]:
    """The pages under gunicorn, with workers and threads as `make run` has them."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "web.serve:application()", "--bind", f"127.0.0.1:{port}",
         "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--log-level", "error",
         "--no-control-socket"],
        cwd=ROOT, env=environment(folder, port),
    )  # fmt: skip
    try:
        yield _answering(f"http://127.0.0.1:{port}")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def _answering(url: str) -> str:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{url}/signin", timeout=5).close()  # noqa: S310 - ours
            return url
        except OSError:
            time.sleep(0.1)
    raise AssertionError("gunicorn does not answer")


class Browser:
    """One coordinator's session, and the token of a form they have open."""

    def __init__(self, url: str, secret: str, form: str = "/rosters/new") -> None:
        self.url, self.cookies = url, {COOKIE: secret}
        with self._open(form) as page:
            self.token = TOKEN.search(page.read().decode())[1]
            for line in page.headers.get_all("Set-Cookie", []):
                name, _, rest = line.partition("=")
                self.cookies[name] = rest.partition(";")[0]

    def seat(self, person_id: int) -> tuple[int, str]:
        """Ask for the only slot: the status of the answer, and the page."""
        return self.post("/rosters/1/seat", shift_id=1, person_id=person_id)

    def post(self, path: str, **fields: object) -> tuple[int, str]:
        """Send a form: the status of the answer, and a refusal's page."""
        sent = {"csrf_token": self.token, **fields}
        try:
            with self._open(path, urllib.parse.urlencode(sent).encode()) as answer:
                return answer.status, ""
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def _open(self, path: str, body: bytes | None = None):
        cookie = "; ".join(f"{name}={held}" for name, held in self.cookies.items())
        asked = urllib.request.Request(f"{self.url}{path}", body, {"Cookie": cookie})  # noqa: S310 - ours
        return urllib.request.urlopen(asked, timeout=60)  # noqa: S310 - ours


def test_of_sixty_four_coordinators_one_seats_and_the_others_are_told_who_sits_there(folder, url):
    with closing(database.of(config.load(folder))) as db:
        now = clock.now()
        people = [row["id"] for row in rows(db, "SELECT id FROM person ORDER BY id")]
        secrets = [accounts.sign_in(db, accounts.make_link(db, id, by=SYSTEM, now=now), now=now) for id in people]
        start = Barrier(RACERS)

        def race(browser: Browser, person_id: int) -> tuple[int, str]:
            start.wait()
            return browser.seat(person_id)

        with ThreadPoolExecutor(RACERS) as pool:
            browsers = list(pool.map(lambda secret: Browser(url, secret), secrets))
            answers = list(pool.map(race, browsers, people))
        winners = rows(db, "SELECT person.name FROM assignment JOIN person ON person.id = person_id")

        assert Counter(status for status, _ in answers) == {200: 1, 409: RACERS - 1}
        assert len(winners) == 1
        told = f"江北支行 3月3日 周一 的 1 个名额已满：{winners[0]['name']}。"
        assert {told in page for status, page in answers if status == 409} == {True}
        assert value(db, "SELECT COUNT(*) FROM audit WHERE act = 'seat'") == 1


SEATS = 10


def test_of_sixty_four_who_sign_up_ten_have_a_seat_and_the_others_wait_in_the_order_they_came(folder, url):
    with closing(database.of(config.load(folder))) as db:
        now = clock.now()
        rosters.publish(db, 1, by=SYSTEM, now=now)
        openings.call_up(
            db, 1, place_id=1, activity="epidemic", day=MONDAY, starts=clock_time(18), ends=clock_time(20),
            seats=SEATS, base_url="", by=SYSTEM, now=now,
        )  # fmt: skip
        people = [row["id"] for row in rows(db, "SELECT id FROM person ORDER BY id")]
        secrets = [accounts.sign_in(db, accounts.make_link(db, id, by=SYSTEM, now=now), now=now) for id in people]
        start = Barrier(RACERS)

        def race(browser: Browser) -> tuple[int, str]:
            start.wait()
            return browser.post("/me/open/1/take")

        with ThreadPoolExecutor(RACERS) as pool:
            browsers = list(pool.map(lambda secret: Browser(url, secret, "/me/open"), secrets))
            answers = list(pool.map(race, browsers))
            again = list(pool.map(race, browsers))
        signed = rows(db, "SELECT person_id, state FROM sign_up ORDER BY id")
        standing = rows(db, "SELECT person_id, slot FROM standing ORDER BY slot")

        assert (Counter(status for status, _ in answers), {status for status, _ in again}) == ({200: RACERS}, {409})
        assert [row["state"] for row in signed] == ["seated"] * SEATS + ["waiting"] * (RACERS - SEATS)
        assert sorted(row["person_id"] for row in signed) == people
        came = [(row["person_id"], at) for at, row in enumerate(signed[:SEATS], start=1)]
        assert [(row["person_id"], row["slot"]) for row in standing] == came


def test_of_twenty_who_accept_one_duty_at_once_one_stands_it_and_the_others_are_told_who(folder, url):
    with closing(database.of(config.load(folder))) as db:
        now = clock.now()
        people = [row["id"] for row in rows(db, "SELECT id FROM person ORDER BY id")]
        held = assignments.seat(db, 1, people[0], by=SYSTEM, now=now)
        rosters.publish(db, 1, by=SYSTEM, now=now)
        asked = people[1 : 1 + swaps.PEOPLE_MOST]
        swaps.ask(
            db, held, "cover", [(person_id, None) for person_id in asked], base_url="", secret_key="",
            by=accounts.actor(db, people[0]), now=now,
        )  # fmt: skip
        offers = [row["id"] for row in rows(db, "SELECT id FROM swap_offer ORDER BY id")]
        secrets = [accounts.sign_in(db, accounts.make_link(db, id, by=SYSTEM, now=now), now=now) for id in asked]
        start = Barrier(len(asked))

        def race(browser: Browser, offer_id: int) -> tuple[int, str]:
            start.wait()
            return browser.post(f"/me/swaps/{offer_id}", answer="yes")

        with ThreadPoolExecutor(len(asked)) as pool:
            browsers = list(pool.map(lambda secret: Browser(url, secret, "/me/swaps"), secrets))
            answers = list(pool.map(race, browsers, offers))
        stands = rows(db, "SELECT person.name FROM standing JOIN person ON person.id = person_id")

        assert Counter(status for status, _ in answers) == {200: 1, 409: len(asked) - 1}
        assert len(stands) == 1
        told = f"{stands[0]['name']}已经先答应了 江北支行 3月3日 周一 的请求。"
        assert {told in page for status, page in answers if status == 409} == {True}
        assert value(db, "SELECT COUNT(*) FROM audit WHERE act = 'swap_approved'") == 1
