"""Backups are made while others write: each is sound, holds one moment, and is restored as it is."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from scheduler import audit, backups, clock, config, database
from scheduler.audit import SYSTEM
from scheduler.config import Settings
from scheduler.database import Row, insert, rows, value, write
from tests.soak import house as houses

FIRST = date(2030, 1, 1)


def run(folder: Path, times: int) -> dict[str, object]:
    """Back up `times` times while a thread writes pairs of rows; restore each into an installation of its own."""
    house, ending = houses.build(folder / "live"), threading.Event()
    written: list[int] = []
    writer = threading.Thread(target=_write_pairs, args=(house.settings, ending, written))
    writer.start()
    torn = differing = 0
    try:
        with closing(house.open()) as db:
            for number in range(times):
                made = backups.make(db, house.settings, "hand", now=clock.now() + timedelta(seconds=number))
                torn += _is_torn(made, house.settings)
                differing += not _is_restored_equal(made, folder / f"restored{number}")
    finally:
        ending.set()
        writer.join()
    return {
        "backups": times,
        "pairs written meanwhile": len(written),
        "backups that hold half a pair": torn,
        "restored that differ": differing,
    }


def _write_pairs(settings: Settings, ending: threading.Event, written: list[int]) -> None:
    with closing(database.opened(settings)) as db:
        while not ending.is_set():
            with write(db):
                day = (FIRST + timedelta(days=len(written))).isoformat()
                insert(db, "workday_override", day=day, is_workday=0, name="春" * 30)
                audit.record(db, "override", "workday_override", len(written), by=SYSTEM, now=clock.now())
            written.append(1)
            time.sleep(0.001)


def _is_torn(path: Path, settings: Settings) -> bool:
    with closing(database.connect(path, settings.zone, create=False, journal="DELETE")) as copy:
        days = value(copy, "SELECT COUNT(*) FROM workday_override")
        return days != value(copy, "SELECT COUNT(*) FROM audit WHERE act = 'override'")


def _is_restored_equal(made: Path, folder: Path) -> bool:
    config.prepare(folder)
    settings = config.load(folder)
    backups.restore(settings, made, by=SYSTEM, now=clock.now())
    return _everything(made, settings, "DELETE") == _everything(settings.database, settings, "WAL")


def _everything(path: Path, settings: Settings, journal: str) -> dict[str, list[Row]]:
    """Every row of every table, but for its lease, which a restore frees, and the audit's word that it was restored."""
    with closing(database.connect(path, settings.zone, create=False, journal=journal)) as db:
        tables = [row["name"] for row in rows(db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        found = {name: rows(db, f'SELECT * FROM "{name}"') for name in tables}
    found["audit"] = [row for row in found["audit"] if row["act"] != "restore"]
    return {name: of for name, of in found.items() if name != "lease"}
