"""The hashed locks: one version of each package, from whichever registry is at hand."""

from __future__ import annotations

import re

import pytest

from tests.running import ROOT

LOCKS = ("requirements.txt", "tests/requirements.txt", "tests/package-lock.json")


def pins(lock: str) -> dict[str, str]:
    """Version by package."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==([^\s;\\]+)", text, re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_no_registrys_address_stands_in_a_lock(lock: str):
    text = (ROOT / lock).read_text(encoding="utf-8")

    assert re.findall(r"https?://|--index-url|--find-links|\"resolved\"", text) == []


@pytest.mark.parametrize("lock", LOCKS[:2])
def test_every_pin_bears_a_hash(lock: str):
    blocks = re.split(r"\n(?=\w)", (ROOT / lock).read_text(encoding="utf-8").strip())

    assert [block.split("==")[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_tests_run_on_the_versions_that_the_application_runs_on():
    tested = pins("tests/requirements.txt")

    assert {name: tested.get(name) for name in pins("requirements.txt")} == pins("requirements.txt")


@pytest.mark.parametrize("asked", ["requirements.in", "tests/requirements.in"])
def test_every_dependency_says_why_it_is_there(asked: str):
    lines = [line for line in (ROOT / asked).read_text(encoding="utf-8").splitlines() if re.match(r"[A-Za-z]", line)]

    assert [line for line in lines if "  # " not in line] == []
