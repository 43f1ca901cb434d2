"""An installation of the first release, with rows of every kind, under today's program."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta

import pytest

from scheduler import (
    accounts,
    backups,
    channels,
    database,
    jobs,
    ledger,
    messages,
    migrations,
    reminders,
    rosters,
    tallies,
)
from scheduler.audit import SYSTEM
from scheduler.config import Channels, Settings
from scheduler.database import Database, rows, value
from tests import first_release as first_release_files
from tests.conftest import SHANGHAI
from web import create_app
from web.session import COOKIE

LYU_LI = 3


@pytest.fixture
def first_release(settings: Settings) -> dict[str, int]:
    """Its database in the place of ours; gives how many rows each table holds."""
    first_release_files.lay(settings)
    with closing(database.opened(settings)) as db:
        return counted(db)


def counted(db: Database) -> dict[str, int]:
    tables = [row["name"] for row in rows(db, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    counts = {name: value(db, f'SELECT COUNT(*) FROM "{name}"') for name in tables if "sqlite" not in name}
    return {name: count for name, count in counts.items() if count}


def test_it_is_backed_up_and_nothing_of_it_is_lost(settings, first_release, now):
    with closing(backups.opened(settings, now=now)) as db:
        after = counted(db)
        backups.check(db)

    assert {name: after[name] for name in first_release} == first_release
    assert first_release["ledger"] == 4
    (made,) = backups.kept(settings)
    assert made["kind"] == "migration"
    with closing(database.connect(made["path"], SHANGHAI, journal="DELETE")) as copy:
        assert counted(copy) == first_release
        assert [step.name for step in migrations.STEPS.applied(copy)] == ["first_month"]


def test_what_failed_before_there_were_other_ways_stays_as_it_is(settings, first_release, now):
    with closing(backups.opened(settings, now=now)) as db:
        failed = value(db, "SELECT COUNT(*) FROM outbox WHERE state = 'failed'")
        url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0f9e-secret-7788"
        channels.add(db, unit_id=1, kind="wecom", name="值班群", url=url, allowed=Channels(), by=SYSTEM, now=now)

        assert messages.stand_in(db, now=now) == 0
        assert value(db, "SELECT COUNT(*) FROM outbox WHERE state = 'failed'") == failed > 0


def test_what_it_knew_is_read_and_worked_with_by_todays_program(settings, first_release, now):
    later = now + timedelta(days=3)
    with closing(backups.opened(settings, now=later)) as db:
        year: tallies.Cut = {"first": date(2025, 1, 1), "last": date(2026, 12, 31)}
        assert tallies.total(db, **year)["trips"] == 2
        assert ledger.verify(db) is None
        assert {row["state"] for row in reminders.dump(db)} >= {"sent", "failed", "due"}
        roster_id = rosters.draft(
            db, unit_id=1, starts_on=date(2026, 4, 1), ends_on=date(2026, 4, 7), by=SYSTEM, now=later
        )
        rosters.fill(db, roster_id, by=SYSTEM, now=later)
        rosters.publish(db, roster_id, by=SYSTEM, now=later)
        for name in ("remind", "feeds", "close", "backup", "prune"):
            jobs.run_once(db, settings, name, now=later)
        assert rosters.board(db, roster_id)


@pytest.mark.parametrize("path", ["/rosters/1", "/people", "/tallies", "/operations", "/places", "/me", "/quotas"])
def test_its_pages_are_shown(settings, first_release, now, path):
    backups.opened(settings, now=now).close()
    with closing(database.opened(settings)) as db:
        secret = accounts.sign_in(db, accounts.make_link(db, LYU_LI, by=SYSTEM, now=now), now=now)
    browser = create_app(settings, now=lambda: now).test_client()
    browser.set_cookie(COOKIE, secret)

    assert browser.get(path).status_code == 200
