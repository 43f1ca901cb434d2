"""What `make bench` prints of calendars: one rendered each time against stored bytes, a thousand made from nothing."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import time as Clock
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Alarm, Event

from scheduler import clock, config, database, feeds
from scheduler.audit import SYSTEM
from scheduler.config import Settings
from scheduler.database import Database, insert, one, run, value, write
from scheduler.feeds import Shown, render
from scheduler.feeds.calendars import CALENDAR, UID_DOMAIN
from scheduler.feeds.events import entries
from scheduler.feeds.render import Entry, Stamps
from scheduler.feeds.window import at_most, window
from tools.measuring import by_turns, cpu, tell
from web import create_app

ROOT = Path(__file__).parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
PEOPLE, DUTIES = 1000, 100
RENDERED, WRITER = "LUNZHI_RENDERED", "LUNZHI_WRITER"  # which calendar `rendering` renders for every request, and how
Writer = Callable[[Entry, Stamps, ZoneInfo], bytes]


def measure() -> None:
    """A thousand people's calendars made from nothing and one shift changed; then one of them, fetched."""
    with tempfile.TemporaryDirectory() as folder:
        config.prepare(Path(folder))
        settings = config.load(Path(folder))
        with closing(database.of(settings)) as db:
            database.migrate(db)
            with write(db):
                shift_id = _crowd(db)
            _made(db, shift_id, settings.site.base_url)
            _fetched(db, settings)


def _made(db: Database, shift_id: int, base_url: str) -> None:
    print(f"{PEOPLE:,} people with {DUTIES} duties each")
    began = time.process_time()
    made = feeds.refresh(db, base_url=base_url, now=clock.now())
    print(f"  {f'{made:,} calendars from nothing':<50}{time.process_time() - began:10.2f} s CPU")
    with write(db):
        run(db, "UPDATE shift SET tasks = 'x' WHERE id = :id", id=shift_id)
    began = time.process_time()
    made = feeds.refresh(db, base_url=base_url, now=clock.now())
    print(f"  {f'one shift changed: {made} of them again':<50}{1000 * (time.process_time() - began):10.2f} ms CPU\n")


def _fetched(db: Database, settings: Settings) -> None:
    """One calendar, in process and under gunicorn: rendered for every request, as stored bytes, and as 304."""
    of, base_url = Shown("person", 1), settings.site.base_url
    token = feeds.subscribe(db, owner_id=of.id, of=of, lang="zh", base_url=base_url, by=SYSTEM, now=clock.now())
    calendar_id = value(db, "SELECT id FROM calendar WHERE person_id = :id", id=of.id)
    client, path = create_app(settings).test_client(), f"/calendar/{token}/duty.ics"
    first = client.get(path)
    etag = {"If-None-Match": first.headers["ETag"]}
    print(f"A feed of {first.data.count(b'BEGIN:VEVENT')} events, {len(first.data):,} bytes")
    rendered = cpu(lambda: rendered_anew(db, calendar_id, base_url, by_icalendar), 20)
    tell("rendered each time by icalendar", rendered, rendered)
    tell("rendered each time by us", cpu(lambda: rendered_anew(db, calendar_id, base_url, render.event), 20), rendered)
    stored, known = by_turns([lambda: cpu(lambda: client.get(path), 100),
                              lambda: cpu(lambda: client.get(path, headers=etag), 100)])  # fmt: skip
    tell("stored bytes, 200", stored, rendered)
    tell("not modified, 304", known, rendered)
    _tell_under_gunicorn(settings, calendar_id, path, etag)
    print()


def by_icalendar(entry: Entry, stamps: Stamps, zone: ZoneInfo) -> bytes:
    """The event as the library writes it."""
    made = Event()
    made.add("uid", entry.uid)
    made.add("dtstamp", stamps.modified)
    made.add("created", stamps.created)
    made.add("last-modified", stamps.modified)
    made.add("sequence", stamps.sequence)
    made.add("dtstart", entry.starts.astimezone(zone))
    made.add("dtend", entry.ends.astimezone(zone))
    made.add("summary", entry.summary)
    made.add("location", entry.location)
    made.add("description", entry.description)
    made.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    made.add("transp", "OPAQUE" if entry.busy else "TRANSPARENT")
    made.add("categories", [entry.category])
    made.add("url", entry.url)
    for before in entry.alarms:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.summary)
        alarm.add("trigger", -before)
        made.add_component(alarm)
    return bytes(made.to_ical())


WRITERS: dict[str, Writer] = {"icalendar": by_icalendar, "us": render.event}


