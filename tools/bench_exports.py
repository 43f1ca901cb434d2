"""What exporting many trips costs: CPU and the process's peak memory, each file in a process of its own.

`python -m tools.bench_exports [--trips N]`; the ledger is made for it and removed again.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from scheduler import clock, database, exports
from scheduler.audit import SYSTEM
from tools import big_ledger

TRIPS = 100_000
ALL = {"first": date(1900, 1, 1), "last": date(2100, 12, 31)}
ZONE = ZoneInfo("Asia/Shanghai")


def main() -> None:
    """Make a ledger, and export it in child processes."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--trips", type=int, default=TRIPS)
    asked.add_argument("--file", type=Path)
    asked.add_argument("--kind", default="xlsx")
    given = asked.parse_args()
    if given.file:
        _measured(given.file, given.kind)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = big_ledger.made(Path(folder), given.trips)
        with closing(database.connect(path, ZONE)) as db:
            database.migrate(db)
        print(f"Exports of {given.trips:,} ledger entries", flush=True)
        for kind in ("xlsx", "csv"):
            command = [sys.executable, "-m", "tools.bench_exports", "--file", str(path), "--kind", kind]
            subprocess.run(command, check=True)  # noqa: S603 - this very module


def _measured(path: Path, kind: str) -> None:
    """Export once, and print what it took."""
    with closing(database.connect(path, ZONE)) as db:
        began, wall = time.process_time(), time.perf_counter()
        if kind == "csv":
            content = exports.trips_csv(db, lang="zh", **ALL)
        else:
            content = exports.trips_workbook(db, lang="zh", by=SYSTEM, now=clock.now(), **ALL)
        spent, wall = time.process_time() - began, time.perf_counter() - wall
    # not ru_maxrss: that one remembers the process that this was forked from
    peak = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024
    print(f"  .{kind:<6}{spent:8.2f} s CPU {wall:8.2f} s   peak {peak:6.0f} MiB   {len(content) / 2**20:6.1f} MiB file")


if __name__ == "__main__":
    main()
