"""What `make bench` prints: CPU time and ratio of what this product does most, on the demonstration organisation.

CPU time, because wall time on a shared machine measures the others; everything in one run on one machine,
because only the ratios travel. Nothing here is a test and nothing has a limit.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

from scheduler import assignments, clock, config, database, demo, feeds, people, rosters, rotation
from scheduler.audit import SYSTEM
from scheduler.config import Settings
from scheduler.database import Database, Row, rows, run, value, write
from scheduler.feeds.calendars import rerender
from tools.bench_boards import boards
from tools.measuring import cpu, tell
from web import create_app

ROOT = Path(__file__).parent.parent
OWNER = demo.CAST["coordinator"]
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Make a demonstration, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        config.prepare(Path(folder))
        settings = config.load(Path(folder))
        with closing(database.of(settings)) as db:
            began = time.process_time()
            demo.load(db, base_url=settings.site.base_url, now=clock.now())
            print(f"{'demonstration organisation loaded':<52}{time.process_time() - began:10.1f} s CPU\n")
            _feeds(db, settings)
            boards(db, settings, _roster(db, "published"))
            _rosters(db)


def _feeds(db: Database, settings: Settings) -> None:
    """The busiest calendar: rendered anew each time, as stored bytes, and as 304; in process and under gunicorn."""
    place_id, owner_id = _busiest_place(db), people.by_staff_no(db, [OWNER])[OWNER]["id"]
    token = feeds.subscribe(
        db,
        owner_id=owner_id,
        of=feeds.Shown("place", place_id),
        lang="zh",
        base_url=settings.site.base_url,
        by=SYSTEM,
        now=clock.now(),
    )
    calendar_id = value(db, "SELECT id FROM calendar WHERE place_id = :place_id", place_id=place_id)
    client = create_app(settings).test_client()
    path = f"/calendar/{token}/duty.ics"
    first = client.get(path)
    etag = {"If-None-Match": first.headers["ETag"]}

    def render() -> None:
        with write(db):
            run(db, "DELETE FROM feed_event WHERE calendar_id = :id", id=calendar_id)
            rerender(db, calendar_id, base_url=settings.site.base_url, now=clock.now())

    print(f"A feed of {first.data.count(b'BEGIN:VEVENT')} events, {len(first.data):,} bytes")
    rendered = cpu(render, 20)
    tell("rendered each time", rendered, rendered)
    tell("stored bytes, 200", cpu(lambda: client.get(path), 500), rendered)
    tell("not modified, 304", cpu(lambda: client.get(path, headers=etag), 500), rendered)
    for name, spent in _under_gunicorn(settings, path, etag):
        tell(name, spent, rendered)
    print()


def _busiest_place(db: Database) -> int:
    return int(
        value(
            db,
            """
            SELECT shift.place_id
            FROM shift
            JOIN roster ON roster.id = shift.roster_id AND roster.state <> 'draft'
            WHERE shift.activity_id IN (SELECT id FROM activity WHERE code IN ('visit', 'community'))
            GROUP BY shift.place_id
            ORDER BY COUNT(*) DESC, shift.place_id
            """,
        )
    )


def _under_gunicorn(settings: Settings, path: str, etag: dict[str, str]) -> list[tuple[str, float]]:
    """CPU of the server's processes for a request, by their own account in /proc (Linux only)."""
    if not Path("/proc/self/stat").exists():
        return []
    with socket.socket() as probe:
        probe.bind((config.HOST, 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(  # noqa: S603 - a command of ours
        [sys.executable, "-m", "gunicorn", "web.serve:application()", "--bind", f"{config.HOST}:{port}",
         "--worker-class", "gthread", "--threads", "4", "--log-level", "error", "--no-control-socket"],
        cwd=ROOT, env={**os.environ, "DUTY_INSTANCE": str(settings.folder)},
    )  # fmt: skip
    try:
        url = f"http://{config.HOST}:{port}{path}"
        _await(url)
        return [
            (f"{name}, under gunicorn", _spent_by(server.pid, url, headers, 300))
            for name, headers in (("stored bytes, 200", {}), ("not modified, 304", etag))
        ]
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def _await(url: str) -> None:
    for _ in range(200):
        try:
            _get(url, {})
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("gunicorn does not answer")


def _get(url: str, headers: dict[str, str]) -> None:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:  # noqa: S310
            answer.read()
    except urllib.error.HTTPError as answer:  # urllib counts 304 among the errors
        if answer.code != 304:
            raise


def _spent_by(pid: int, url: str, headers: dict[str, str], times: int) -> float:
    before = _ticks(pid)
    for _ in range(times):
        _get(url, headers)
    return (_ticks(pid) - before) / TICKS / times


def _ticks(pid: int) -> int:
    """User and system time of a process and its children that live, in clock ticks (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(fields[11]) + int(fields[12]) + sum(_ticks(int(child)) for child in children)


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
