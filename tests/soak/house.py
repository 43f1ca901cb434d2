"""An installation on disk that can be killed: its two processes, its people, and the load that it bears."""

from __future__ import annotations

import http.client
import os
import re
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from scheduler import accounts, clock, config, database, duties, ledger, people, places, rosters
from scheduler.audit import SYSTEM
from scheduler.config import Settings
from scheduler.database import Database, insert, rows, run, value, write
from tests.running import ROOT, environment, free_port
from web.serve import pages
from web.session import COOKIE

PEOPLE, OUTLETS, DAYS = 240, 12, 84
PAIR = 2
COORDINATOR = PEOPLE + 1
READY_SECONDS = 5.0
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class House:
    """One installation: `web` and `work` are its processes while they live."""

    folder: Path
    settings: Settings
    port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    starts: dict[str, list[float]] = field(default_factory=lambda: {"web": [], "work": []})
    costs: dict[str, list[float]] = field(default_factory=lambda: {"web": [], "work": []})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> Database:
        return database.opened(self.settings)

    def start(self, name: str) -> None:
        """Start one process and wait until it works; how long that took, and how much of a processor, is kept."""
        began, before = time.monotonic(), self.fence()
        self.launch(name)
        wait_for(self._answers if name == "web" else lambda: self.fence() > before, seconds=60)
        self.starts[name].append(time.monotonic() - began)
        self.costs[name].append(processor_seconds(self.processes[name].pid))

    def launch(self, name: str) -> None:
        """Start one process and do not wait."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                self.command(name), cwd=ROOT, env=environment(self.folder, self.port), start_new_session=True,
                stdout=subprocess.DEVNULL, stderr=log,
            )  # fmt: skip

    def command(self, name: str) -> list[str]:
        return [sys.executable, "-m", "scheduler", "work"] if name == "work" else pages(self.port)

    def kill(self, name: str) -> None:
        """SIGKILL for the process and whatever it started."""
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes.pop(name).wait()

    def end(self) -> None:
        for process in self.processes.values():
            os.killpg(process.pid, signal.SIGCONT)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.processes.clear()

    def fence(self) -> int:
        with closing(self.open()) as db:
            return value(db, "SELECT fence FROM lease") or 0

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()  # noqa: S310 - ours
        except urllib.error.HTTPError:  # the pages are there; the background process may just be gone
            return True
        except OSError:
            return False
        return True


def processor_seconds(group: int) -> float:
    """What a process and those that it started have taken of the processors: whatever else the machine does."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it may be gone by now
            told = path.read_text().rpartition(")")[2].split()  # from the state on: proc(5)
            ticks += sum(map(int, told[11:15])) if int(told[2]) == group else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def wait_for(happened: Callable[[], object], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise AssertionError("it did not happen in time")
        time.sleep(0.02)


def build(folder: Path, *, smtp_port: int = 0) -> House:
    """A branch whose everybody may coordinate and may stand each day, and an empty draft of twelve weeks."""
    path = config.prepare(folder)
    text = path.read_text(encoding="utf-8").replace("tick_seconds = 5", "tick_seconds = 1")
    text = text.replace("close_after_hours = 48", "close_after_hours = 0").replace(
        "max_per_week = 3", "max_per_week = 14"
    )
    if smtp_port:
        text = text.replace('\nhost = ""', '\nhost = "127.0.0.1"').replace("\nport = 25", f"\nport = {smtp_port}")
    path.write_text(text, encoding="utf-8")
    house = House(folder, config.load(folder), free_port())
    with closing(database.of(house.settings)) as db:
        found(db, clock.now())
    return house


def found(db: Database, now: datetime) -> None:
    branch = people.add_unit(db, name="巴中市分行", kind="branch", by=SYSTEM, now=now)
    outlets = [
        places.add(db, name=f"网点{n}", kind="outlet", unit_id=branch, by=SYSTEM, now=now) for n in range(OUTLETS)
    ]
    for n in range(PEOPLE):
        people.add(
            db, staff_no=f"{n:04}", name=f"员工{n}", unit_id=branch, email=f"p{n}@branch.example",
            joined_on=date(2020, 1, 1), by=SYSTEM, now=now,
        )  # fmt: skip
    coordinator = people.add(  # without an address: every mail that leaves is a reminder, and can be counted
        db, staff_no="9999", name="排班员", unit_id=branch, joined_on=date(2020, 1, 1), by=SYSTEM, now=now
    )
    accounts.grant(db, coordinator, "coordinator", branch, by=SYSTEM, now=now)
    duties.add_template(
        db, unit_id=branch, places=outlets, name="厅堂服务", activity="lobby", days="every",
        starts=datetime(2026, 1, 1, 8, 30).time(), ends=datetime(2026, 1, 1, 17).time(),
        headcount=PEOPLE // OUTLETS, valid_from=date(2025, 1, 1), by=SYSTEM, now=now,
    )  # fmt: skip
    first = clock.monday(clock.today(now, db.zone)) + timedelta(days=56)
    rosters.draft(db, unit_id=branch, starts_on=first, ends_on=first + timedelta(days=DAYS - 1), by=SYSTEM, now=now)


class Browser:
    """The coordinator's browser: it seats people, and knows only what it was answered."""

    def __init__(self, house: House) -> None:
        self.house, now = house, clock.now()
        with closing(house.open()) as db:
            secret = accounts.sign_in(db, accounts.make_link(db, COORDINATOR, by=SYSTEM, now=now), now=now)
        self.cookies = f"{COOKIE}={secret}"
        status, page, cookies = self._ask("GET", "/rosters/new")
        assert status == 200, page
        self.cookies += "".join(f"; {given.partition(';')[0]}" for given in cookies)
        self.token = TOKEN.search(page)[1]

    def seat(self, shift_id: int, person_id: int) -> int | None:
        """The status of the answer; 0 if nobody was there to ask; None if asked and not answered."""
        fields = {"csrf_token": self.token, "shift_id": shift_id, "person_id": person_id}
        try:
            return self._ask("POST", "/rosters/1/seat", urllib.parse.urlencode(fields))[0]
        except ConnectionRefusedError:
            return 0
        except (OSError, http.client.HTTPException):
            return None

    def _ask(self, verb: str, path: str, body: str = "") -> tuple[int, str, list[str]]:
        line = http.client.HTTPConnection("127.0.0.1", self.house.port, timeout=15)
        headers = {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded"}
        with closing(line):
            line.request(verb, path, body, headers)
            answer = line.getresponse()
            return answer.status, answer.read().decode(), answer.headers.get_all("Set-Cookie", [])


def past_shifts(db: Database, day: date) -> int:
    """A published day of the past, a pair in each of twelve shifts, waiting to be entered; gives how many people."""
    begin, over = (clock.to_text(clock.midnight(day, db.zone) + timedelta(hours=hours)) for hours in (8, 12))
    with write(db):
        roster_id = insert(
            db, "roster", unit_id=1, starts_on=day.isoformat(), ends_on=day.isoformat(), state="published",
            made_at=begin, published_at=begin,
        )  # fmt: skip
        for outlet in range(1, OUTLETS + 1):
            who = [(outlet - 1) * PAIR + n + 1 for n in range(PAIR)]
            _seated(db, roster_id, outlet, day, begin, over, who)
    return OUTLETS * PAIR


def reminded_shift(db: Database, at: datetime, who: list[int], due_at: datetime) -> list[int]:
    """A published shift to come, and for each who stands it a reminder that is due; gives their ids."""
    day = clock.today(at, db.zone)
    with write(db):
        made_at = clock.to_text(due_at)
        roster_id = value(db, "SELECT id FROM roster WHERE starts_on = :day", day=day.isoformat()) or insert(
            db, "roster", unit_id=1, starts_on=day.isoformat(), ends_on=day.isoformat(), state="published",
            made_at=made_at, published_at=made_at,
        )  # fmt: skip
        begin, over = clock.to_text(at), clock.to_text(at + timedelta(minutes=30))
        seats = _seated(db, roster_id, 1, day, begin, over, who)
        return [
            insert(db, "reminder", assignment_id=seat, rule="minutes:120", channel="email", due_at=made_at)
            for seat in seats
        ]


def _seated(db: Database, roster_id: int, place_id: int, day: date, begin: str, over: str, who: list[int]) -> list[int]:
    shift_id = insert(
        db, "shift", key=secrets.token_hex(8), unit_id=1, roster_id=roster_id, place_id=place_id, activity_id=1,
        day=day.isoformat(), starts_at=begin, ends_at=over, headcount=99,
    )  # fmt: skip
    return [
        insert(
            db, "assignment", shift_id=shift_id, slot=slot, person_id=person_id, source="hand", starts_at=begin,
            ends_at=over, made_at=begin, published_at=begin,
        )
        for slot, person_id in enumerate(who, start=1)
    ]  # fmt: skip


def is_sound(house: House) -> bool:
    """The file, its references, the ledger's chain."""
    with closing(house.open()) as db:
        whole = value(db, "PRAGMA integrity_check") == "ok" and value(db, "PRAGMA foreign_key_check") is None
        return whole and ledger.verify(db) is None


def ledger_faults(db: Database) -> tuple[int, int]:
    """Past seats without an entry, and with more than one."""
    missing = value(
        db,
        """
        SELECT COUNT(*) FROM assignment
        WHERE published_at IS NOT NULL AND ends_at < :now AND NOT EXISTS (
            SELECT 1 FROM ledger WHERE ledger.assignment_id = assignment.id
        )
        """,
        now=clock.to_text(clock.now()),
    )
    doubled = len(rows(db, "SELECT assignment_id FROM ledger GROUP BY assignment_id HAVING COUNT(*) > 1"))
    return int(missing), doubled


def age_leases(db: Database) -> None:
    """As if the two minutes had passed that a message belongs to a sender who is not heard of."""
    with write(db):
        run(db, "UPDATE outbox SET lease_until = :now WHERE state = 'sending'", now=clock.to_text(clock.now()))
