"""The schema's history: what was released never changes, and a table can be rebuilt under those who refer to it."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scheduler import database, migrations
from scheduler.database import IntegrityError, insert, rows, value
from scheduler.errors import Unavailable
from scheduler.migrations.steps import Migrations, rebuild

RELEASED = Path(__file__).parent / "schema"
SHELF = """
CREATE TABLE shelf (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT
"""
BOOK = """
CREATE TABLE book (
    id INTEGER PRIMARY KEY,
    shelf_id INTEGER NOT NULL REFERENCES shelf (id),
    title TEXT NOT NULL CHECK (title <> 'forbidden')
) STRICT
"""
WIDER_SHELF = SHELF.replace(
    "name TEXT NOT NULL UNIQUE", "name TEXT NOT NULL UNIQUE,\n    colour TEXT NOT NULL DEFAULT 'grey'"
)


@pytest.fixture
def empty():
    """A database without a table."""
    db = database.connect(":memory:", ZoneInfo("Asia/Shanghai"))
    yield db
    db.close()


def written_out(db):
    """Every object's own words, by name; SQLite's and the history's own tables left out."""
    found = rows(
        db, "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '%sqlite%' ORDER BY name"
    )
    return "\n\n".join(f"{row['sql']};" for row in found) + "\n"


@pytest.mark.parametrize("step", sorted(path.stem for path in RELEASED.glob("*.sql")))
def test_a_released_step_gives_the_schema_that_it_was_released_with(empty, step):
    following = [found.name for found in migrations.STEPS._migrations]
    after = following[following.index(step) + 1 :]

    migrations.STEPS.apply(empty, stop_before=after)

    assert written_out(empty) == (RELEASED / f"{step}.sql").read_text(encoding="utf-8")


def test_a_table_is_rebuilt_with_its_rows_its_children_its_index_and_its_triggers(empty, monkeypatch):
    for statement in (SHELF, BOOK, "CREATE INDEX by_name ON shelf (name)", BUSY):
        empty.conn.execute(statement)
    insert(empty, "shelf", id=7, name="history")
    insert(empty, "book", id=1, shelf_id=7, title="One")

    after_a_step(empty, monkeypatch, lambda db: rebuild(db, "shelf", WIDER_SHELF))

    assert rows(empty, "SELECT * FROM shelf") == [{"id": 7, "name": "history", "colour": "grey"}]
    assert value(empty, "SELECT COUNT(*) FROM sqlite_master WHERE name IN ('by_name', 'never_away')") == 2
    with pytest.raises(IntegrityError):
        insert(empty, "book", shelf_id=8, title="Two")


def test_a_step_that_loses_a_row_others_refer_to_is_undone(empty, monkeypatch):
    for statement in (SHELF, BOOK):
        empty.conn.execute(statement)
    insert(empty, "shelf", id=7, name="history")
    insert(empty, "book", id=1, shelf_id=7, title="One")

    with pytest.raises(Unavailable) as refused:
        after_a_step(empty, monkeypatch, lambda db: db.conn.execute("DELETE FROM shelf"))

    assert [problem.facts for problem in refused.value.problems] == [{"reason": "book -> shelf"}]
    assert value(empty, "SELECT COUNT(*) FROM shelf") == 1
    assert value(empty, "PRAGMA foreign_keys") == 1


BUSY = """
CREATE TRIGGER never_away BEFORE DELETE ON shelf WHEN EXISTS (SELECT 1 FROM book WHERE shelf_id = OLD.id) BEGIN
    SELECT RAISE(ABORT, 'shelf_is_busy');
END
"""


def after_a_step(db, monkeypatch, change):
    """The database after one step more, taken as every step is."""
    steps = Migrations("lunzhi")
    steps(name="one_more")(change)
    monkeypatch.setattr(migrations, "STEPS", steps)
    monkeypatch.setattr(migrations, "names", lambda: {"one_more"})
    database.migrate(db)


def test_quotas_of_before_are_owed_by_the_week_wherever_the_visit_is(empty):
    migrations.STEPS.apply(empty, stop_before=["quotas"])
    unit_id = insert(empty, "unit", name="巴中市分行", kind="branch")
    old = {"unit_id": unit_id, "role": "head", "activity_id": 3, "starts_on": "2026-01-05", "ends_on": "2026-06-30"}
    insert(empty, "quota", id=7, min_per_week=2, **old)

    migrations.STEPS.apply(empty)

    anew = {"id": 7, "least": 2, "period": "week", "place_id": None, "sponsored": 0, "replaces": None}
    assert rows(empty, "SELECT * FROM quota") == [old | anew]
