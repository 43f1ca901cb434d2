"""A running installation, started as `make run` starts it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
READY = re.compile(r"(http://127\.0\.0\.1:\d+)（网页服务 pid (\d+) · 后台进程 pid (\d+)；")
LINK_OUT = re.compile(r"http://\S+/signin/\S+")
LINK = re.compile(r"\((\w+)\)\s+(http://\S+/signin/\S+)")


@dataclass(slots=True)
class Running:
    """The supervising process, what it printed until it was ready, and what can be read from that."""

    process: subprocess.Popen[str]
    url: str
    web_pid: int
    work_pid: int
    links: dict[str, str]  # by staff number
    printed: list[str]
    folder: Path

    def health(self) -> tuple[int, bytes]:
        """Status and body of /healthz."""
        with urllib.request.urlopen(f"{self.url}/healthz", timeout=10) as answer:  # noqa: S310 - ours
            return answer.status, answer.read()

    def link(self, staff_no: str) -> str:
        """A fresh sign-in link for somebody."""
        return LINK_OUT.findall(scheduler(self.folder, "link", staff_no))[0]

    def wait(self) -> tuple[int, str]:
        """Exit status and whatever was still printed, once it has ended."""
        rest, _ = self.process.communicate(timeout=30)
        return self.process.returncode, rest


def free_port() -> int:
    """A port that nothing listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, port: int = 8000) -> dict[str, str]:
    """The environment of an installation in `folder`."""
    return {**os.environ, "DUTY_INSTANCE": str(folder), "PORT": str(port), "PYTHONUNBUFFERED": "1"}


def scheduler(folder: Path, *command: str, status: int = 0) -> str:
    """What `python -m scheduler COMMAND` prints; the exit status has to be the given one."""
    done = subprocess.run(
        [sys.executable, "-m", "scheduler", *command],
        cwd=ROOT, env=environment(folder), capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout if status == 0 else done.stderr


@contextmanager
def running(folder: Path, port: int | None = None) -> Iterator[Running]:
    """Start the installation and wait until it says that it is ready; ended with SIGTERM if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "web.serve"],
        cwd=ROOT, env=environment(folder, port or free_port()), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        printed: list[str] = []
        assert process.stdout is not None
        for line in process.stdout:
            printed.append(line.rstrip())
            if found := READY.search(line):
                links = {number: link for each in printed for number, link in LINK.findall(each)}
                yield Running(process, found[1], int(found[2]), int(found[3]), links, printed, folder)
                return
        raise AssertionError("it ended before it was ready: " + "\n".join(printed))
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
