"""Both processes are killed at random under load: what was answered is there, the ledger is exact."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median

from scheduler import clock
from scheduler.database import rows, value
from tests.soak import house as houses
from tests.soak.house import Browser, House, ledger_faults, past_shifts, reminded_shift, wait_for
from tests.soak.post import Sink, reminder_faults

BROWSERS = 3
ANSWERED = {200, 303}


@dataclass
class Load:
    """Browsers that seat people without end, and what they were told."""

    house: House
    acknowledged: set[tuple[int, int]] = field(default_factory=set)
    unknown: set[tuple[int, int]] = field(default_factory=set)
    refused: dict[int, int] = field(default_factory=dict)
    ending: threading.Event = field(default_factory=threading.Event)
    ran_out: bool = False

    def seats(self, share: int) -> Iterator[tuple[int, int]]:
        """Each person once a day, spread over the day's shifts."""
        with closing(self.house.open()) as db:
            shifts = rows(db, "SELECT id FROM shift WHERE roster_id = 1 ORDER BY day, id")
        for number, shift in enumerate(shifts):
            for n in range(houses.PEOPLE // houses.OUTLETS):
                person_id = number % houses.OUTLETS + n * houses.OUTLETS + 1
                if person_id % BROWSERS == share:
                    yield shift["id"], person_id

    def go_on(self, browser: Browser, share: int) -> None:
        for seat in self.seats(share):
            while (status := browser.seat(*seat)) == 0 and not self.ending.is_set():
                time.sleep(0.05)
            if self.ending.is_set() and not status:
                self.unknown.add(seat)
                return
            if status is None:
                self.unknown.add(seat)
            elif status in ANSWERED:
                self.acknowledged.add(seat)
            else:
                self.refused[status] = self.refused.get(status, 0) + 1
            if self.ending.wait(0.02):
                return
        self.ran_out = True


def run(folder: Path, kills: int, seed: int) -> dict[str, object]:
    """Kill web or background process `kills` times; gives the figures."""
    dice = random.Random(seed)
    with Sink() as sink:
        house = houses.build(folder, smtp_port=sink.port)
        try:
            return _run(house, sink, kills, dice) | {"seed": seed}
        finally:
            house.end()


def _run(house: House, sink: Sink, kills: int, dice: random.Random) -> dict[str, object]:
    for name in ("web", "work"):
        house.start(name)
    load = Load(house)
    browsers = [Browser(house) for _ in range(BROWSERS)]
    threads = [threading.Thread(target=load.go_on, args=(one, share)) for share, one in enumerate(browsers)]
    for thread in threads:
        thread.start()
    begun, due = clock.now(), []
    try:
        for number in range(kills):
            due += _work_to_do(house, begun, number)
            time.sleep(dice.uniform(0.05, 0.6))
            victim = dice.choice(("web", "work"))
            house.kill(victim)
            house.start(victim)
    finally:
        load.ending.set()
        for thread in threads:
            thread.join()
    house.kill("work")
    with closing(house.open()) as db:
        houses.age_leases(db)
    house.start("work")
    wait_for(lambda: _is_done(house), seconds=120)
    return _figures(house, load, sink, due) | {"kills": kills}


def _work_to_do(house: House, begun, number: int) -> list[int]:
    """A day of the past to enter into the ledger, and four reminders that are due now."""
    with closing(house.open()) as db:
        past_shifts(db, clock.today(begun, db.zone) - timedelta(days=number + 2))
        who = [4 * number % houses.PEOPLE + n + 1 for n in range(4)]
        return reminded_shift(db, begun + timedelta(hours=3 + number), who, clock.now() - timedelta(seconds=1))


def _is_done(house: House) -> bool:
    with closing(house.open()) as db:
        open_ones = value(db, "SELECT COUNT(*) FROM reminder WHERE state = 'due'")
        waiting = value(db, "SELECT COUNT(*) FROM outbox WHERE state IN ('due', 'sending')")
        return not open_ones and not waiting and ledger_faults(db)[0] == 0


def _figures(house: House, load: Load, sink: Sink, due: list[int]) -> dict[str, object]:
    with closing(house.open()) as db:
        drafted = "SELECT shift_id, person_id FROM assignment WHERE published_at IS NULL"
        stored = {(row["shift_id"], row["person_id"]) for row in rows(db, drafted)}
        audited = value(db, "SELECT COUNT(*) FROM audit WHERE act = 'seat'")
        missing, doubled = ledger_faults(db)
        return {
            "under load to the end": not load.ran_out,
            "acknowledged": len(load.acknowledged),
            "acknowledged and lost": len(load.acknowledged - stored),
            "unanswered": len(load.unknown),
            "stored though nobody asked": len(stored - load.acknowledged - load.unknown),
            "seats without their audit row": abs(audited - len(stored)),
            "refused": sum(load.refused.values()),
            "ledger entries": value(db, "SELECT COUNT(*) FROM ledger"),
            "ledger rows lost": missing,
            "ledger rows doubled": doubled,
            **reminder_faults(db, sink, due),
            "sound": houses.is_sound(house),
            **_readiness(house),
        }


def _readiness(house: House) -> dict[str, float]:
    """From start to at work: by the wall clock, which other programs lengthen, and in seconds of a processor."""
    return {
        what: round(of(times[name]), 1)
        for called, name in (("web", "web"), ("background", "work"))
        for what, times, of in (
            (f"{called} ready after, median s", house.starts, median),
            (f"{called} ready after at most s", house.starts, max),
            (f"{called} ready for at most s of a processor", house.costs, max),
        )
    }
