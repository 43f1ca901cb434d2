"""A disk that is full, a file that is locked, read-only, damaged or gone: said in words, and nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from flask import g

from scheduler import database
from scheduler.database import insert, run, value, write
from scheduler.errors import Full, Unavailable
from tests.conftest import application, pages

HOLD = """
import sys
from sqlite_utils.utils import sqlite3
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


def fill_up(db: database.Database) -> None:
    """No page more than there is: what SQLite answers then is what it answers when the disk is full."""
    db.conn.execute("PRAGMA max_page_count = 1")


def write_much(db: database.Database) -> None:
    with write(db):
        for number in range(300):
            insert(db, "workday_override", day=f"2026-{number:05}", is_workday=0, name="春" * 200)


def test_a_full_disk_is_refused_in_words_and_reading_goes_on(db):
    fill_up(db)

    with pytest.raises(Full) as refused:
        write_much(db)

    assert refused.value.code == "disk_is_full"
    assert value(db, "SELECT COUNT(*) FROM workday_override") == 0


def test_a_full_disk_is_refused_within_a_nested_write_too(db):
    fill_up(db)

    with pytest.raises(Full), write(db):
        write_much(db)

    assert db.conn.in_transaction is False


def test_once_there_is_room_writing_goes_on(db):
    fill_up(db)
    with pytest.raises(Full):
        write_much(db)

    db.conn.execute("PRAGMA max_page_count = 1000000")
    write_much(db)

    assert value(db, "SELECT COUNT(*) FROM workday_override") == 300


def test_a_file_that_may_not_be_written_is_refused_in_words_and_read(db):
    db.conn.execute("PRAGMA query_only = ON")

    with pytest.raises(Unavailable) as refused, write(db):
        insert(db, "workday_override", day="2026-03-02", is_workday=0)

    assert refused.value.code == "database_not_writable"
    assert value(db, "SELECT COUNT(*) FROM workday_override") == 0


# on pages


@pytest.fixture
def app(db, settings, watch):
    """Of this test alone: it is listened to."""
    return application(settings, watch, made_by=pages)


@pytest.fixture
def ill(app) -> Callable[[str], None]:
    """Gives every request's connection a PRAGMA, as if the disk were like that."""
    pragmas: list[str] = []
    app.before_request(lambda: [g.db.conn.execute(pragma) for pragma in pragmas if g.db] and None)
    return lambda pragma: pragmas.__setitem__(slice(None), [pragma])


def written(client) -> int:
    """The status of the first write that is refused, or 303 if none of two hundred is."""
    statuses = (client.post("/operations/jobs/prune").status_code for _ in range(200))
    return next((status for status in statuses if status != 303), 303)


@pytest.mark.parametrize(
    ("lang", "words"),
    [("zh", "磁盘已满，没有写入任何内容"), ("en", "The disk is full; nothing was saved.")],
)
def test_on_a_full_disk_pages_say_that_nothing_was_saved_and_are_still_read(as_administrator, ill, db, lang, words):
    run(db, "UPDATE person SET lang = :lang", lang=lang)
    ill("PRAGMA max_page_count = 1")

    assert written(as_administrator) == 507
    page = as_administrator.post("/operations/jobs/prune")
    assert words in page.text
    assert as_administrator.get("/people").status_code == 200
    assert value(db, "PRAGMA integrity_check") == "ok"


def test_pages_write_again_by_themselves_once_there_is_room(as_administrator, ill):
    ill("PRAGMA max_page_count = 1")
    assert written(as_administrator) == 507

    ill("PRAGMA max_page_count = 1000000")

    assert written(as_administrator) == 303


def test_a_read_only_file_is_told_and_read(as_administrator, ill):
    ill("PRAGMA query_only = ON")
    run_now = as_administrator.post("/operations/jobs/prune", headers={"Accept": "application/json"})

    assert (run_now.status_code, run_now.json["code"]) == (503, "database_not_writable")
    assert as_administrator.get("/rosters").status_code == 200


@pytest.mark.parametrize(("lang", "words"), [("zh", "没有写入任何内容"), ("en", "othing was saved")])
def test_while_another_program_holds_the_database_pages_are_read_and_writes_are_told(
    as_administrator, ill, db, settings, lang, words
):
    run(db, "UPDATE person SET lang = :lang", lang=lang)
    ill("PRAGMA busy_timeout = 300")
    command = [sys.executable, "-c", HOLD, str(settings.database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as foreign:
        assert foreign.stdout.readline() == b"held\n"
        refused = as_administrator.post("/operations/jobs/prune")
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert words in refused.text
        assert as_administrator.get("/people").status_code == 200
        foreign.stdin.close()

    assert as_administrator.post("/operations/jobs/prune").status_code == 303


# missing and damaged


def test_a_database_that_is_gone_is_told_and_no_empty_one_put_in_its_place(app, client, settings, db):
    database.of(settings).close()
    db.close()
    for path in settings.folder.glob("lunzhi.sqlite3*"):
        path.unlink()

    page = client.get("/signin")
    assert page.status_code == 503
    assert "restore" in page.text
    assert client.get("/calendar/x/duty.ics").status_code == 503
    with pytest.raises(Unavailable) as refused:
        database.of(settings)
    assert refused.value.code == "database_is_missing"
    assert not settings.database.exists()


@pytest.mark.parametrize("content", [b"", b"no database " * 400])
def test_a_damaged_database_is_told_and_left_as_it_is(client, settings, db, content):
    database.of(settings).close()
    db.close()
    for path in settings.folder.glob("lunzhi.sqlite3-*"):
        path.unlink()
    settings.database.write_bytes(content)

    with pytest.raises(Unavailable) as refused:
        database.of(settings)

    assert refused.value.code == "database_is_damaged"
    assert settings.database.read_bytes() == content
    assert client.get("/signin").status_code == 503


def test_a_database_that_was_never_made_is_made(settings):
    database.of(settings).close()

    assert {path.name for path in settings.folder.iterdir()} >= {"lunzhi.sqlite3", database.MARK}
