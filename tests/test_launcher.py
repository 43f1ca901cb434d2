"""`make run`: both processes come and go together."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import ROOT, environment, running, scheduler


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installation") / "instance"
    scheduler(folder, "init")
    return folder


@pytest.fixture
def founded(empty: Path, tmp_path: Path) -> Path:
    """The folder of an installation with one administrator: the demonstration is not loaded into it."""
    return shutil.copytree(empty, tmp_path / "instance")


def test_it_is_ready_when_it_says_so(founded: Path):
    with running(founded) as lunzhi:
        status, body = lunzhi.health()

    assert status == 200
    assert {"status", "background_age_s"} <= json.loads(body).keys()


def test_an_installation_with_people_gets_no_links_but_is_told_how(founded: Path):
    with running(founded) as lunzhi:
        assert lunzhi.links == {}
        assert any("python -m scheduler link" in line for line in lunzhi.printed)


@pytest.mark.parametrize(
    ("victim", "told"),
    [
        ("web_pid", "网页服务已退出（SIGKILL），后台进程随之结束。"),
        ("work_pid", "后台进程已退出（SIGKILL），网页服务随之结束。"),
    ],
)
def test_when_one_dies_the_other_ends_and_it_is_said_which(founded: Path, victim: str, told: str):
    with running(founded) as lunzhi:
        os.kill(getattr(lunzhi, victim), signal.SIGKILL)
        status, rest = lunzhi.wait()

    assert status == 1
    assert rest.splitlines()[-1] == told
    assert not any(_is_alive(pid) for pid in (lunzhi.web_pid, lunzhi.work_pid))


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_both(founded: Path, ending: signal.Signals):
    with running(founded) as lunzhi:
        lunzhi.process.send_signal(ending)
        status, _ = lunzhi.wait()

    assert status == 0
    assert not any(_is_alive(pid) for pid in (lunzhi.web_pid, lunzhi.work_pid))


def test_a_port_that_is_taken_is_said_and_nothing_starts(founded: Path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = _start(founded, port)

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert str(port) in done.stderr


def test_a_wrong_setting_is_named_and_nothing_starts(founded: Path):
    path = founded / "settings.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("tick_seconds = 5", "tick_seconds = 0"), encoding="utf-8")

    done = _start(founded, 8000)

    assert done.returncode == 1
    assert "work.tick_seconds" in done.stderr


def test_what_stands_in_the_instance_folder_is_its_owners_alone(founded: Path):
    with running(founded):
        modes = {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in founded.rglob("*")}

    assert modes <= {(False, 0o600), (True, 0o700)}


def _start(folder: Path, port: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "web.serve"], cwd=ROOT, env=environment(folder, port), capture_output=True, text=True,
        timeout=60,
    )  # fmt: skip


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
