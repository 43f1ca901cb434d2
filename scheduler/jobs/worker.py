"""The background process: APScheduler ticks, the database says what is due, a signal ends it."""

from __future__ import annotations

import fcntl
import logging
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import IO, Protocol

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from scheduler import backups, clock, database, handouts, intake, outbox, rosters
from scheduler.config import Settings
from scheduler.database import Database, write
from scheduler.jobs import catalogue, lease
from scheduler.jobs.catalogue import JOBS, Job, Turn
from scheduler.jobs.guard import guarded
from scheduler.jobs.lease import Lease
from scheduler.outbox import Outcome

ENDINGS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
BEAT_SECONDS = 5  # a sixth of the lease: five beats may be lost before somebody else takes over
GRACE_SECONDS = 7  # for the jobs in hand: with both waits for a lock ten seconds at most
LOCK_SECONDS = 1  # the heart waits no longer for another writer: a beat may be lost, the time to end may not
CLOCK_STEP_SECONDS = 5.0  # wall and monotonic clock never drift this far apart in one beat
ROOT = Path(__file__).parent.parent.parent

log = logging.getLogger(__name__)


def work(settings: Settings) -> int:
    """Do the background work until SIGTERM or SIGINT; gives the exit status.

    The jobs in hand are finished first. One that is not within seven seconds is left where it is: what it
    had claimed is claimed again later, what it had not written is not there.
    """
    with backups.in_use(settings):
        backups.opened(settings, now=clock.now()).close()
        return _work(settings)


def _work(settings: Settings) -> int:
    with _told_to_end() as is_told:
        worker = Worker(settings)
        worker.start()
        while not is_told(BEAT_SECONDS):
            worker.pulse()
        if not worker.end():
            log.warning("a job did not end in time and is left")
            logging.shutdown()
            os._exit(0)  # its thread would keep the process alive
    return 0


@contextmanager
def _told_to_end() -> Iterator[Callable[[float], bool]]:
    """A way to wait so many seconds for a signal to end, and to know whether one came.

    Whichever thread the signal reaches, it is written to a pipe: libraries start threads before us, which a mask of
    ours does not cover. Nor does sigtimedwait do: where a process is stopped past the time and woken, CPython's gives
    a signal that never came.
    """
    heard, told = os.pipe()
    os.set_blocking(told, False)
    before = {ending: signal.signal(ending, lambda *_: None) for ending in ENDINGS}
    wakeup = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    try:
        yield lambda seconds: bool(select.select([heard], [], [], seconds)[0])
    finally:
        signal.set_wakeup_fd(wakeup)
        for ending, handler in before.items():
            signal.signal(ending, handler)
        os.close(heard)
        os.close(told)


class Files(Protocol):
    """What works on large files, in a process of its own and within bounds: `intake`, `handouts`."""

    MEMORY_MOST: int
    CPU_SECONDS: int
    WALL_SECONDS: int

    def is_due(self, db: Database) -> bool:
        """Whether there is something to do."""

    def give_back(self, db: Database) -> None:
        """Let what was begun begin again."""

    def failed(self, db: Database, *, now: datetime) -> None:
        """What was begun ended with its process."""


BOUNDED: dict[str, Files] = {"imports": intake, "exports": handouts}


