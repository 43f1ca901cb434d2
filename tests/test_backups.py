"""Backups: checked when written, told apart from what is damaged, rotated, and swapped in whole."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from scheduler import audit, backups, database, jobs, ledger, migrations
from scheduler.audit import SYSTEM
from scheduler.database import Database, insert, rows, run, value, write
from scheduler.errors import Conflict, Invalid, NotFound, Refusal
from tests import builders
from tests.conftest import SHANGHAI

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def live(settings, now) -> Database:
    """An installation on disk with the small town and two trips in its ledger."""
    opened = backups.opened(settings, now=now)
    town = builders.town(opened, now)
    builders.carried(opened, town, town.lan, now, trips=2)
    with write(opened):
        insert(opened, "organisation", id=1, zone="Asia/Shanghai", made_at="2026-02-28T01:00:00Z")
    yield opened
    opened.close()


def everything(path: Path, settings) -> dict[str, list[database.Row]]:
    """Every row of every table, but for what a restore may not bring back: its lease, and the audit's word on it."""
    journal = "WAL" if path == settings.database else "DELETE"  # a backup is read as it is
    opened = database.connect(path, settings.zone, create=False, journal=journal)
    names = [row["name"] for row in rows(opened, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    found = {name: rows(opened, f'SELECT * FROM "{name}"') for name in names}
    opened.close()
    found["audit"] = [row for row in found["audit"] if row["act"] != "restore"]
    return {name: of for name, of in found.items() if name != "lease"}


def manifest(path: Path) -> dict:
    return json.loads(backups.manifest_of(path).read_text())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# written


def test_a_backup_holds_everything_and_its_manifest_says_what(live, settings, now):
    path = backups.make(live, settings, "hand", now=now)

    assert path.name == "lunzhi-20260228T010000Z-hand.sqlite3"
    assert everything(path, settings) == everything(settings.database, settings)
    told = manifest(path)
    assert (told["format"], told["made_at"], told["rows"]["person"]) == ("lunzhi-backup/1", "2026-02-28T01:00:00Z", 6)
    assert told["ledger"] == {"entries": 2, "head": ledger.head(live)}
    assert told["bytes"] == path.stat().st_size


def test_backups_are_their_owners_alone_and_nothing_unfinished_is_left(live, settings, now):
    path = backups.make(live, settings, "hand", now=now)

    assert (mode(path.parent), mode(path), mode(backups.manifest_of(path))) == (0o700, 0o600, 0o600)
    assert {found.name for found in path.parent.iterdir()} == {path.name, backups.manifest_of(path).name}


def test_a_file_that_is_there_is_not_overwritten(live, settings, now):
    with pytest.raises(Conflict) as refused:
        backups.write(live, settings.database, settings, now=now)

    assert refused.value.code == "file_is_there"
    assert value(live, "SELECT COUNT(*) FROM person") == 6


def test_a_ledger_that_was_altered_is_not_backed_up_as_if_it_were_sound(live, settings, now):
    run(live, "DROP TRIGGER ledger_is_never_altered")
    run(live, "UPDATE ledger SET person = 'somebody' WHERE id = 2")

    with pytest.raises(Invalid) as refused:
        backups.make(live, settings, "nightly", now=now)

    assert refused.value.code == "ledger_is_altered"
    assert list(backups.folder(settings).iterdir()) == []


@pytest.mark.parametrize("place", ["/proc/nowhere/a.sqlite3", "/dev/full/a.sqlite3"])
def test_a_place_that_cannot_be_written_is_told(live, settings, now, place):
    with pytest.raises(Refusal) as refused:
        backups.write(live, Path(place), settings, now=now)

    assert refused.value.code in ("file_not_written", "database_not_writable")


def test_what_is_written_meanwhile_is_in_the_backup_whole_or_not_at_all(live, settings, now):
    other = database.opened(settings)
    with write(other):
        insert(other, "workday_override", day="2026-03-02", is_workday=0)
        path = backups.make(live, settings, "hand", now=now)
    other.close()

    assert everything(path, settings)["workday_override"] == []


# each night


def test_a_night_is_due_once_and_not_before_two(settings, live, now):
    two = datetime(2026, 2, 28, 18, 0, tzinfo=UTC)  # 02:00 on 1 March in Bazhong
    backups.make(live, settings, "nightly", now=two - DAY)

    assert [backups.is_night_due(settings, now=two + shift) for shift in (-HOUR, 0 * HOUR, DAY)] == [False, True, True]
    backups.make(live, settings, "nightly", now=two)
    assert backups.is_night_due(settings, now=two + HOUR) is False


def test_a_backup_from_the_future_does_not_stand_for_tonights(settings, live, now):
    backups.make(live, settings, "nightly", now=now + 30 * DAY)

    assert backups.is_night_due(settings, now=now) is True
    assert backups.latest(settings, now=now) is None


def test_the_job_makes_one_backup_a_night_and_another_when_somebody_asks(settings, live, now):
    assert [jobs.run_once(live, settings, "backup", now=now + n * HOUR) for n in range(3)] == [1, 0, 0]

    jobs.ask(live, "backup", by=SYSTEM, now=now + 3 * HOUR)

    assert jobs.run_once(live, settings, "backup", now=now + 3 * HOUR) == 1
    assert [backup["kind"] for backup in backups.kept(settings)] == ["hand", "nightly"]


def test_whoever_runs_the_job_by_hand_gets_a_backup_now_and_the_ticker_makes_no_other(settings, live, now):
    assert jobs.run_once(live, settings, "backup", now=now, is_by_hand=True) == 1
    assert jobs.run_once(live, settings, "backup", now=now + HOUR) == 0
    assert jobs.run_once(live, settings, "backup", now=now + 2 * HOUR, is_by_hand=True) == 1

    assert [backup["kind"] for backup in backups.kept(settings)] == ["hand", "nightly"]


def test_two_that_back_up_at_the_same_time_make_the_nights_once(settings, live, now):
    def make(seconds: int) -> int:
        with closing(database.opened(settings)) as db:
            return backups.make_due(db, settings, now=now + timedelta(seconds=seconds))

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(make, range(4))) == [0, 0, 0, 1]


def test_two_weeks_of_nights_are_kept_and_one_a_week_before(settings, now):
    backups.folder(settings).mkdir()
    for night in range(120):
        stamp = (now - night * DAY).strftime("%Y%m%dT%H%M%SZ")
        for ending in ("sqlite3", "json"):
            (backups.folder(settings) / f"lunzhi-{stamp}-nightly.{ending}").touch()
    (backups.folder(settings) / "lunzhi-20250101T000000Z-hand.sqlite3").touch()

    assert backups.rotate(settings, now=now) == 120 - 14 - 8

    ages = [(now - backup["made_at"]) // DAY for backup in backups.kept(settings)]
    assert ages[:14] == list(range(14))
    assert [later - age for age, later in pairwise(ages[15:22])] == [7] * 6
    assert backups.kept(settings)[-1]["kind"] == "hand"
    assert len(list(backups.folder(settings).glob("*.json"))) == 22


def test_what_a_killed_backup_left_is_swept_away(settings, now):
    backups.folder(settings).mkdir()
    (backups.folder(settings) / ".lunzhi-20260101T000000Z-nightly.sqlite3.77.new").touch()
    (backups.folder(settings) / "lunzhi-20260101T000000Z-nightly.json").touch()  # its backup did not get its name

    backups.rotate(settings, now=datetime.now(UTC) + 2 * HOUR)

    assert list(backups.folder(settings).iterdir()) == []


# before a migration


@pytest.fixture
def a_new_step() -> Iterator[None]:
    """A program that knows one step more than the database has seen."""

    @migrations.STEPS(name="for_this_test")
    def step(db: Database) -> None:
        db.conn.execute("CREATE TABLE for_this_test (id INTEGER PRIMARY KEY) STRICT")

    yield
    migrations.STEPS._migrations.pop()


def test_a_database_in_use_is_backed_up_before_it_is_changed(settings, live, now, request):
    before = everything(settings.database, settings)
    live.close()
    request.getfixturevalue("a_new_step")

    backups.opened(settings, now=now + HOUR).close()
    backups.opened(settings, now=now + 2 * HOUR).close()

    (made,) = backups.kept(settings)
    assert (made["kind"], made["made_at"]) == ("migration", now + HOUR)
    assert everything(made["path"], settings) == before
    assert "for_this_test" in everything(settings.database, settings)


def test_a_database_that_was_never_used_is_not_backed_up(settings, now):
    backups.opened(settings, now=now).close()

    assert backups.kept(settings) == []


# restored


def test_what_was_restored_is_what_was_backed_up_and_the_old_one_is_kept(settings, live, now):
    path = backups.make(live, settings, "hand", now=now)
    before = everything(settings.database, settings)
    with write(live):
        run(live, "UPDATE person SET name = '错改'")
    live.close()

    old = backups.restore(settings, path, by=SYSTEM, now=now).old

    assert everything(settings.database, settings) == before
    assert {row["name"] for row in everything(old, settings)["person"]} == {"错改"}
    again = backups.opened(settings, now=now)
    assert [entry["act"] for entry in audit.history(again, "organisation", 1)] == ["restore"]
    again.close()


def test_a_database_that_is_gone_comes_back(settings, live, now):
    path = backups.make(live, settings, "hand", now=now)
    before = everything(path, settings)
    live.close()
    settings.database.unlink()

    assert backups.restore(settings, path, by=SYSTEM, now=now).old is None
    assert everything(settings.database, settings) == before


def test_the_log_of_a_damaged_database_is_not_played_into_the_new_one(settings, live, now):
    path = backups.make(live, settings, "hand", now=now)
    before = everything(path, settings)
    with write(live):
        run(live, "UPDATE person SET name = '之后'")
    log = settings.database.with_name("lunzhi.sqlite3-wal").read_bytes()
    live.close()
    settings.database.write_bytes(b"\0" * 4096)
    settings.database.with_name("lunzhi.sqlite3-wal").write_bytes(log)

    old = backups.restore(settings, path, by=SYSTEM, now=now).old

    assert everything(settings.database, settings) == before
    assert old.exists()


def test_nothing_is_swapped_under_what_is_running(settings, live, now):
    path = backups.make(live, settings, "hand", now=now)

    with backups.in_use(settings), pytest.raises(Conflict) as refused:
        backups.restore(settings, path, by=SYSTEM, now=now)

    assert refused.value.code == "installation_is_in_use"


def altered(path: Path) -> None:
    opened = database.connect(path, SHANGHAI, journal="DELETE")
    run(opened, "UPDATE person SET name = '改'")
    opened.close()


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:40960])


