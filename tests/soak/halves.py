"""Killed while it backs up, imports or migrates: nothing half has a final name, and the database is whole."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import subprocess
import sys
from contextlib import closing, suppress
from datetime import date, timedelta
from pathlib import Path
from time import monotonic

from scheduler import backups, config, database, migrations
from scheduler.config import Settings
from scheduler.database import insert, value, write
from scheduler.errors import Refusal
from tests import first_release
from tests.running import ROOT, environment
from tests.soak import house as houses

ROWS = 800  # of a staff list, and of days by hand: so that there is a middle to be killed in
Figures = dict[str, object]


def run(folder: Path, kills: int, seed: int) -> Figures:
    """Each of the three is killed `kills` times, at any moment of its run; gives the figures."""
    dice = random.Random(seed)
    found = [
        _backing_up(folder / "backing up", kills, dice),
        _importing(folder / "importing", kills, dice),
        _migrating(folder / "migrating", kills, dice),
    ]
    return {name: figure for figures in found for name, figure in figures.items()} | {"kills": 3 * kills}


def _backing_up(folder: Path, kills: int, dice: random.Random) -> Figures:
    house = houses.build(folder)
    with closing(house.open()) as db, write(db):
        for number in range(ROWS):
            day = (date(2030, 1, 1) + timedelta(days=number)).isoformat()
            insert(db, "workday_override", day=day, is_workday=0, name="春" * 300)
    usual, killed, broken = _usual(folder, "backup"), 0, 0
    for _ in range(kills):
        killed += _killed(folder, dice.uniform(0.5, 1.05) * usual, "backup")
        broken += not houses.is_sound(house)
    halves = sum(
        not _is_whole(path, house.settings) for path in backups.folder(house.settings).glob("lunzhi-*.sqlite3")
    )
    return {"killed while backing up": killed, "backups not whole": halves, "databases not whole": broken}


def _importing(folder: Path, kills: int, dice: random.Random) -> Figures:
    house, killed, torn = houses.build(folder), 0, 0
    usual = _usual(folder, "import", "people", str(_staff_list(folder, 0)))
    for number in range(1, kills + 1):
        before = _people(house.settings)
        killed += _killed(folder, dice.uniform(0.5, 1.05) * usual, "import", "people", str(_staff_list(folder, number)))
        torn += _people(house.settings) - before not in (0, ROWS)
    return {"killed while importing": killed, "imports not whole": torn + (not houses.is_sound(house))}


def _migrating(folder: Path, kills: int, dice: random.Random) -> Figures:
    steps, killed, torn, unfinished = {step.name for step in migrations.STEPS._migrations}, 0, 0, 0
    usual = _usual(_first_release(folder / "usual").folder, "verify")
    for number in range(kills):
        settings = _first_release(folder / str(number))
        killed += _killed(settings.folder, dice.uniform(0.3, 1.05) * usual, "verify")
        torn += _steps(settings) not in ({"first_month"}, steps)
        torn += sum(not _is_whole(path, settings) for path in backups.folder(settings).glob("lunzhi-*.sqlite3"))
        done = subprocess.run(_command("verify"), cwd=ROOT, env=environment(settings.folder), capture_output=True)
        unfinished += done.returncode != 0 or _steps(settings) != steps
    return {
        "killed while migrating": killed,
        "migrations not whole": torn,
        "migrations not done by the next start": unfinished,
    }


def _first_release(folder: Path) -> Settings:
    config.prepare(folder)
    settings = config.load(folder)
    first_release.lay(settings)
    return settings


def _steps(settings: Settings) -> set[str]:
    with closing(database.opened(settings)) as db:
        backups.check(db)
        return {step.name for step in migrations.STEPS.applied(db)}


def _is_whole(path: Path, settings: Settings) -> bool:
    """The file is sound, and has a manifest that is."""
    with suppress(OSError, ValueError, Refusal):
        told = json.loads(backups.manifest_of(path).read_text(encoding="utf-8"))
        with closing(database.connect(path, settings.zone, create=False, journal="DELETE")) as copy:
            backups.check(copy)
            return bool(told["bytes"] == path.stat().st_size)
    return False


def _people(settings: Settings) -> int:
    with closing(database.opened(settings)) as db:
        return int(value(db, "SELECT COUNT(*) FROM person"))


def _staff_list(folder: Path, number: int) -> Path:
    path = folder / f"list{number}.csv"
    with path.open("w", encoding="utf-8", newline="") as opened:
        lines = csv.writer(opened)
        lines.writerow(["工号", "姓名", "单位"])
        lines.writerows([f"L{number}-{n}", f"名单{n}", "巴中市分行"] for n in range(ROWS))
    return path


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "scheduler", *words]


def _usual(folder: Path, *words: str) -> float:
    """How many seconds the command takes when nobody kills it."""
    began = monotonic()
    subprocess.run(_command(*words), cwd=ROOT, env=environment(folder), capture_output=True, check=True)
    return monotonic() - began


def _killed(folder: Path, seconds: float, *words: str) -> bool:
    """Start a command and kill it after so long; whether it was still at it."""
    process = subprocess.Popen(
        _command(*words), cwd=ROOT, env=environment(folder), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
        return False
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return True
