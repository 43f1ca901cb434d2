"""Sixty-four who sign in by password at once, every other one wrongly: memory is bounded, health answers meanwhile."""

from __future__ import annotations

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import perf_counter, sleep

from scheduler import accounts, clock, config, database, people
from scheduler.audit import SYSTEM
from scheduler.database import value
from tests.running import running, scheduler

PEOPLE = 64
PASSWORD = "seven herons above the weir"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


def run(folder: Path) -> dict[str, object]:
    """Who got in, who was refused, how long health took at most and what the web process grew by."""
    folder /= "instance"
    scheduler(folder, "init")
    _let_believe(folder / "settings.toml")
    _found(folder)
    with running(folder) as lunzhi, ThreadPoolExecutor(PEOPLE + 1) as pool:
        before, done = _peak(lunzhi.web_pid), Event()
        health = pool.submit(_health, lunzhi.url, done)
        began = perf_counter()
        answers = list(pool.map(lambda number: _sign_in(lunzhi.url, number), range(PEOPLE)))
        seconds = perf_counter() - began
        done.set()
        waited, grown = health.result(), _peak(lunzhi.web_pid) - before
    right, wrong = answers[::2], answers[1::2]
    return {
        "signed in at once": PEOPLE,
        "right passwords not done": sum(status != 303 for status in right),
        "wrong passwords not done": sum(status != 422 for status in wrong),
        "seconds for all": round(seconds, 1),
        "longest wait for health s": round(waited, 2),
        "health not done in a second": int(waited >= 1),
        "memory grew by MiB": round(grown / 1024),
        "not whole: grew by more than 512 MiB": int(grown > 512 * 1024),
    }


def _let_believe(settings: Path) -> None:
    """Each comes from an address of their own, as a front server tells it."""
    held = settings.read_text(encoding="utf-8")
    settings.write_text(held.replace("#behind_proxy", "behind_proxy"), encoding="utf-8")


def _found(folder: Path) -> None:
    settings, now = config.load(folder), clock.now()
    db = database.opened(settings)
    unit_id = value(db, "SELECT id FROM unit WHERE parent_id IS NULL")
    hashed = None
    for number in range(PEOPLE):
        joined = clock.today(now, settings.zone)
        person_id = people.add(
            db, staff_no=f"D{number}", name=f"来者{number}", unit_id=unit_id, joined_on=joined, by=SYSTEM, now=now
        )
        hashed = hashed or accounts.passwords.hash_new(db, person_id, PASSWORD)
        with database.write(db):
            accounts.passwords.store(db, person_id, hashed, by=SYSTEM, now=now)
    db.close()


def _sign_in(url: str, number: int) -> int:
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(jar, _Stay())
    browser.addheaders = [("X-Forwarded-For", f"10.0.{number}.1")]
    with browser.open(f"{url}/signin", timeout=60) as page:
        token = TOKEN.search(page.read().decode())
    sent = {"csrf_token": token[1] if token else "", "staff_no": f"D{number}"}
    sent["password"] = PASSWORD if number % 2 == 0 else "not the one that it is"
    try:
        with browser.open(f"{url}/signin/password", urllib.parse.urlencode(sent).encode(), timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is the answer."""

    def redirect_request(self, *_: object) -> None:
        return None


def _health(url: str, done: Event) -> float:
    longest = 0.0
    while not done.is_set():
        began = perf_counter()
        with urllib.request.urlopen(f"{url}/healthz", timeout=30) as answer:  # noqa: S310 - ours
            answer.read()
        longest = max(longest, perf_counter() - began)
        sleep(0.05)
    return longest


def _peak(pid: int) -> int:
    """The most memory that a process and its children have held, in kB."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    found = (PEAK.search(Path(f"/proc/{one}/status").read_text(encoding="ascii")) for one in (pid, *children))
    return sum(int(peak[1]) for peak in found if peak)
