"""Hostile strings through the fields and parameters of every route: never a 5xx, never markup, sound files after."""

from __future__ import annotations

import os
import random
import re
from datetime import timedelta
from functools import cache
from itertools import cycle
from pathlib import Path

import pytest

from scheduler import audit, ledger
from scheduler.database import value
from tests import hostile
from tests.conftest import signed_in

ROOT = Path(__file__).parent.parent
# The suite takes a seeded choice of routes; HOSTILE_ROUNDS=20 goes through all of them, again and again.
ROUNDS = int(os.environ.get("HOSTILE_ROUNDS", "1"))
SHARE = 1.0 if ROUNDS > 1 else 0.5  # of the routes
SEED = int(os.environ.get("HOSTILE_SEED", "8"))


@cache
def names() -> list[str]:
    """Every field and parameter that any view or template knows."""
    found = set()
    for path in [*(ROOT / "web").rglob("*.py"), *(ROOT / "web" / "templates").rglob("*.html")]:
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"""form\.\w+\(\s*"(\w+)\"""", text)) | set(re.findall(r"""name="(\w+)\"""", text))
        found |= set(re.findall(r"""args\.get\(\s*"(\w+)\"""", text)) | set(re.findall(r"""form\["(\w+)"\]""", text))
    return sorted(found)


def test_there_are_several_hundred_of_them():
    assert len(hostile.strings()) >= 300
    assert hostile.reflected("<p><script>zq7x</script>")
    assert not hostile.reflected("<p>&lt;script&gt;zq7x")
    assert len(names()) > 140


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_route_breaks_or_gives_markup_back(as_administrator, db, town, watch, method):
    choice, nasty = random.Random(f"{SEED}{method}"), cycle(_shuffled())
    for _ in range(ROUNDS):
        for rule in as_administrator.application.url_map.iter_rules():
            if method not in rule.methods or rule.endpoint == "static":
                continue
            if choice.random() >= SHARE:
                continue
            watch.now += timedelta(seconds=40)  # nobody waits for the count of tries
            fields = {name: next(nasty) for name in choice.sample(names(), 60)}
            fields |= {"unit_id": str(town.branch), "version": "1"} if choice.random() < 0.5 else {}
            path = re.sub(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", lambda part: _part(part[1], next(nasty)), rule.rule)
            clean = {name: text.encode("utf-8", "replace").decode() for name, text in fields.items()}
            sent = (
                {"query_string": {name: text[:60] for name, text in clean.items()}}
                if method == "GET"
                else {"data": clean}
            )
            page = as_administrator.open(path, method=method, **sent)
            if (page.location or "").startswith("/signin?"):  # an earlier one ended the session, as it should
                signed_in(as_administrator, db, town.head, watch.now)
                page = as_administrator.open(path, method=method, **sent)
            assert page.status_code < 500 or path == "/healthz", (rule.rule, path)
            if page.mimetype == "text/html":
                assert (found := hostile.reflected(page.text)) is None, (rule.rule, found)
    assert value(db, "PRAGMA integrity_check") == "ok"
    assert ledger.verify(db) is None
    assert audit.verify(db) is None
    signed_in(as_administrator, db, town.head, watch.now)
    assert as_administrator.get("/tallies.csv").status_code == 200
    assert as_administrator.get("/me/calendar/duty.ics").text.endswith("END:VCALENDAR\r\n")


def _shuffled() -> list[str]:
    held = hostile.strings()
    random.Random(SEED).shuffle(held)
    return held


def _part(kind: str | None, text: str) -> str:
    """An address's own part: a number where only one fits, else what is nasty without leaving its place."""
    if kind in ("int", "any"):
        return "1" if kind == "int" else "csv"
    return re.sub(r"[\ud800-\udfff/?#\x00-\x1f]", "", text)[:60] or "x"
