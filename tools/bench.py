"""What `make bench` prints: CPU time and ratio of what this product does most, on the demonstration organisation.

CPU time, because wall time on a shared machine measures the others; everything in one run on one machine,
because only the ratios travel. Nothing here is a test and nothing has a limit.
"""

from __future__ import annotations

import tempfile
import time
from contextlib import closing
from pathlib import Path

from scheduler import assignments, clock, config, database, demo, rosters, rotation
from scheduler.audit import SYSTEM
from scheduler.database import Database, Row, rows
from tools import bench_feeds
from tools.bench_boards import boards
from tools.measuring import cpu, tell


def main() -> None:
    """Make a demonstration, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        config.prepare(Path(folder))
        settings = config.load(Path(folder))
        with closing(database.of(settings)) as db:
            began = time.process_time()
            demo.load(db, base_url=settings.site.base_url, now=clock.now())
            print(f"{'demonstration organisation loaded':<52}{time.process_time() - began:10.1f} s CPU\n")
            bench_feeds.measure()
            boards(db, settings, _roster(db, "published"))
            _rosters(db)


def _rosters(db: Database) -> None:
    """One month solved, and what a checked assignment by hand costs beside it."""
    roster = _roster(db, "draft")
    asked = rosters.problem(db, roster["id"])
    solved = cpu(lambda: rotation.solve(asked), 1)
    proposal = rotation.solve(asked)
    print(f"One month: {len(asked.duties)} duties, {len(asked.staff)} people")
    tell(f"solved to within {100 * proposal.gap:.2f} % of the bound", solved, solved)
    seats = [(int(seat.duty[1:]), int(seat.staff[1:])) for seat in proposal.seats]
    made: list[int] = []

    def seat_one() -> None:
        shift_id, person_id = seats[len(made)]
        made.append(assignments.seat(db, shift_id, person_id, by=SYSTEM, now=clock.now()))

    tell("one checked assignment, one transaction", cpu(seat_one, min(100, len(seats))), solved)


def _roster(db: Database, state: str) -> Row:
    found = rows(
        db,
        """
        SELECT roster.id, COUNT(shift.id) AS shifts
        FROM roster
        JOIN shift ON shift.roster_id = roster.id
        WHERE roster.state = :state
        GROUP BY roster.id
        ORDER BY roster.id
        """,
        state=state,
    )
    return found[0]


if __name__ == "__main__":
    main()
