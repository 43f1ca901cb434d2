"""Which backups there are, when the next is due, and which are no longer kept."""

from __future__ import annotations

import fcntl
import re
from datetime import datetime, timedelta

from scheduler import clock
from scheduler.backups.writing import folder, in_words, make, manifest_of
from scheduler.config import Settings
from scheduler.database import Database, Row

NIGHT_BEGINS = timedelta(hours=2)  # local time: lobby and community duties are over, mails of the evening are out
WAITED = timedelta(minutes=1)  # for another, who asked the clock later and is done by now
NIGHTS_KEPT = 14
WEEKS_KEPT = 8  # of what is older, the newest of each week
MIGRATIONS_KEPT = 5
LEFT_BEHIND_SECONDS = 3600.0  # no backup takes an hour: what is unfinished then was killed

_NAME = re.compile(r"lunzhi-(\d{8}T\d{6}Z)-(nightly|migration|hand)\.sqlite3")


def kept(settings: Settings) -> list[Row]:
    """The backups in the backup folder, newest first: path, made_at (an instant), kind, bytes."""
    found = []
    for path in folder(settings).glob("lunzhi-*.sqlite3"):
        if match := _NAME.fullmatch(path.name):
            at = clock.from_text(match[1])
            found.append({"path": path, "made_at": at, "kind": match[2], "bytes": path.stat().st_size})
    return sorted(found, key=lambda backup: backup["made_at"], reverse=True)


def latest(settings: Settings, *, now: datetime) -> Row | None:
    """The newest backup, or None. One from the future was made before the clock was set back: it is not counted."""
    return next((backup for backup in kept(settings) if backup["made_at"] <= now), None)


def is_night_due(settings: Settings, *, now: datetime) -> bool:
    """Whether no nightly backup was made since the last 02:00, local time."""
    today = clock.midnight(clock.today(now - NIGHT_BEGINS, settings.zone), settings.zone)
    nights = [backup["made_at"] for backup in kept(settings) if backup["kind"] == "nightly"]
    return not any(today + NIGHT_BEGINS <= made_at <= now + WAITED for made_at in nights)


def make_due(db: Database, settings: Settings, *, is_asked: bool = False, now: datetime) -> int:
    """Make the night's backup where there is none yet, else one by hand where somebody asked; then forget old ones.

    Gives how many were made. One at a time: who comes while another is at it finds the night's made. Those by hand
    push no night out.
    """
    home = folder(settings)
    with in_words(home):
        home.mkdir(exist_ok=True, mode=0o700)
        with (home / ".lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            is_due = is_night_due(settings, now=now)
            if not is_due and not is_asked:
                return 0
            make(db, settings, "nightly" if is_due else "hand", now=now)
    rotate(settings, now=now)
    return 1


def rotate(settings: Settings, *, now: datetime) -> int:
    """Remove what is no longer kept, and what a killed process left unfinished; gives how many backups were removed."""
    home, backups = folder(settings), kept(settings)
    nights = [backup for backup in backups if backup["kind"] == "nightly"]
    weekly = {backup["made_at"].isocalendar()[:2]: backup for backup in reversed(nights[NIGHTS_KEPT:])}
    staying = {id(backup) for backup in nights[:NIGHTS_KEPT] + list(weekly.values())[-WEEKS_KEPT:]}
    going = [backup for backup in nights if id(backup) not in staying]
    going += [backup for backup in backups if backup["kind"] == "migration"][MIGRATIONS_KEPT:]
    for backup in going:
        backup["path"].unlink(missing_ok=True)
        manifest_of(backup["path"]).unlink(missing_ok=True)
    orphans = (path for path in home.glob("lunzhi-*.json") if not path.with_suffix(".sqlite3").exists())
    for path in (*home.glob(".lunzhi-*.new*"), *orphans):
        if now.timestamp() - path.stat().st_mtime > LEFT_BEHIND_SECONDS:
            path.unlink(missing_ok=True)
    return len(going)
