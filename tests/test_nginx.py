"""docs/nginx.conf, tried with a real nginx: calendars come through it byte for byte, and are void when revoked."""

from __future__ import annotations

import http.client
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from scheduler import feeds
from scheduler.audit import SYSTEM
from scheduler.database import Database, one
from tests import builders
from tests.builders import Town
from tests.calendars import MONDAY, refreshed
from tests.mailbox import free_port

SAMPLE = Path(__file__).parent.parent / "docs" / "nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Nginx:
    """A running nginx: where it listens, and the folder in which it logs."""

    port: int
    folder: Path

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        door = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        door.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = door.getresponse()
        return Answer(answer.status, dict(answer.getheaders()), answer.read())

    def logged(self) -> str:
        return "".join(path.read_text() for path in self.folder.glob("*.log"))


@pytest.fixture
def nginx(app: Flask, tmp_path: Path) -> Iterator[Nginx]:
    """The sample with its marked lines changed, before the application on loopback."""
    if NGINX is None:
        pytest.skip("nginx is not installed: apt install nginx-light")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = free_port()
    (tmp_path / "nginx.conf").write_text(settled(tmp_path, server.port, port))
    running = subprocess.Popen(
        [NGINX, "-c", tmp_path / "nginx.conf", "-e", tmp_path / "start.log", "-g", "daemon off;"]
    )
    try:
        yield answering(Nginx(port, tmp_path))
    finally:
        running.terminate()
        running.wait()
        server.shutdown()


def settled(folder: Path, application: int, port: int) -> str:
    """The sample as a whole configuration for this folder and these ports, without TLS."""
    lines = [line for line in SAMPLE.read_text().splitlines() if "ssl_certificate" not in line]
    sample = "\n".join(lines).replace("127.0.0.1:8000", f"127.0.0.1:{application}")
    sample = sample.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};").replace("/var/log/nginx", str(folder))
    kept = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"pid {folder}/nginx.pid;\nevents {{}}\nhttp {{\n{kept}{sample}\n}}\n"


def answering(nginx: Nginx) -> Nginx:
    for _ in range(100):
        try:
            nginx.ask("/healthz")
        except OSError:
            time.sleep(0.05)
        else:
            return nginx
    raise AssertionError(nginx.logged())


@pytest.fixture
def path(db: Database, town: Town, now, my_feed: str) -> str:
    builders.shift(db, town, MONDAY, [town.lan])
    refreshed(db, now)
    return f"/calendar/{my_feed}/duty.ics"


def test_calendars_come_through_byte_for_byte(nginx, db, path):
    stored = one(db, "SELECT body, gzipped, etag FROM calendar")
    plain, packed = nginx.ask(path), nginx.ask(path, Accept_Encoding="gzip")

    assert (plain.status, plain.body) == (200, stored["body"])
    assert (packed.headers["Content-Encoding"], packed.body) == ("gzip", stored["gzipped"])
    assert plain.headers["ETag"] == packed.headers["ETag"] == f'"{stored["etag"]}"'
    assert plain.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert plain.headers["Cache-Control"] == "private, no-cache"
    assert plain.headers["Content-Length"] == str(len(stored["body"]))


def test_what_is_known_already_is_answered_with_304(nginx, path):
    first = nginx.ask(path)
    by_tag = nginx.ask(path, If_None_Match=first.headers["ETag"])
    by_time = nginx.ask(path, If_Modified_Since=first.headers["Last-Modified"], Accept_Encoding="gzip")

    assert (by_tag.status, by_tag.body, by_tag.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert (by_time.status, by_time.body) == (304, b"")
    assert nginx.ask(path, If_None_Match='"other"').status == 200
    assert (nginx.ask(path, "HEAD").status, nginx.ask(path, "HEAD").body) == (200, b"")


def test_a_revoked_address_is_void_with_the_next_request(nginx, db, town, now, path):
    assert nginx.ask(path).status == 200
    feeds.revoke(db, owner_id=town.lan, of=feeds.Shown("person", town.lan), by=SYSTEM, now=now)

    assert nginx.ask(path).status == 404


def test_no_secret_address_is_logged(nginx, path):
    for asked in (path, f"{path}?x=1", "/wall/secret-token", "/signin/secret-token", "/units"):
        nginx.ask(asked)
    for _ in range(40):  # the line is written once the answer has left
        if '"GET /units"' in (logged := nginx.logged()):
            break
        time.sleep(0.05)

    assert path.split("/")[2] not in logged
    assert "secret-token" not in logged
    assert logged.count('"GET /calendar/..." 200') == 2
    assert '"GET /units" 302' in logged or '"GET /units" 303' in logged


def test_one_address_that_is_hammered_is_slowed_down_and_others_are_not(nginx, path):
    hammered = [nginx.ask(path).status for _ in range(40)]

    assert (hammered[0], hammered[-1]) == (200, 429)
    assert nginx.ask(f"/calendar/{'x' * 32}/duty.ics").status == 404
