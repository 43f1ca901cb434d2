"""The long forms, one after another; leaves with 1 where anything was lost, doubled or late."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from tests.soak import clocks, copies, door, full, halves, kills, locked, post, slow

ZERO = (
    "lost",
    "doubled",
    "not recorded",
    "not delivered",
    "not one reminder's",
    "half a pair",
    "differ",
    "nobody asked",
    "not whole",
    "not done",
)
READY_SECONDS, TAKEOVER_SECONDS, AWAKE_SECONDS = 5, 60, 30

Figures = dict[str, object]


def faults(figures: Figures) -> list[str]:
    """What must not be so."""
    found = [name for name, figure in figures.items() if any(word in name for word in ZERO) and figure != 0]
    found += [name for name, figure in figures.items() if name.partition(" ready ")[2] and figure >= READY_SECONDS]
    found += [name for name, figure in figures.items() if "taken over" in name and figure >= TAKEOVER_SECONDS]
    found += [name for name, figure in figures.items() if "sent after s" in name and figure >= AWAKE_SECONDS]
    if "kills" in figures and "extra copies" in figures:
        allowed = figures["kills"] + (1 if "sent by the one that was paused" in figures else 0)
        found += ["extra copies"] if figures["extra copies"] > allowed else []
    found += [name for name in ("sound", "under load to the end") if figures.get(name, True) is not True]
    return found + ["sent by the one that was paused"] * bool(figures.get("sent by the one that was paused"))


def parts(scale: float, seed: int) -> dict[str, Callable[[Path], Figures]]:
    """What is tried, by name."""
    times = lambda full: max(2, round(full * scale))  # noqa: E731
    return {
        "killed under load": lambda at: kills.run(at, times(200), seed),
        "killed between delivery and record": lambda at: post.killed_between_delivery_and_record(at, times(100)),
        "two background processes": lambda at: post.two_processes(at, times(100), seed),
        "backed up while writing": lambda at: copies.run(at, times(20)),
        "the clock is set": clocks.run,
        "killed in the middle of a command": lambda at: halves.run(at, times(20), seed),
        "held by another program": locked.run,
        "without room on the disk": full.run,
        "slow clients": slow.run,
        "all at the door at once": door.run,
    }


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    asked.add_argument("--scale", type=float, default=1.0, help="1: 200 kills under load, 100 of a sender, 20 backups")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", default="", help="a part by the beginning of its name")
    given, failed = asked.parse_args(), 0
    for name, run in parts(given.scale, given.seed).items():
        if not name.startswith(given.only):
            continue
        began = monotonic()
        with tempfile.TemporaryDirectory(prefix="lunzhi-soak-") as folder:
            figures = run(Path(folder))
        wrong = faults(figures)
        failed += bool(wrong)
        print(f"{name}: {'FAILED: ' + ', '.join(wrong) if wrong else 'ok'} ({monotonic() - began:.0f} s)")
        print(*(f"    {figure!s:>8}  {what}" for what, figure in figures.items()), sep="\n", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
