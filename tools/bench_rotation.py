"""What `python -m tools.bench_rotation` prints: the rotation engine's gap, CPU time and memory, by size.

Reading, solving and writing, in a process of its own for each, on towns of `rotation_towns`. Nothing here is a test.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.rotation_towns import Document, town

SIZES = ((50, 10, 30, 1.0), (500, 30, 30, 1.0), (500, 30, 30, 4.0), (500, 30, 92, 1.0))
LARGE = ((5_000, 300, 30, 1.0), (10_000, 600, 30, 1.0))
HEAD = f"{'staff/places/days':<22}{'load':>5}{'':>8}{'objective':>14}{'gap %':>9}{'empty':>7}{'CPU-s':>8}{'MB':>7}"

COMMAND = """
import resource, sys
from pathlib import Path
from scheduler.solving import solve_file
solve_file(Path(sys.argv[1]), Path(sys.argv[2]), prove=sys.argv[3] == "prove")
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--large", action="store_true", help="also 5,000 and 10,000 staff: five minutes, 3 GB")
    given = asked.parse_args()
    print(HEAD)
    for staff, places, days, load in SIZES + (LARGE if given.large else ()):
        document = town(staff=staff, places=places, days=days, seed=given.seed, load=load)
        _tell(document, load, "quick")
        if staff <= 500 and days <= 31 and load == 1:
            _tell(document, load, "prove")


def _tell(document: Document, load: float, how: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "town.json", Path(folder) / "roster.json"
        source.write_text(json.dumps(document), encoding="utf-8")
        words = [sys.executable, "-c", COMMAND, str(source), str(target), how]
        done = subprocess.run(words, check=True, capture_output=True, text=True)  # noqa: S603
        seconds, megabytes = map(float, done.stdout.split())
        roster = json.loads(target.read_text(encoding="utf-8"))
    empty = sum(hole["missing"] for hole in roster["uncovered"])
    size = "/".join(str(n) for n in (len(document["staff"]), len(document["places"]), document["period"]["days"]))
    figures = f"{roster['objective']:>14.2f}{100 * roster['gap']:>9.3f}{empty:>7}{seconds:>8.2f}{megabytes:>7.0f}"
    print(f"{size:<22}{load:>5}{how:>8}{figures}", flush=True)


if __name__ == "__main__":
    main()
