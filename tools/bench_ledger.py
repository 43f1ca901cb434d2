"""What figures cost on a large ledger: from the totals, and beside them the plain GROUP BY over entries.

`python -m tools.bench_ledger [--rows N]`; the ledger is kept in the folder that DUTY_BENCH names, else removed again.
Attendances are closed for real: a ledger that is kept has 20,000 entries more each time.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from scheduler import clock, database, ledger, tallies
from scheduler.database import Database, value
from scheduler.tallies import ORDERS, Question, figures
from tools import bench_closing, big_ledger

YEAR = (date(2025, 1, 1), date(2025, 12, 31))
ROWS = 300_000


def main() -> None:
    """Make a ledger or take the one that is kept, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=ROWS)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = big_ledger.made(Path(os.environ.get("DUTY_BENCH") or folder), given.rows)
        with closing(database.connect(path, ZoneInfo("Asia/Shanghai"))) as db:
            database.migrate(db)
            print(f"A ledger of {value(db, 'SELECT COUNT(*) FROM ledger'):,} entries")
            measure(db)


def measure(db: Database) -> None:
    """Every figure that has a limit."""
    first, last = YEAR
    county = Question(first, last, rows=("month",), within=22)
    units = Question(first, last)
    person = Question(first, last, rows=("month",), person_id=100)
    everything = Question(first, last, rows=("month",), within=1)
    asked = {"a unit's year by month": county, "the organisation's year by month": everything, "all units": units}
    for name, question in asked.items():
        _tell(name, partial(tallies.answer, db, question, clock.now()))
        _tell("  plain GROUP BY", partial(figures.scanned, db, question.cut, question.dimensions), times=1)
    _tell("a person's year by month", partial(tallies.answer, db, person, clock.now()))
    _opened(db, first, last)
    _tell("totals proved against the ledger", partial(tallies.differing, db), times=1)
    print(f"  most memory so far {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")
    entries = value(db, "SELECT COUNT(*) FROM ledger")
    spent = _tell("the chain of hashes", partial(ledger.verify, db), times=1)
    print(f"  {entries / spent:,.0f} entries of the chain a second of CPU")
    bench_closing.measure(db, partial(_tell, times=1))


def _opened(db: Database, first: date, last: date) -> None:
    """The first page of the trips behind a figure, in each order, and what they amount to: as the page asks."""
    of = partial(Question, first, last)
    opened = {
        "the organisation": of(within=1),
        "a city": of(within=2),
        "a county": of(within=22),
        "a unit": of(unit_id=300),
        "a person": of(person_id=100),
        "a place": of(place_id=value(db, "SELECT MAX(id) FROM place")),
        "a community": of(community_id=value(db, "SELECT MAX(id) FROM place WHERE kind = 'community'")),
        "no community": of(within=1, community_id=0),
        "an activity": of(within=1, activity="visit"),
        "a task": of(within=1, task="捡拾垃圾"),
        "heads": of(within=1, role="head"),
        "party members": of(within=1, party=True),
        "rest days": of(within=1, day_kind="rest"),
        "Sundays": of(within=1, weekday=7),
        "supplemented ones": of(within=1, source="supplemented"),
        "carried forward (none)": of(within=1, source="carried"),
        "a city's heads' supplemented visits": of(within=20, role="head", source="supplemented", activity="visit"),
    }
    for name, question in opened.items():
        for order in ORDERS:
            _tell(f"first page of {order}: {name}", partial(tallies.trips, db, order=order, limit=100, **question.cut))
        _tell("  what they amount to", partial(tallies.listed, db, **question.cut))


def _tell(name: str, act: Callable[[], object], *, times: int = 3) -> float:
    """Print the least of a few times; the CPU seconds of it."""
    walls, spent = [], []
    for _ in range(times):
        wall, own = time.perf_counter(), time.process_time()
        act()
        walls.append(time.perf_counter() - wall)
        spent.append(time.process_time() - own)
    print(f"  {name:<60}{1000 * min(spent):12.2f} ms CPU {1000 * min(walls):12.2f} ms", flush=True)
    return min(spent)


if __name__ == "__main__":
    main()