def garbled(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


@pytest.mark.parametrize(
    ("harm", "code"),
    [(altered, "manifest_differs"), (truncated, "database_is_damaged"), (garbled, "database_is_damaged")],
)
def test_a_backup_that_is_not_what_it_was_is_refused_and_the_database_stays(settings, live, now, harm, code):
    path = backups.make(live, settings, "hand", now=now)
    before = everything(settings.database, settings)
    live.close()
    harm(path)

    with pytest.raises(Refusal) as refused:
        backups.restore(settings, path, by=SYSTEM, now=now)

    assert refused.value.code == code
    assert everything(settings.database, settings) == before
    assert list(settings.folder.glob("*.restoring*")) == []


def test_a_backup_of_a_newer_program_is_refused(settings, live, now):
    path = backups.make(live, settings, "hand", now=now)
    live.close()
    backups.manifest_of(path).unlink()
    newer = database.connect(path, settings.zone, journal="DELETE")
    insert(newer, "_sqlite_migrations", migration_set="lunzhi", name="from_the_future", applied_at="x")
    newer.close()

    with pytest.raises(Conflict) as refused:
        backups.restore(settings, path, by=SYSTEM, now=now)

    assert refused.value.code == "schema_is_newer"


def test_a_backup_that_there_is_not_is_told(settings, live, now):
    with pytest.raises(NotFound):
        backups.restore(settings, settings.folder / "none.sqlite3", by=SYSTEM, now=now)
