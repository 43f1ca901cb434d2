"""The large ledger that figures are measured on is one like any other: whole, chained, guarded, rightly summed."""

from __future__ import annotations

from contextlib import closing
from zoneinfo import ZoneInfo

import pytest

from scheduler import database, ledger, tallies
from scheduler.database import IntegrityError, rows, run, value
from tools import big_ledger

ZONE = ZoneInfo("Asia/Shanghai")
SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name"


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    path = big_ledger.made(tmp_path_factory.mktemp("big"), 3000)
    with closing(database.connect(path, ZONE)) as db:
        yield db


def test_a_large_ledger_is_whole_and_its_chain_and_totals_hold(big):
    assert value(big, "PRAGMA integrity_check") == "ok"
    assert rows(big, "PRAGMA foreign_key_check") == []
    assert value(big, "SELECT COUNT(*) FROM ledger") == 3000
    assert value(big, "SELECT COUNT(*) FROM ledger WHERE trips = -1") > 0
    assert ledger.verify(big) is None
    assert tallies.differing(big) == []


def test_what_was_left_out_to_make_it_quickly_stands_again(big):
    with closing(database.connect(":memory:", ZONE)) as fresh:
        database.migrate(fresh)

        assert rows(big, SCHEMA) == rows(fresh, SCHEMA)

    with pytest.raises(IntegrityError, match="ledger_is_append_only"):
        run(big, "DELETE FROM ledger WHERE id = 1")
