"""How often one may try: across connections, with a growing wait, never for ever, and never the honest ones."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest

from scheduler import database, jobs, limits
from scheduler.database import insert, value
from scheduler.errors import TooMany
from scheduler.limits import Limit
from tests.conftest import SHANGHAI

FEW = Limit(3, timedelta(minutes=10), first_wait=timedelta(minutes=1), longest_wait=timedelta(minutes=4))


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "export", FEW)


def go_beyond(db, now, who="10.1.2.3"):
    """Try until it is too often; how many seconds one then waits."""
    for _ in range(FEW.most + 1):
        try:
            limits.count(db, "export", who, now=now)
        except TooMany as refusal:
            return refusal.problems[0].facts["seconds"]
    raise AssertionError("never refused")


def test_as_many_as_are_allowed_go_through_and_the_next_waits(db, now):
    for _ in range(FEW.most):
        limits.count(db, "export", "10.1.2.3", now=now)
        limits.require(db, "export", "10.1.2.3", now=now)

    with pytest.raises(TooMany):
        limits.count(db, "export", "10.1.2.3", now=now)
    with pytest.raises(TooMany):
        limits.require(db, "export", "10.1.2.3", now=now)
    limits.count(db, "export", "10.1.2.4", now=now)
    limits.count(db, "import", "10.1.2.3", now=now)


def test_the_wait_grows_is_bounded_and_is_forgotten(db, now):
    waits, at = [], now
    for _ in range(5):
        waits.append(go_beyond(db, at))
        at += timedelta(seconds=waits[-1] + 1)

    assert waits == [60, 120, 240, 240, 240]
    limits.require(db, "export", "10.1.2.3", now=at)
    assert go_beyond(db, at + 3 * FEW.longest_wait) == 60


def test_trying_while_one_waits_makes_the_wait_no_longer(db, now):
    go_beyond(db, now)
    for second in range(1, 60):
        with pytest.raises(TooMany):
            limits.count(db, "export", "10.1.2.3", now=now + timedelta(seconds=second))

    limits.count(db, "export", "10.1.2.3", now=now + timedelta(seconds=60))


def test_slow_steady_use_is_never_refused(db, now):
    for n in range(40):
        limits.count(db, "export", "10.1.2.3", now=now + n * timedelta(minutes=4))


def test_connections_count_together(tmp_path, now):
    path = tmp_path / "limits.sqlite3"
    with closing(database.connect(path, SHANGHAI)) as db:
        database.migrate(db)

    def attempt(_):
        with closing(database.connect(path, SHANGHAI)) as db:
            try:
                limits.count(db, "export", "10.1.2.3", now=now)
            except TooMany:
                return "refused"
            return "through"

    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(attempt, range(16)))

    assert told.count("through") == FEW.most


def test_what_cannot_be_counted_goes_on(tmp_path, now):
    path = tmp_path / "limits.sqlite3"
    with closing(database.connect(path, SHANGHAI)) as db, closing(database.connect(path, SHANGHAI)) as other:
        database.migrate(db)
        with database.write(other):
            limits.count(db, "export", "10.1.2.3", now=now)

        assert value(db, "SELECT COUNT(*) FROM attempt") == 0
        assert value(db, "PRAGMA busy_timeout") == database.BUSY_SECONDS * 1000


def test_neither_addresses_nor_numbers_are_kept_and_old_windows_are_forgotten(db, settings, now):
    limits.count(db, "export", "10.1.2.3", now=now - timedelta(days=2))
    limits.count(db, "export", "10.1.2.4", now=now)
    assert "10.1.2" not in str(database.rows(db, "SELECT * FROM attempt"))

    insert(db, "organisation", id=1, zone="Asia/Shanghai", made_at="2026-01-01T00:00:00Z")
    jobs.run_once(db, settings, "prune", now=now)

    assert value(db, "SELECT COUNT(*) FROM attempt") == 1


def test_a_sign_in_that_went_well_voids_the_count(db, now):
    go_beyond(db, now)

    limits.forget(db, "export", "10.1.2.3")

    limits.count(db, "export", "10.1.2.3", now=now)


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        (None, "unknown"),
        ("no address", "unknown"),
    ],
)
def test_an_address_of_version_six_counts_by_its_network(address, key):
    assert limits.client(address) == key
