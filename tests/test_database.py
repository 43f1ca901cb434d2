"""Opening, migrating and writing: what the data layer promises to everything above it."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

import pytest

from scheduler import audit, database
from scheduler.audit import SYSTEM
from scheduler.database import Database, insert, one, rows, run, update, value, write
from scheduler.errors import Busy, Conflict
from tests.conftest import SHANGHAI

ROOT = Path(__file__).parent.parent


def opened(path: Path) -> Database:
    return database.connect(path, SHANGHAI)


def test_an_error_inside_of_a_write_leaves_nothing_behind(db: Database):
    with pytest.raises(ZeroDivisionError), write(db):  # noqa: PT012
        insert(db, "workday_override", day="2026-03-02", is_workday=0)
        raise ZeroDivisionError

    assert value(db, "SELECT COUNT(*) FROM workday_override") == 0


def test_a_nested_write_that_fails_takes_back_only_itself(db: Database):
    with write(db):
        insert(db, "workday_override", day="2026-03-02", is_workday=0)
        with pytest.raises(ZeroDivisionError), write(db):  # noqa: PT012
            insert(db, "workday_override", day="2026-03-03", is_workday=0)
            raise ZeroDivisionError

    assert rows(db, "SELECT day FROM workday_override") == [{"day": "2026-03-02"}]


def test_a_misspelt_table_is_an_error_and_is_not_made(db: Database):
    with pytest.raises(Exception, match="no such table"), write(db):
        insert(db, "persom", name="x")

    assert one(db, "SELECT name FROM sqlite_master WHERE name = 'persom'") is None


def test_changes_tell_how_many_rows_they_met(db: Database):
    with write(db):
        insert(db, "lease", name="work", holder="a", fence=1, beat_at="x", expires_at="x")

    assert run(db, "UPDATE lease SET fence = 2 WHERE name = :name", name="nobody") == 0
    assert update(db, "activity", 1, sort=9) == 1
    assert value(db, "SELECT sort FROM activity WHERE id = 1") == 9


def test_a_lock_that_stays_taken_is_refused_as_busy(tmp_path: Path):
    first = opened(tmp_path / "a.sqlite3")
    database.migrate(first)
    second = database.connect(tmp_path / "a.sqlite3", SHANGHAI, busy_seconds=0.1)

    with write(first), pytest.raises(Busy) as refused, write(second):
        pass

    assert refused.value.code == "database_is_busy"


def test_read_then_write_from_eight_threads_loses_nothing(tmp_path: Path):
    path = tmp_path / "a.sqlite3"
    database.migrate(opened(path))
    with write(db := opened(path)):
        insert(db, "lease", name="count", holder="", fence=0, beat_at="", expires_at="")

    def add() -> None:
        mine = opened(path)
        for _ in range(25):
            with write(mine):
                seen = value(mine, "SELECT fence FROM lease")
                run(mine, "UPDATE lease SET fence = :next", next=seen + 1)

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert value(db, "SELECT fence FROM lease") == 200


def test_four_processes_that_migrate_at_once_all_succeed(tmp_path: Path):
    script = (
        "from pathlib import Path; from zoneinfo import ZoneInfo; from scheduler import database\n"
        f"db = database.connect(Path({str(tmp_path)!r}) / 'a.sqlite3', ZoneInfo('Asia/Shanghai'))\n"
        f"database.migrate(db, Path({str(tmp_path)!r}) / 'migrate.lock')"
    )

    running = [subprocess.Popen([sys.executable, "-c", script], cwd=ROOT) for _ in range(4)]

    assert [process.wait() for process in running] == [0, 0, 0, 0]


def test_a_database_of_a_newer_version_is_refused(db: Database):
    with write(db):
        insert(db, "_sqlite_migrations", migration_set="lunzhi", name="from_the_future", applied_at="x")

    with pytest.raises(Conflict) as refused:
        database.migrate(db)

    assert refused.value.code == "schema_is_newer"


def test_every_table_of_ours_is_strict_and_migrating_again_changes_nothing(db: Database):
    def schema() -> list[database.Row]:
        return rows(db, "SELECT name, sql FROM sqlite_master ORDER BY name")

    before = schema()
    database.migrate(db)

    assert schema() == before
    assert (
        rows(db, "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE '%sqlite%'")
        == []
    )


def test_the_audit_keeps_what_was_done_and_cannot_be_altered(db: Database, now: datetime):
    with write(db):
        audit.record(db, "publish", "roster", 3, by=SYSTEM, now=now, seats=20)

    with pytest.raises(database.IntegrityError, match="audit_is_append_only"):
        run(db, "UPDATE audit SET actor = 'somebody'")
    with pytest.raises(database.IntegrityError, match="audit_is_append_only"):
        run(db, "DELETE FROM audit")
    with pytest.raises(database.IntegrityError, match="audit_is_append_only"):
        run(
            db,
            "REPLACE INTO audit (id, at, actor, act, subject, subject_id, facts) VALUES (1, '', '', '', '', 1, '{}')",
        )

    assert [(row["act"], row["actor"], row["facts"]) for row in audit.history(db, "roster", 3)] == [
        ("publish", "system", {"seats": 20})
    ]
