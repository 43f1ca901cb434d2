"""A file system without room: writes are refused in words, reads go on, and all goes on once there is room."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic

from scheduler import clock, jobs
from scheduler.database import value
from tests.running import ROOT
from tests.soak import house as houses
from tests.soak.house import OUTLETS, Browser, House, wait_for

MIB = 48
WORDS = "没有写入任何内容"
APART = ["unshare", "--map-root-user", "--mount"]  # what is mounted there goes with the process


def is_possible() -> bool:
    """Whether a small file system of our own can be mounted here."""
    tried = [*APART, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    try:
        return subprocess.run(tried, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def run(folder: Path, seconds: float = 20.0) -> dict[str, object]:
    """A real installation on a disk that fills up and is emptied again; the figures, or that it cannot be tried."""
    if not is_possible():
        return {"tried": "no: neither root nor user namespaces"}
    folder.mkdir(parents=True, exist_ok=True)
    command = [*APART, sys.executable, "-m", "tests.soak.full", str(folder), str(seconds)]
    told = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return json.loads(told.stdout)


def apart(folder: Path, seconds: float) -> dict[str, object]:
    """The same, in the namespace where the small disk is mounted."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MIB}m", "tmpfs", str(folder)], check=True)
    house = houses.build(folder / "house")
    try:
        for name in ("web", "work"):
            house.start(name)
        return _filled(house, Browser(house), seconds)
    finally:
        house.end()


def _filled(house: House, browser: Browser, seconds: float) -> dict[str, object]:
    ballast = house.folder / "ballast"
    seats = ((1 + n % OUTLETS, 1 + n) for n in range(200))
    answers: Counter[int] = Counter()
    wordless = reads = failed = 0
    fill(ballast)
    began = monotonic()
    while monotonic() - began < seconds:
        status, page = _seat(browser, *next(seats))
        answers[status] += 1
        wordless += status != 303 and WORDS not in page
        ok = _read(house, browser)
        reads, failed = reads + ok, failed + (not ok)
        fill(ballast)
        time.sleep(0.25)
    is_gone = sum(process.poll() is not None for process in house.processes.values())
    with closing(house.open()) as db:
        kept = value(db, "SELECT COUNT(*) FROM assignment")
    ballast.unlink()
    freed = monotonic()
    wait_for(lambda: _seat(browser, *next(seats))[0] == 303, seconds=30)
    written = monotonic() - freed
    wait_for(lambda: _is_beating(house), seconds=60)
    return {
        "writes refused with 507": answers[507],
        "writes refused otherwise, not done": sum(answers.values()) - answers[507] - answers[303],
        "refusals without words, not done": wordless,
        "acknowledged, lost": answers[303] - kept,
        "reads meanwhile": reads,
        "reads that failed, lost": failed,
        "processes that ended, lost": is_gone,
        "written again: sent after s": round(written, 1),
        "background at work again: sent after s": round(monotonic() - freed, 1),
        "sound": houses.is_sound(house),
    }


def fill(ballast: Path) -> None:
    """Take every byte that is left."""
    with ballast.open("ab", buffering=0) as taken, suppress(OSError):
        for piece in (1 << 20, 4096, 1):
            with suppress(OSError):
                while taken.write(b"\0" * piece):
                    pass
        os.fsync(taken.fileno())


def _seat(browser: Browser, shift_id: int, person_id: int) -> tuple[int, str]:
    fields = {"csrf_token": browser.token, "shift_id": shift_id, "person_id": person_id}
    status, page, _ = browser._ask("POST", "/rosters/1/seat", urllib.parse.urlencode(fields))
    return status, page


def _read(house: House, browser: Browser) -> bool:
    asked = urllib.request.Request(f"{house.url}/people", headers={"Cookie": browser.cookies})  # noqa: S310 - ours
    try:
        urllib.request.urlopen(asked, timeout=15).close()  # noqa: S310
    except OSError:
        return False
    return True


def _is_beating(house: House) -> bool:
    with closing(house.open()) as db:
        return (jobs.heartbeat_age(db, now=clock.now()) or 99) <= 6


if __name__ == "__main__":
    print(json.dumps(apart(Path(sys.argv[1]), float(sys.argv[2]))))
