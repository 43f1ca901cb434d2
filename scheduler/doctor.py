"""Whether an installation is fit for real use: one finding a line, in words."""

from __future__ import annotations

import re
import shutil
import stat
import zoneinfo
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from scheduler import accounts, backups, clock, database, jobs, outbox, wording, workdays
from scheduler.config import SECRET_MARK, Settings
from scheduler.database import Database, Row, SqliteError, value, write
from scheduler.errors import Busy, Refusal
from scheduler.mail import reachable
from scheduler.wording.failures import failure
from scheduler.wording.findings import FINDINGS, LEVELS

Level = Literal["ok", "warn", "fail"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")
STALE_BACKUP = timedelta(hours=48)  # two nights were missed
MIB = 1024 * 1024
LEAST_FREE, LITTLE_FREE = 256 * MIB, 1024 * MIB  # a write-ahead log and tonight's backup; a month of backups
PATIENCE = 2.0  # seconds: no write of ours takes as long
MADE = datetime(2026, 1, 1, tzinfo=UTC)  # no clock that is right shows less
SKEW = timedelta(minutes=5)
STAMPS = (("audit", "at"), ("lease", "beat_at"))
HOST_NAME = re.compile(r"\.?[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:]+\]")
LEAST_LETTERS = 8  # different ones; a key that was generated has forty
ANNOUNCED_BY = 12  # next year's holidays are gazetted in November


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `code` names its pair of sentences, `facts` fill their gaps."""

    level: Level
    code: str
    facts: dict[str, object] = field(default_factory=dict)

    def text(self, lang: wording.Lang) -> str:
        """The line that is printed: the level, then the sentence."""
        column = 0 if lang == "zh" else 1
        facts = {name: failure(str(fact), lang) if name == "reason" else fact for name, fact in self.facts.items()}
        return f"{LEVELS[self.level][column]}  {FINDINGS[self.code][column].format_map(facts)}"


def examine(settings: Settings, *, now: datetime) -> list[Finding]:
    """Everything that makes an installation safe or unsafe. Changes nothing; a broken database ends no other check."""
    found = [*_site(settings), *_mail(settings), _modes(settings), *_disk(settings), _backup(settings, now)]
    try:
        with closing(database.opened(settings)) as db:
            found += [*_database(db, settings), _clock(db, now), *_calendar(db, now)]
            found += [_heartbeat(db, settings, now), _lock(settings), *_pause(db, settings)]
    except (Refusal, SqliteError) as error:
        told = wording.sentences(error, settings.site.language) if isinstance(error, Refusal) else [str(error)]
        found.append(Finding("fail", "database_not_read", {"reason": " ".join(told)}))
    return found


def house(db: Database, settings: Settings, *, now: datetime) -> Row:
    """What the program stands on: version, mode, free_mib, is_short, backup (as `backups.latest` gives it), is_old,
    stopped (processes that hold the lock of all writing and are themselves stopped)."""
    free, last = shutil.disk_usage(settings.folder).free, backups.latest(settings, now=now)
    return {
        "version": database.VERSION,
        "mode": database.journal_mode(db),
        "free_mib": free // MIB,
        "is_short": free < LITTLE_FREE,
        "backup": last,
        "is_old": last is None or now - last["made_at"] > STALE_BACKUP,
        "stopped": [pid for pid, is_stopped in writers(settings) if is_stopped],
    }


def writers(settings: Settings) -> list[tuple[int, bool]]:
    """Processes of this machine that are within a write to the database now, and whether they are stopped (SIGSTOP).

    A process that is stopped in the middle of a write keeps SQLite's lock, and nobody can write until it goes
    on or ends. Read from /proc/locks, so on Linux only; elsewhere there are none to tell.
    """
    held = []
    with suppress(OSError):
        for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
            told = line.split()
            if told[1:4] == ["POSIX", "ADVISORY", "WRITE"] and (int(told[5].split(":")[2]), told[6]) in _locks(
                settings
            ):
                held.append(int(told[4]))
    return [(pid, _is_stopped(pid)) for pid in held]


def _locks(settings: Settings) -> set[tuple[int, str]]:
    """The files, by inode, and bytes that SQLite locks for a writer: with a write-ahead log, and without one."""
    named = ((f"{settings.database.name}-shm", "120"), (settings.database.name, "1073741825"))
    paths = ((settings.folder / name, byte) for name, byte in named)
    return {(path.stat().st_ino, byte) for path, byte in paths if path.exists()}


def _is_stopped(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] in ("T", "t")
    except OSError:
        return False


def _site(settings: Settings) -> Iterator[Finding]:
    url = urlsplit(settings.site.base_url)
    facts: dict[str, object] = {"url": settings.site.base_url}
    if url.hostname in LOOPBACK:
        yield Finding("warn", "address_is_local", facts)
    elif url.scheme != "https":
        yield Finding("fail", "address_is_plain", facts)
    else:
        yield Finding("ok", "address_is_safe", facts)
    yield from _front(settings, is_tls=url.scheme == "https")


def _front(settings: Settings, *, is_tls: bool) -> Iterator[Finding]:
    """Whether it is told from where a request comes, by which names it may be reached, and what signs its forms."""
    site = settings.site
    if is_tls and not site.is_behind_proxy:
        yield Finding("warn", "front_is_not_heard")
    elif not is_tls and site.is_behind_proxy:
        yield Finding("warn", "front_is_believed")
    if wide := [name for name in site.hosts if name.startswith(".")]:
        yield Finding("fail" if any("." not in name[1:] for name in wide) else "warn", "hosts_are_wide",
                      {"hosts": ", ".join(wide)})  # fmt: skip
    if idle := [name for name in site.hosts if not HOST_NAME.fullmatch(name)]:
        yield Finding("warn", "hosts_are_none", {"hosts": ", ".join(idle)})
    if SECRET_MARK in site.secret_key or len(set(site.secret_key)) < LEAST_LETTERS:
        yield Finding("fail", "secret_is_weak")


def _mail(settings: Settings) -> Iterator[Finding]:
    mail = settings.mail
    facts: dict[str, object] = {"host": mail.host, "port": mail.port, "sender": mail.sender}
    if not mail.host:
        yield Finding("warn", "mail_not_set")
        return
    if mail.security == "none" and mail.host not in LOOPBACK:
        yield Finding("fail" if mail.password else "warn", "mail_is_plain", facts)
    if mail.sender.endswith("@localhost"):
        yield Finding("warn", "mail_sender_is_local", facts)
    reason = reachable(mail)
    yield Finding("fail", "mail_not_reached", facts | {"reason": reason}) if reason else Finding("ok", "mail", facts)


def _modes(settings: Settings) -> Finding:
    """Whether anything of ours may be read by others on this machine."""
    inside = [settings.folder, *settings.folder.rglob("*")]
    open_ones = [path for path in inside if _is_open(path.lstat().st_mode) and path.name not in SHIPPED]
    if open_ones:
        return Finding("fail", "files_are_open", {"files": ", ".join(sorted(path.name for path in open_ones)[:5])})
    return Finding("ok", "files", {"count": len(inside)})


SHIPPED = ("settings.sample.toml", ".gitignore", "instance")  # come with the program and hold no secret


def _is_open(mode: int) -> bool:
    return bool(stat.S_IMODE(mode) & 0o077) and not stat.S_ISLNK(mode)


def _disk(settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(settings.folder).free
    level: Level = "fail" if free < LEAST_FREE else "warn" if free < LITTLE_FREE else "ok"
    yield Finding(level, "disk" if level == "ok" else "disk_is_short", {"mib": f"{free // MIB:,}"})


def _backup(settings: Settings, now: datetime) -> Finding:
    last = backups.latest(settings, now=now)
    if last is None:
        return Finding("warn", "no_backup")
    hours = int((now - last["made_at"]) / timedelta(hours=1))
    is_stale = now - last["made_at"] > STALE_BACKUP
    facts: dict[str, object] = {"hours": hours, "file": last["path"].name}
    return Finding("fail", "backup_is_old", facts) if is_stale else Finding("ok", "backup", facts)


def _database(db: Database, settings: Settings) -> Iterator[Finding]:
    mode = database.journal_mode(db)
    facts: dict[str, object] = {"version": database.VERSION, "mode": mode}
    yield Finding("ok" if mode == "wal" else "warn", "sqlite" if mode == "wal" else "sqlite_is_old", facts)
    backups.check(db)
    yield Finding("ok", "database_is_whole", {"entries": value(db, "SELECT COUNT(*) FROM ledger")})
    zone = value(db, "SELECT zone FROM organisation WHERE id = 1")
    zones: dict[str, object] = {"zone": settings.site.zone, "stored": zone}
    if zone is None:
        yield Finding("warn", "not_founded")
    elif zone != settings.site.zone:
        yield Finding("fail", "zone_differs", zones)
    else:
        yield Finding("ok", "zone", zones)
    if accounts.is_demo(db):
        yield Finding("warn", "is_demo")


def _clock(db: Database, now: datetime) -> Finding:
    """Whether the machine's clock can be right: not before this program was made, nor before what it wrote itself."""
    newest = max((value(db, f"SELECT MAX({at}) FROM {table}") or "" for table, at in STAMPS), default="")
    ahead = clock.from_text(newest) - now if newest else timedelta(0)
    facts: dict[str, object] = {"now": f"{now.astimezone(db.zone):%Y-%m-%d %H:%M}", "zone": db.zone.key}
    if now < MADE:
        return Finding("fail", "clock_is_early", facts)
    if ahead > SKEW:
        return Finding("fail", "clock_is_behind", facts | {"minutes": ahead // timedelta(minutes=1)})
    return Finding("ok", "clock", facts | {"rules": _zone_rules(db.zone.key)})


def _zone_rules(zone: str) -> str:
    """Where the rules of the time zone are read from."""
    of_system = next((path for path in zoneinfo.TZPATH if (Path(path) / zone).exists()), None)
    return of_system or f"tzdata {version('tzdata')}"


def _lock(settings: Settings) -> Finding:
    """Whether the database can be written now; else by whom it is held."""
    opened = database.connect(settings.database, settings.zone, create=False, busy_seconds=PATIENCE)
    try:
        with closing(opened) as db, write(db):
            return Finding("ok", "database_is_free")
    except Busy:
        held = ", ".join(f"{pid}{' (stopped)' if stopped else ''}" for pid, stopped in writers(settings))
        return Finding("fail", "database_is_held", {"pids": held or "—"})


def _pause(db: Database, settings: Settings) -> Iterator[Finding]:
    if (standing := outbox.paused(db)) is not None:
        facts = {"who": wording.who(standing["by"], settings.site.language), "at": standing["at"]}
        yield Finding("warn", "sending_is_paused", facts)


def _calendar(db: Database, now: datetime) -> Iterator[Finding]:
    today = clock.today(now, db.zone)
    for year in (today.year, today.year + 1):
        is_known = workdays.is_announced(year) or _is_entered(db, year)
        if is_known:
            yield Finding("ok", "year", {"year": year})
        elif year == today.year or today.month >= ANNOUNCED_BY:
            yield Finding("warn", "year_not_known", {"year": year})


def _is_entered(db: Database, year: int) -> bool:
    """Whether somebody entered days of that year by hand."""
    return bool(value(db, "SELECT 1 FROM workday_override WHERE day LIKE :year", year=f"{year}-%"))


def _heartbeat(db: Database, settings: Settings, now: datetime) -> Finding:
    age = jobs.heartbeat_age(db, now=now)
    if age is None or age > settings.work.stale_after_seconds:
        return Finding("fail", "background_is_silent", {"seconds": "—" if age is None else age})
    return Finding("ok", "background", {"seconds": age})