def rendered_anew(db: Database, calendar_id: int, base_url: str, writer: Writer) -> bytes:
    """The calendar from its rows, without anything kept: what every request would cost if nothing were stored."""
    calendar = one(db, CALENDAR, id=calendar_id, domain=UID_DOMAIN)
    assert calendar is not None  # noqa: S101 - the benchmark made it
    now = clock.now()
    shown = window(now, db.zone)
    held = at_most(entries(db, calendar, (), shown, base_url), shown, db.zone)
    render.head.cache_clear()
    head = render.head(calendar["name"], calendar["lang"], db.zone.key)
    return b"".join((head, *(writer(entry, Stamps(0, now, now), db.zone) for entry in held.entries), render.TAIL))


def rendering() -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """The application, made to render the calendar before it answers: what gunicorn is measured against."""
    settings = config.load(config.instance_folder())
    app, calendar_id = create_app(settings), int(os.environ[RENDERED])
    db = database.of(settings)

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        rendered_anew(db, calendar_id, settings.site.base_url, WRITERS[os.environ[WRITER]])
        return app(environ, start)

    return answer


def _tell_under_gunicorn(settings: Settings, calendar_id: int, path: str, etag: dict[str, str]) -> None:
    """CPU of the server's processes for a request, by their own account in /proc (Linux only)."""
    if not Path("/proc/self/stat").exists():
        return
    asked = {"stored bytes, 200": {}, "not modified, 304": etag}
    ways = [{RENDERED: str(calendar_id), WRITER: writer} for writer in WRITERS]
    anew = [_served(settings, "tools.bench_feeds:rendering()", way, path, [{}], 200)[0] for way in ways]
    for writer, one_request in zip(WRITERS, anew, strict=True):
        tell(f"under gunicorn: rendered each time by {writer}", one_request, anew[0])
    spent = _served(settings, "web.serve:application()", {}, path, list(asked.values()), 500, rounds=9)
    for name, one_request in zip(asked, spent, strict=True):
        tell(f"under gunicorn: {name}", one_request, anew[0])


def _served(
    settings: Settings, application: str, more: dict[str, str], path: str, asked: list[dict[str, str]], times: int, *,
    rounds: int = 1,
) -> list[float]:  # fmt: skip
    """CPU of one request of each kind: so many of one, then of the next, and around again."""
    with socket.socket() as probe:
        probe.bind((config.HOST, 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(  # noqa: S603 - a command of ours
        [sys.executable, "-m", "gunicorn", application, "--bind", f"{config.HOST}:{port}",
         "--worker-class", "gthread", "--threads", "4", "--log-level", "error", "--no-control-socket"],
        cwd=ROOT, env={**os.environ, "DUTY_INSTANCE": str(settings.folder), **more},
    )  # fmt: skip
    try:
        url = f"http://{config.HOST}:{port}{path}"
        _await(url)
        for headers in asked:
            _spent_by(server.pid, url, headers, 50)  # templates, connections: what only the first requests cost
        return by_turns([partial(_spent_by, server.pid, url, headers, times) for headers in asked], rounds)
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


def _crowd(db: Database) -> int:
    """Their unit, place, duties and addresses; gives a shift that two of them stand."""
    unit = insert(db, "unit", name="分行", kind="branch")
    place = insert(db, "place", key="place", name="江北支行", kind="outlet", unit_id=unit, address="江北大道 118 号")
    first = clock.today(clock.now(), db.zone)
    roster = insert(
        db, "roster", unit_id=unit, starts_on=first.isoformat(), ends_on=(first + timedelta(DUTIES)).isoformat(),
        state="published", made_at="2026-01-01T00:00:00Z", published_at="2026-01-01T00:00:00Z",
    )  # fmt: skip
    for number in range(PEOPLE):
        person = insert(
            db, "person", key=f"p{number}", staff_no=f"{number:05}", name=f"人员{number}", unit_id=unit, role="staff",
            joined_on="2020-01-01",
        )  # fmt: skip
        calendar = insert(db, "calendar", scope="person", person_id=person, lang="zh")
        made = {"calendar_id": calendar, "owner_id": person, "made_at": "2026-01-01T00:00:00Z"}
        insert(db, "feed", token_hash=secrets.token_hex(), **made)
    for number in range(PEOPLE // 2 * DUTIES):
        day = first + timedelta(number % DUTIES)
        starts, ends = (clock.to_text(at) for at in clock.span(day, Clock(9, 0), Clock(17, 0), db.zone))
        shift = insert(
            db, "shift", key=f"s{number}", unit_id=unit, roster_id=roster, place_id=place, activity_id=1, headcount=2,
            day=day.isoformat(), starts_at=starts, ends_at=ends, tasks="佩戴党员徽章；引导分流，入户宣传",
        )  # fmt: skip
        for slot in (1, 2):
            insert(
                db, "assignment", shift_id=shift, slot=slot, person_id=number // DUTIES * 2 + slot, starts_at=starts,
                ends_at=ends, source="hand", made_at=starts, published_at=starts,
            )  # fmt: skip
    return shift


if __name__ == "__main__":
    measure()
