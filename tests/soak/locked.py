"""Another program holds the database for twenty seconds: writes are refused in words, reads go on, then all goes on."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import closing
from pathlib import Path
from time import monotonic

from scheduler import clock, jobs
from tests.soak import house as houses
from tests.soak.house import Browser, House, wait_for

HOLD = """
import sys
from sqlite_utils.utils import sqlite3
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


def run(folder: Path, seconds: float = 20.0) -> dict[str, object]:
    """A real installation beside that program; gives the figures."""
    house = houses.build(folder)
    try:
        for name in ("web", "work"):
            house.start(name)
        return _held(house, Browser(house), seconds)
    finally:
        house.end()


def _held(house: House, browser: Browser, seconds: float) -> dict[str, object]:
    answers: list[int | None] = []
    reads: list[float] = []
    failed: list[str] = []
    ending = threading.Event()
    command = [sys.executable, "-c", HOLD, str(house.settings.database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as foreign:
        assert foreign.stdout.readline() == b"held\n"
        reader = threading.Thread(target=_read, args=(house, browser, ending, reads, failed))
        reader.start()
        began = monotonic()
        while monotonic() - began < seconds - 10.5:  # a write waits ten seconds before it is refused
            answers.append(browser.seat(1, 1))
        time.sleep(max(0.0, seconds - (monotonic() - began)))
        ending.set()
        reader.join()
        foreign.stdin.close()
    freed = monotonic()
    wait_for(lambda: browser.seat(1, 1) in (200, 303), seconds=30)
    written = monotonic() - freed
    wait_for(lambda: _is_beating(house), seconds=30)
    return {
        "writes refused with 503": answers.count(503),
        "writes that nobody refused, lost": len(answers) - answers.count(503),
        "reads meanwhile": len(reads),
        "reads that failed, lost": len(failed),
        "slowest read, s": round(max(reads), 1),
        "written again: sent after s": round(written, 1),
        "background at work again: sent after s": round(monotonic() - freed, 1),
        "sound": houses.is_sound(house),
    }


def _read(house: House, browser: Browser, ending: threading.Event, reads: list[float], failed: list[str]) -> None:
    while not ending.wait(0.2):
        began = monotonic()
        asked = urllib.request.Request(f"{house.url}/people", headers={"Cookie": browser.cookies})  # noqa: S310 - ours
        try:
            urllib.request.urlopen(asked, timeout=15).close()  # noqa: S310
            reads.append(monotonic() - began)
        except OSError as error:
            failed.append(str(error))


def _is_beating(house: House) -> bool:
    with closing(house.open()) as db:
        return (jobs.heartbeat_age(db, now=clock.now()) or 99) <= 6
