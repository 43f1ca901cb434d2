"""What `make bench` prints of messages: 10,000 reminders due at once, beside a plain smtplib loop."""

from __future__ import annotations

import multiprocessing
import os
import resource
import smtplib
import socketserver
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from scheduler import clock, config, database, mail, outbox
from scheduler.config import Mail
from scheduler.database import Database, Row, rows, value

MESSAGES = 10_000
Counter = Any
ROOT = Path(__file__).parent.parent


class _Session(socketserver.StreamRequestHandler):
    """The least that is an SMTP server: it takes every letter and keeps none."""

    disable_nagle_algorithm = True
    offers: tuple[bytes, ...] = ()
    taken: Counter

    def handle(self) -> None:
        """One connection."""
        self.wfile.write(b"220 bench\r\n")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.wfile.write(b"".join(b"250-" + told + b"\r\n" for told in (b"bench", *self.offers)))
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                while self.rfile.readline() != b".\r\n":
                    pass
                self.taken.value += 1
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            if verb == b"QUIT":
                return


def _serve(port: Counter, taken: Counter, offers: tuple[bytes, ...]) -> None:
    _Session.taken, _Session.offers = taken, offers
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session) as server:
        server.daemon_threads = True
        port.value = server.server_address[1]
        server.serve_forever()


@contextmanager
def _server(*offers: bytes) -> Iterator[tuple[int, Counter]]:
    """A server in a process of its own, so that it takes as little from the one loop as from the other."""
    port, taken = multiprocessing.Value("i", 0), multiprocessing.Value("i", 0)
    process = multiprocessing.Process(target=_serve, args=(port, taken, offers), daemon=True)
    process.start()
    while not port.value:
        time.sleep(0.01)
    try:
        yield port.value, taken
    finally:
        process.terminate()
        process.join()


def main() -> None:
    """Queue, send by the product in a process of its own, send by plain loops, print."""
    _measure("a server that takes commands in one go, as most do", b"SIZE 10240000", b"8BITMIME", b"PIPELINING")
    _measure("a server that takes them one by one")


def _measure(what: str, *offers: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder, _server(*offers) as (port, taken):
        settings = config.load(config.prepare(Path(folder)).parent)
        _configured(settings.folder, port)
        with closing(database.of(settings)) as db:
            _queue(db)
            letters = rows(db, "SELECT * FROM outbox ORDER BY id")
        ours, mebibytes = _by_the_product(settings.folder)
        by_ours = taken.value
        plain, bare = (loop(port, letters) for loop in (_by_a_plain_loop, _by_a_bare_loop))
        with closing(database.of(settings)) as db:
            sent = value(db, "SELECT COUNT(*) FROM outbox WHERE state = 'sent'")
    print(f"{MESSAGES:,} reminders due at once, {what}: {by_ours:,} taken by it, {sent:,} recorded as sent")
    print(f"{'a plain smtplib loop that writes each letter':<52}{MESSAGES / plain:10,.0f} messages/s")
    print(f"{'one that is given every letter ready written':<52}{MESSAGES / bare:10,.0f} messages/s")
    print(
        f"{'the outbox, start of the process included':<52}{MESSAGES / ours:10,.0f} messages/s"
        f"   {plain / ours:.2f} and {bare / ours:.2f} times these"
    )
    print(f"{'most memory of the sending process':<52}{mebibytes:10,.0f} MiB\n")


def _configured(folder: Path, port: int) -> None:
    path = folder / "settings.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('host = "" ', 'host = "127.0.0.1" ', 1).replace("port = 25", f"port = {port}"), "utf-8"
    )


def _queue(db: Database) -> None:
    now = clock.now()
    with database.write(db):
        for number in range(MESSAGES):
            outbox.queue(
                db, key=f"bench:{number}", kind="reminder", person_id=None, address=f"p{number}@branch.example",  # type: ignore[arg-type]
                subject="值班提醒：3月2日 周一 08:30–17:00 江北支行", body="请按时到岗。\n" * 20, domain="duty.example",
                due_at=now, expires_at=now + timedelta(days=1), now=now,
            )  # fmt: skip


def _by_the_product(folder: Path) -> tuple[float, float]:
    began = time.monotonic()
    command = [sys.executable, "-m", "scheduler", "run", "send"]
    environment = {**os.environ, "DUTY_INSTANCE": str(folder)}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)  # noqa: S603 - our own
    spent = time.monotonic() - began
    return spent, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _by_a_plain_loop(port: int, letters: list[Row]) -> float:
    """The same letters, each written by Python's email.message and sent, one after the other, with nothing noted."""
    began = time.monotonic()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for row in letters:
            letter = EmailMessage(policy=SMTP)
            letter["From"], letter["To"] = Mail().sender, row["address"]
            letter["Subject"], letter["Message-ID"] = row["subject"], row["message_id"]
            letter.set_content(row["body"])
            server.send_message(letter)
    return time.monotonic() - began


def _by_a_bare_loop(port: int, letters: list[Row]) -> float:
    """The same letters, of which each was written before the clock began to run."""
    written = [(row["address"], mail.letter(row, Mail().sender)) for row in letters]
    began = time.monotonic()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for address, letter in written:
            server.sendmail(Mail().sender, address, letter)
    return time.monotonic() - began


if __name__ == "__main__":
    main()
