"""The engine beside its peers: the table, and what it says of a peer that is not there."""

import importlib.util
import os
import subprocess
import sys

import pytest

SMALL = ("--staff", "12", "--places", "2", "--days", "3", "--peer-seconds", "1")


def table(**env):
    words = [sys.executable, "-m", "tools.bench_peers", *SMALL]
    done = subprocess.run(words, check=True, capture_output=True, text=True, env={**os.environ, **env})
    return done.stdout.splitlines()


@pytest.mark.skipif(importlib.util.find_spec("timefold") is not None, reason="Timefold is installed")
def test_the_table_says_that_timefold_is_not_installed():
    head, *rows = table()

    assert head.split() == ["objective", "gap", "%", "empty", "CPU-s", "seconds"]
    assert [row[:22].strip() for row in rows] == ["this engine, quick", "plain CP-SAT, 1 s", "Timefold, 1 s"]
    assert [len(row[22:].split()) for row in rows[:2]] == [5, 5]
    assert rows[2][22:] == "not installed"


def test_the_table_says_why_timefold_would_not_run(tmp_path):
    (tmp_path / "timefold.py").write_text("raise ImportError('No JVM found')\n")

    *_, last = table(PYTHONPATH=str(tmp_path))

    assert last == "Timefold, 1 s         failed: ImportError: No JVM found"
