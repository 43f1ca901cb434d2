"""Processes that live and end together: when one ends, or a signal comes, all are ended."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from time import monotonic

ENDINGS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
AWAITED = ENDINGS | {signal.SIGCHLD}
PATIENCE_SECONDS = 15  # longer than gunicorn gives its requests and the background process its job
PR_SET_PDEATHSIG = 1  # prctl(2)

Running = dict[str, "subprocess.Popen[bytes]"]


def hold_signals() -> None:
    """From here on the signals that end us wait until `first_to_end` asks for them, so that none falls into a gap."""
    signal.signal(signal.SIGCHLD, lambda *_: None)  # one whose default is to be ignored would not be kept waiting
    signal.pthread_sigmask(signal.SIG_BLOCK, AWAITED)


def start(commands: Mapping[str, Sequence[str]], *, env: Mapping[str, str], folder: str) -> Running:
    """Start each command in a session of its own: Ctrl-C reaches only us, and we end them in order."""
    return {
        name: subprocess.Popen(  # noqa: S603 - commands of ours, no input in them
            command, env=env, cwd=folder, start_new_session=True, preexec_fn=_in_child
        )
        for name, command in commands.items()
    }


def first_to_end(running: Running) -> str | None:
    """Wait; the name of the process that ended by itself, or None when we were told to end."""
    while True:
        for name, process in running.items():
            if process.poll() is not None:
                return name
        if signal.sigwait(AWAITED) in ENDINGS:
            return None


def end(running: Running) -> None:
    """End every process: asked at first, made to when it does not within fifteen seconds."""
    alive = [process for process in running.values() if process.poll() is None]
    for process in alive:
        process.terminate()
    deadline = monotonic() + PATIENCE_SECONDS
    for process in alive:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - monotonic()))
        if process.poll() is None:
            process.kill()
            process.wait()


def _in_child() -> None:
    """Take signals again; on Linux also end when the supervisor is killed, so that no orphan holds the port."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, AWAITED)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
