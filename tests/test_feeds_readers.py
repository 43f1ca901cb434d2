"""Calendar readers that are not ours read the same events from the same bytes, before and after a change."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import vobject
from flask import Flask
from icalendar import Calendar
from werkzeug.serving import make_server

from scheduler import assignments, feeds
from scheduler.audit import SYSTEM
from scheduler.config import Settings
from scheduler.database import Database, run
from tests import builders
from tests.builders import Town
from tests.calendars import MINUTE, MONDAY, body, refreshed, subscribed, subscribed_to_outlet, unit_feed

HERE = Path(__file__).parent
Facts = list[list[Any]]  # uid, start, end, summary, location, description, status, transp, sequence, modified, alarms


@pytest.fixture
def shift_id(db: Database, town: Town) -> int:
    """兰草's shift on Monday among others, with every kind of text that has to be escaped."""
    run(db, "UPDATE place SET address = '江北大道 118 号, 𠮷祥大厦；“一楼”\\n不是换行' WHERE id = :id", id=town.outlet)
    for week in range(1, 12):
        builders.shift(db, town, MONDAY + timedelta(weeks=week), [town.lan, town.min])
    made = builders.shift(db, town, MONDAY, [town.lan])
    run(
        db,
        "UPDATE shift SET headcount = 2, tasks = :tasks",
        tasks="佩戴党员徽章；引导, 分流\n👨‍👩‍👧 亲子\n" + "入户宣传" * 40,
    )
    return made


def nothing(db: Database, town: Town, shift_id: int, now: datetime) -> None:
    """Time goes on, and that is all."""


def move(db: Database, town: Town, shift_id: int, now: datetime) -> None:
    at = {"starts_at": "2026-03-02T11:00:00Z", "ends_at": "2026-03-02T15:30:00Z"}
    for table, column in (("shift", "id"), ("assignment", "shift_id")):
        run(
            db, f"UPDATE {table} SET starts_at = :starts_at, ends_at = :ends_at WHERE {column} = :id", id=shift_id, **at
        )


def rename(db: Database, town: Town, shift_id: int, now: datetime) -> None:
    run(db, "UPDATE place SET name = '江北路支行' WHERE id = :id", id=town.outlet)


def release(db: Database, town: Town, shift_id: int, now: datetime) -> None:
    assignments.release(db, builders.assigned(db, shift_id, town.lan), by=SYSTEM, now=now)
    builders.announced(db, now)


def reassign(db: Database, town: Town, shift_id: int, now: datetime) -> None:
    release(db, town, shift_id, now)
    assignments.seat(db, shift_id, town.min, by=SYSTEM, now=now)
    builders.announced(db, now)


def assign_back(db: Database, town: Town, shift_id: int, now: datetime) -> None:
    release(db, town, shift_id, now)
    refreshed(db, now)
    assignments.seat(db, shift_id, town.lan, by=SYSTEM, now=now)
    builders.announced(db, now)


def cancel(db: Database, town: Town, shift_id: int, now: datetime) -> None:
    run(db, "UPDATE shift SET state = 'cancelled' WHERE id = :id", id=shift_id)


CHANGES = [nothing, move, rename, release, reassign, assign_back, cancel]
Change = Callable[[Database, Town, int, datetime], None]


@pytest.fixture
def token(request: pytest.FixtureRequest, db: Database, town: Town, now: datetime, shift_id: int) -> str:
    if request.param == "person":
        return subscribed(db, town.lan, now)
    of_place = subscribed_to_outlet(db, town, now)
    if request.param == "place":
        return of_place
    run(db, "UPDATE shift SET activity_id = (SELECT id FROM activity WHERE code = 'visit')")
    return unit_feed(db, town, now, request.param)


def by_icalendar(written: bytes) -> Facts:
    return sorted(
        [
            str(event["UID"]),
            event["DTSTART"].dt.timestamp(),
            event["DTEND"].dt.timestamp(),
            *(str(event[name]) for name in ("SUMMARY", "LOCATION", "DESCRIPTION", "STATUS", "TRANSP")),
            event["SEQUENCE"],
            event["LAST-MODIFIED"].dt.timestamp(),
            [alarm["TRIGGER"].dt.total_seconds() for alarm in event.walk("VALARM")],
        ]
        for event in Calendar.from_ical(written).walk("VEVENT")
    )


