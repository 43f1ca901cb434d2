"""What `make bench` prints of messages: 10,000 reminders due at once, beside a plain smtplib loop."""

from __future__ import annotations

import os
import resource
import smtplib
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from scheduler import clock, config, database, mail, outbox
from scheduler.config import Mail
from scheduler.database import Database, Row, rows, value

MESSAGES = 10_000
ROOT = Path(__file__).parent.parent


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    taken = 0


class _Session(socketserver.StreamRequestHandler):
    """The least that is an SMTP server: it takes every letter and keeps none."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        """One connection."""
        self.wfile.write(b"220 bench\r\n")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                while self.rfile.readline() != b".\r\n":
                    pass
                _Server.taken += 1
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            if verb == b"QUIT":
                return


def main() -> None:
    """Queue, send by the product in a process of its own, send by a plain loop, print."""
    with tempfile.TemporaryDirectory() as folder, _Server(("127.0.0.1", 0), _Session) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings = config.load(config.prepare(Path(folder)).parent)
        _configured(settings.folder, server.server_address[1])
        with closing(database.of(settings)) as db:
            _queue(db)
            letters = rows(db, "SELECT * FROM outbox ORDER BY id")
        ours, mebibytes = _by_the_product(settings.folder)
        taken = _Server.taken
        plain = _by_a_plain_loop(server.server_address[1], letters)
        with closing(database.of(settings)) as db:
            sent = value(db, "SELECT COUNT(*) FROM outbox WHERE state = 'sent'")
        print(f"{MESSAGES:,} reminders due at once: {taken:,} taken by the server, {sent:,} recorded as sent")
        print(f"{'a plain smtplib loop':<52}{MESSAGES / plain:10,.0f} messages/s")
        print(
            f"{'the outbox, start of the process included':<52}{MESSAGES / ours:10,.0f} messages/s{plain / ours:8.2f} x"
        )
        print(f"{'most memory of the sending process':<52}{mebibytes:10,.0f} MiB\n")
        server.shutdown()


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
    """The same letters, written and sent one after the other, with nothing noted."""
    began = time.monotonic()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for letter in letters:
            server.send_message(mail.compose(letter, Mail().sender))
    return time.monotonic() - began


if __name__ == "__main__":
    main()
