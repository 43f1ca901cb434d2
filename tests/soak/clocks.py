"""The clock is set, the machine sleeps, a night has 23 or 25 hours: nothing is said twice and nothing forgotten."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from zoneinfo import ZoneInfo

from scheduler import clock, database, outbox, reminders
from scheduler.database import Database, value
from scheduler.jobs.worker import Worker
from scheduler.outbox import Sent
from tests.soak import house as houses
from tests.soak.house import reminded_shift, wait_for
from tests.soak.post import Sink, reminder_faults

HOUR = timedelta(hours=1)
STEPS = {"+1 h": HOUR, "-1 day": -24 * HOUR, "asleep for 2 h": 2 * HOUR, "+1 day": 24 * HOUR}


class Clock:
    """The machine's clock with a hand that can be set."""

    def __init__(self) -> None:
        self.by = timedelta(0)

    def now(self) -> datetime:
        return clock.now() + self.by


def run(folder: Path) -> dict[str, object]:
    """A real background process, in a thread, whose clock is set four times with reminders due after each."""
    figures: dict[str, object] = {}
    with Sink() as sink:
        house, hand, ending = houses.build(folder, smtp_port=sink.port), Clock(), threading.Event()
        worker = Worker(house.settings, hand.now)
        worker.start()
        pulse = threading.Thread(target=lambda: [worker.pulse() for _ in iter(lambda: ending.wait(0.5), True)])
        pulse.start()
        due: list[int] = []
        try:
            for number, (name, by) in enumerate(STEPS.items()):
                then = hand.now() + by
                with closing(house.open()) as db:
                    due += reminded_shift(db, then + (30 + 3 * number) * HOUR, [number + 1], then)
                began = monotonic()
                hand.by += by
                wait_for(lambda due=due: len(sink.delivered) >= len(due), seconds=30)
                figures[f"{name}: sent after s"] = round(monotonic() - began, 1)
        finally:
            ending.set()
            pulse.join()
            worker.end()
        with closing(house.open()) as db:
            return reminder_faults(db, sink, due) | figures


def nights(folder: Path) -> dict[str, int]:
    """Both odd nights of Berlin, minute by minute: how often each of their reminders was sent."""
    told = {}
    for name, evening in (("23 hours", datetime(2026, 3, 28, 20, tzinfo=UTC)),
                          ("25 hours", datetime(2026, 10, 24, 20, tzinfo=UTC))):  # fmt: skip
        path = folder / f"{name[:2]}.sqlite3"
        with closing(database.connect(path, ZoneInfo("Europe/Berlin"))) as db:
            database.migrate(db)
            houses.found(db, evening)
            reminded_shift(db, evening + 12 * HOUR, [1, 2, 3], evening + 5 * HOUR)
            told[name] = _night(db, evening)
    return told


def _night(db: Database, evening: datetime) -> int:
    """How many of the night's three reminders were sent exactly once."""
    sent: list[str] = []

    def post(row: database.Row) -> Sent:
        sent.append(row["message_id"])
        return Sent(True)

    for minute in range(10 * 60):
        now = evening + timedelta(minutes=minute)
        reminders.queue_due(db, base_url="https://duty.example", now=now)
        outbox.send_due(db, post, moment=lambda now=now: now)
    assert value(db, "SELECT COUNT(*) FROM outbox WHERE state = 'sent'") == len(sent)
    return len(sent) if len(sent) == len(set(sent)) else -1