class Worker:
    """One background process: its ticker, its lease, its way to stop."""

    def __init__(self, settings: Settings, moment: Callable[[], datetime] = clock.now) -> None:
        self.settings = settings
        self.moment = moment
        self.holder = f"{socket.gethostname()}:{os.getpid()}"
        self.lease: Lease | None = None
        self._unwritten: dict[int, list[Outcome]] = defaultdict(list)
        self._overdue: set[str] = set()  # until each has begun a turn: one that is at it is not begun again
        self._stopping = threading.Event()
        self._lock: IO[str] | None = None
        self._db = database.opened(settings, busy_seconds=LOCK_SECONDS)
        self._is_set_back = False  # the clock was, and what waits has not followed it yet
        self._clocks = (moment(), monotonic())
        self._ticker = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(len(JOBS))},  # a long job never holds up another
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns whenever a turn outlasts a tick

    def start(self) -> None:
        """Take the lease if it is free, and begin to tick."""
        for job in JOBS:
            trigger = IntervalTrigger(seconds=job.every(self.settings))
            self._ticker.add_job(self._turn, trigger, [job], id=job.name, next_run_time=clock.now())
        self._ticker.start(paused=True)
        self.pulse()

    def pulse(self) -> None:
        """Beat the heart, or try to take over; run at once what somebody asked for."""
        guarded("heartbeat", self._pulse)

    def end(self) -> bool:
        """Finish the jobs in hand and let the lease go; False if a job is still at it after the time of grace."""
        self._stopping.set()
        ending = threading.Thread(target=self._ticker.shutdown, daemon=True)
        ending.start()
        ending.join(GRACE_SECONDS)
        if (held := self.lease) is not None:
            guarded("lease", lambda: lease.give_up(self._db, held, now=self.moment()))
        return not ending.is_alive()

    def _pulse(self) -> None:
        if self.lease is None:
            self._try_to_take_over()
        elif not lease.keep(self._db, self.lease, now=self.moment()):
            log.warning("another background process has taken over: standing by")
            self.lease = None
            self._ticker.pause()
        self._follow_clock()  # after the lease was prolonged by the new time: what falls due finds it held
        if self.lease is not None:
            if self._is_set_back:
                outbox.follow_setback(self._db, now=self.moment())
                self._is_set_back = False
            self._has_got_lock()  # where one that was paused held it, and is gone by now
            for name in self._overdue.union(catalogue.asked(self._db)):
                self._ticker.modify_job(name, next_run_time=clock.now())

    def _try_to_take_over(self) -> None:
        is_last_one_gone = self._has_got_lock()  # who held it is dead: nobody need wait for the lease to run out
        with write(self._db):  # all of it or nothing: a database that is locked half way leaves no lease without work
            self._is_set_back |= lease.is_ahead(self._db, now=self.moment())
            taken = lease.take(self._db, self.holder, now=self.moment(), is_last_one_gone=is_last_one_gone)
            if taken is not None:
                rosters.give_back(self._db)
                intake.give_back(self._db)
                handouts.give_back(self._db)
        if taken is not None:
            self.lease = taken
            self._ticker.resume()

    def _has_got_lock(self) -> bool:
        """Whether the lock that tells the living from the dead came free just now, and is ours."""
        if self._lock is not None:
            return False
        self._lock = _lock_file(self.settings.folder / "work.lock")
        return self._lock is not None

    def _follow_clock(self) -> None:
        """When the wall clock was set, let every job fall due: APScheduler would be silent until the old time."""
        wall, steady = self.moment(), monotonic()
        step = (wall - self._clocks[0]).total_seconds() - (steady - self._clocks[1])
        self._clocks = (wall, steady)
        if abs(step) > CLOCK_STEP_SECONDS:
            log.warning("the clock was set by %d seconds", step)
            self._overdue = {job.name for job in JOBS}
            self._is_set_back |= step < 0

    def _turn(self, job: Job) -> None:
        if (held := self.lease) is not None and not self._stopping.is_set():
            guarded(job.name, lambda: self._take_turn(job, held))

    def _take_turn(self, job: Job, held: Lease) -> None:
        with closing(database.opened(self.settings)) as db:

            def is_to_go_on(on: Database) -> bool:
                return not self._stopping.is_set() and lease.is_held(on, held, now=self.moment())

            turn = Turn(db, self.settings, self.moment(), self.moment, is_to_go_on, self._unwritten)
            if not is_to_go_on(db):
                return
            self._overdue.discard(job.name)
            # what left is noted by the message's own fence: unnoted, it would leave again
            if job.name not in ("send", "channels"):
                db.guard = lambda: lease.require(db, held)
            if job.name == "fill":
                if rosters.is_fill_due(db, now=turn.now):
                    self._apart(turn, "fill", rosters.give_back)
            elif job.name in BOUNDED:
                files = BOUNDED[job.name]
                while files.is_due(db) and is_to_go_on(db):
                    if self._apart(turn, job.name, files.give_back, partial(_bounded, files)):
                        files.failed(db, now=self.moment())
                        break
            else:
                catalogue.take_turn(job, turn)

    def _apart(
        self,
        turn: Turn,
        name: str,
        give_back: Callable[[Database], object],
        bound: Callable[[int], float] = lambda _: float("inf"),
    ) -> int:
        """Do a job in a process of its own: `python -m scheduler run fill`, `run imports`, …; gives its exit status.

        It may keep a processor and much memory to itself for seconds or minutes. Apart, it takes no time from sending,
        gives the memory back, cannot bring us down, and can be stopped: what it writes, it writes at the end and all
        at once.
        """
        command = [sys.executable, "-m", "scheduler", "run", name]
        work = subprocess.Popen(  # noqa: S603 - our own command, no input in it
            command, cwd=ROOT, env={**os.environ, "DUTY_INSTANCE": str(self.settings.folder)}, stdout=subprocess.DEVNULL
        )
        until = monotonic() + bound(work.pid)
        while work.poll() is None:
            if self._stopping.wait(0.2) or not turn.is_to_go_on(turn.db):
                work.kill()
                work.wait()
                give_back(turn.db)
                return 0
            if monotonic() > until:
                work.kill()
        return work.returncode


def _bounded(files: Files, pid: int) -> float:
    """Bound what reads or writes large files: its memory and its time; gives how many seconds it has in all."""
    with suppress(ProcessLookupError):
        resource.prlimit(pid, resource.RLIMIT_AS, (files.MEMORY_MOST, files.MEMORY_MOST))
        resource.prlimit(pid, resource.RLIMIT_CPU, (files.CPU_SECONDS, files.CPU_SECONDS))
    return files.WALL_SECONDS


def _lock_file(path: Path) -> IO[str] | None:
    """The open file, locked until this process ends however it ends; None if another one lives."""
    opened = path.open("w")
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        opened.close()
        return None
    return opened
