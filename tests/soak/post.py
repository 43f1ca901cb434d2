"""A mail server that can kill or pause whoever sends, in the moment between delivery and record."""

from __future__ import annotations

import os
import random
import re
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope, Session

from scheduler import clock, database
from scheduler.database import Database, rows, value, write
from scheduler.errors import Busy
from tests.running import free_port
from tests.soak import house as houses
from tests.soak.house import House, age_leases, reminded_shift, wait_for

SHIFT = 60  # people in one: the schema allows 99
MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE | re.IGNORECASE)


class Sink:
    """Keeps the Message-ID of every mail; `at_delivery` is called when each is delivered and not answered yet.

    `senders_port` is then the sender's end of the line: whose it is says who sends.
    """

    def __init__(self) -> None:
        self.delivered: list[str] = []
        self.senders_port = 0
        self.at_delivery: Callable[[], None] = lambda: None
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self.port = self.controller.port

    def __enter__(self) -> Sink:
        self.controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.controller.stop()

    async def handle_DATA(self, server: object, session: Session, envelope: Envelope) -> str:
        self.senders_port = session.peer[1]
        self.delivered.append(MESSAGE_ID.search(envelope.content)[1].decode())
        self.at_delivery()
        return "250 OK"


def reminder_faults(db: Database, sink: Sink, due: list[int]) -> dict[str, int]:
    """Whether each due reminder was recorded once and delivered at least once under one Message-ID."""
    copies = Counter(sink.delivered)
    found = rows(
        db,
        """
        SELECT reminder.id, outbox.state, outbox.message_id
        FROM reminder JOIN outbox ON outbox.id = reminder.outbox_id
        WHERE reminder.id IN (SELECT value FROM json_each(:due))
        """,
        due=str(due),
    )
    ids = [row["message_id"] for row in found]
    return {
        "reminders due": len(due),
        "reminders not recorded as sent once": len(due) - sum(row["state"] == "sent" for row in found),
        "reminders not delivered": sum(copies[message_id] == 0 for message_id in ids),
        "Message-IDs that are not one reminder's": len(set(copies) - set(ids)) + len(ids) - len(set(ids)),
        "extra copies": sum(copies.values()) - len(copies),
    }


def killed_between_delivery_and_record(folder: Path, kills: int) -> dict[str, object]:
    """The background process dies `kills` times with a delivered mail that it has not noted."""
    with Sink() as sink:
        house, due, left = houses.build(folder, smtp_port=sink.port), [], [kills]

        def kill() -> None:
            if left[0] and "work" in house.processes:
                left[0] -= 1
                os.killpg(house.processes["work"].pid, signal.SIGKILL)

        try:
            due += _due_at_once(house, kills + 10)
            sink.at_delivery = kill
            while left[0]:
                house.start("work")
                house.processes["work"].wait(60)
            return _settled(house, sink, due) | {"kills": kills}
        finally:
            house.end()


def two_processes(folder: Path, kills: int, seed: int) -> dict[str, object]:
    """Two background processes: one is killed again and again; one is paused with a mail in its hand past its lease."""
    with Sink() as sink:
        house, due, dice = houses.build(folder, smtp_port=sink.port), [], random.Random(seed)
        try:
            house.start("work")
            house.processes["other"] = house.processes.pop("work")
            for number in range(kills):  # whoever works is killed, and the other takes over
                due += _due_at_once(house, 3, number)
                before = house.fence()
                house.launch("work")
                time.sleep(dice.uniform(0.5, 3.0))
                house.kill("other")
                wait_for(lambda before=before: house.fence() > before, seconds=60)
                house.processes["other"] = house.processes.pop("work")
            figures = _paused(house, sink, due, kills)
            return _settled(house, sink, due) | figures | {"kills": kills}
        finally:
            house.end()


def _paused(house: House, sink: Sink, due: list[int], number: int) -> dict[str, object]:
    """The one that works is stopped while it sends, replaced, and woken again."""
    working, before = house.processes["other"], house.fence()
    stopped = []

    def pause() -> None:
        while not stopped and _has_line(working.pid, sink.senders_port):
            os.killpg(working.pid, signal.SIGSTOP)
            if _may_write(house):
                stopped.append(working.pid)
            else:  # it holds SQLite's lock, and would keep it: nobody could take over before it goes on or ends
                os.killpg(working.pid, signal.SIGCONT)
                time.sleep(0.05)

    sink.at_delivery = pause
    due += _due_at_once(house, 6, number)
    wait_for(lambda: stopped, seconds=60)
    began = time.monotonic()
    house.launch("work")
    wait_for(lambda: house.fence() > before, seconds=90)
    taken_over = time.monotonic() - began
    wait_for(lambda: _others_are_sent(house), seconds=60)
    sent: list[bool] = []
    sink.at_delivery = lambda: sent.append(_has_line(working.pid, sink.senders_port))
    os.killpg(working.pid, signal.SIGCONT)
    time.sleep(3)
    return {
        "taken over after s": round(taken_over, 1),
        "sent by the one that was paused": sum(sent),
        "processes lost by a pause": int(working.poll() is not None),
        "takeovers during the pause": house.fence() - before,
    }


def _has_line(pid: int, port: int) -> bool:
    """Whether a process has a connection whose own end is that port: /proc/net/tcp says which socket it is."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = {f"socket:[{line[9]}]" for line in lines if int(line[1].partition(":")[2], 16) == port}
    for opened in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            if str(opened.readlink()) in sockets:
                return True
    return False


def _may_write(house: House) -> bool:
    with closing(database.connect(house.settings.database, house.settings.zone, busy_seconds=0.2)) as db:
        try:
            with write(db):
                return True
        except Busy:
            return False


def _others_are_sent(house: House) -> bool:
    """Whether nothing waits but the paused one's mail: read at one moment, or what is queued meanwhile is missed."""
    with closing(house.open()) as db:
        return bool(
            value(
                db,
                """
                SELECT NOT EXISTS (SELECT 1 FROM outbox WHERE state = 'due')
                   AND NOT EXISTS (SELECT 1 FROM reminder WHERE state = 'due')
                   AND (SELECT COUNT(*) FROM outbox WHERE state = 'sending') <= 1
                """,
            )
        )


def _due_at_once(house: House, count: int, number: int = 0) -> list[int]:
    """So many reminders that are due now, of shifts that do not overlap; gives their ids."""
    now, due = clock.now(), []
    with closing(house.open()) as db:
        for first in range(0, count, SHIFT):
            who = list(range(first + 1, min(first + SHIFT, count) + 1))
            at = now + timedelta(hours=3 + number)
            due += reminded_shift(db, at, who, now - timedelta(seconds=1))
    return due


def _settled(house: House, sink: Sink, due: list[int]) -> dict[str, object]:
    """Let what a dead process had claimed be claimed again, as two minutes would, and wait until all is said."""
    sink.at_delivery = lambda: None
    for name in list(house.processes):
        if house.processes[name].poll() is None:
            house.kill(name)
        else:
            house.processes.pop(name)
    with closing(house.open()) as db:
        age_leases(db)
    house.start("work")
    wait_for(lambda: _is_final(house), seconds=120)
    with closing(house.open()) as db:
        return reminder_faults(db, sink, due) | {"sound": houses.is_sound(house)}


def _is_final(house: House) -> bool:
    with closing(house.open()) as db:
        return bool(
            value(
                db,
                """
                SELECT NOT EXISTS (SELECT 1 FROM outbox WHERE state IN ('due', 'sending'))
                   AND NOT EXISTS (SELECT 1 FROM reminder WHERE state = 'due')
                """,
            )
        )