def by_vobject(written: bytes) -> Facts:
    return sorted(
        [
            event.uid.value,
            event.dtstart.value.timestamp(),
            event.dtend.value.timestamp(),
            *(getattr(event, name).value for name in ("summary", "location", "description", "status", "transp")),
            int(event.sequence.value),
            event.last_modified.value.timestamp(),
            [alarm.trigger.value.total_seconds() for alarm in event.contents.get("valarm", [])],
        ]
        for event in vobject.readOne(written.decode()).vevent_list
    )


def by_icaljs(written: bytes) -> Facts:
    if not (HERE / "node_modules" / "ical.js").exists() or shutil.which("node") is None:
        pytest.skip("ical.js is not installed: npm ci --prefix tests")
    read = subprocess.run(["node", HERE / "read_icaljs.mjs"], input=written, capture_output=True, check=True)
    return sorted(json.loads(read.stdout))


def by_libical(written: bytes) -> Facts:
    read = subprocess.run([sys.executable, HERE / "read_libical.py"], input=written, capture_output=True, check=False)
    assert read.returncode == 0, read.stderr.decode()
    return sorted(json.loads(read.stdout))


TURNS = [(scope, change) for scope in ("person", "place", "unit", "visits") for change in CHANGES]


@pytest.mark.parametrize(("token", "change"), TURNS, indirect=["token"])
@pytest.mark.parametrize("reader", [by_vobject, by_icaljs, by_libical])
def test_others_read_what_we_wrote_before_and_after(db, town, now, shift_id, token, change: Change, reader):
    before = body(db, token, now)
    change(db, town, shift_id, now)
    refreshed(db, now + MINUTE)
    after = body(db, token, now)

    assert reader(before) == by_icalendar(before)
    assert reader(after) == by_icalendar(after)
    assert {facts[0] for facts in reader(before)} <= {facts[0] for facts in reader(after)}


@pytest.fixture
def address(app: Flask, settings: Settings, token: str) -> Iterator[str]:
    """The token's calendar at a real address: a web server on loopback."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield feeds.address(f"http://127.0.0.1:{server.port}", token)
    server.shutdown()


class Vdirsyncer:
    """vdirsyncer, keeping a folder of .ics files in step with an address."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.config = folder / "events", folder / "config"
        self.config.write_text(
            f"""
            [general]
            status_path = "{folder}/status/"
            [pair duties]
            a = "ours"
            b = "theirs"
            collections = null
            conflict_resolution = "b wins"
            [storage ours]
            type = "filesystem"
            path = "{self.folder}"
            fileext = ".ics"
            [storage theirs]
            type = "http"
            url = "{address}"
            """.replace("            ", "")
        )
        self.folder.mkdir()
        self._run("discover")

    def sync(self) -> Facts:
        """The files' events after one turn, but for their UIDs: it gives them names of its own."""
        self._run("sync")
        read = [by_icalendar(path.read_bytes()) for path in self.folder.glob("*.ics")]
        return sorted(facts[1:] for (facts,) in read)

    def written_at(self) -> dict[str, int]:
        return {path.name: path.stat().st_mtime_ns for path in self.folder.glob("*.ics")}

    def _run(self, command: str) -> None:
        tool = Path(sys.executable).with_name("vdirsyncer")
        done = subprocess.run([tool, "-c", self.config, command, "duties"], capture_output=True, text=True, input="y\n")
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("token", "change"),
    [*(("person", change) for change in CHANGES), ("place", reassign), ("unit", move), ("visits", cancel)],
    indirect=["token"],
)
def test_vdirsyncer_follows_over_two_turns(db, town, now, shift_id, token, address, tmp_path, change: Change):
    syncing = Vdirsyncer(tmp_path, address)
    assert syncing.sync() == sorted(facts[1:] for facts in by_icalendar(body(db, token, now)))
    files = syncing.written_at()
    change(db, town, shift_id, now)
    refreshed(db, now + MINUTE)

    assert syncing.sync() == sorted(facts[1:] for facts in by_icalendar(body(db, token, now)))
    assert (syncing.written_at() == files) == (change is nothing)
