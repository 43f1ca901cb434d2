"""The audit's chain: what was altered, taken away or put in is named, and old rows are chained as they stand."""

from __future__ import annotations

import json
from time import perf_counter

import pytest

from scheduler import audit, backups, database, migrations
from scheduler.audit import SYSTEM, Actor
from scheduler.database import IntegrityError, insert, one, rows, run, value
from scheduler.errors import Invalid
from tests.conftest import SHANGHAI


@pytest.fixture
def three(db, now):
    db.origin = "10.1.2.3"
    with database.write(db):
        for number in (1, 2, 3):
            audit.record(db, "publish", "roster", number, by=SYSTEM, now=now, seats=number)
    return db


def by_hand(db, sql, **parameters):
    """What somebody with the file in their hands could do: no trigger stops them."""
    for trigger in rows(db, "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"):
        db.conn.execute(f"DROP TRIGGER {trigger['name']}")
    run(db, sql, **parameters)


def test_a_row_says_from_where_it_came(three):
    assert [row["origin"] for row in rows(three, "SELECT origin FROM audit")] == ["10.1.2.3"] * 3
    assert audit.verify(three) is None
    assert audit.find(three, audit.head(three).upper()) == {"entry": 3, "at": "2026-02-28T01:00:00Z", "later": 0}
    assert audit.find(three, "0" * 64) is None


@pytest.mark.parametrize(
    ("column", "forged"),
    [
        ("at", "2026-02-27T01:00:00Z"),
        ("actor", "somebody"),
        ("act", "close"),
        ("subject_id", 9),
        ("unit_id", 5),
        ("facts", '{"seats": 20}'),
        ("origin", "10.9.9.9"),
        ("form", 1),
        ("hash", "f" * 64),
    ],
)
def test_an_altered_row_is_named(three, column, forged):
    by_hand(three, f"UPDATE audit SET {column} = :forged WHERE id = 2", forged=forged)

    assert audit.verify(three) == 2
    with pytest.raises(Invalid, match="audit_is_altered"):
        backups.check(three)


def test_a_row_that_was_taken_away_is_missed_by_the_next(three):
    by_hand(three, "DELETE FROM audit WHERE id = 2")

    assert audit.verify(three) == 3


def test_a_row_put_in_behind_is_named_and_the_schema_refuses_one_without_a_hash(three):
    bare = {"at": "x", "actor": "x", "act": "x", "subject": "x", "subject_id": 1, "facts": "{}"}
    with pytest.raises(IntegrityError, match="audit_is_chained"):
        insert(three, "audit", **bare)

    insert(three, "audit", **bare, form=2, hash="a" * 64)

    assert audit.verify(three) == 4


def test_a_later_row_cannot_pass_for_one_of_before_the_chain(three):
    last = one(three, "SELECT hash FROM audit WHERE id = 3")["hash"]
    forged = {
        "id": 4, "at": "2026-02-28T01:00:00Z", "person_id": None, "actor": "x", "act": "x", "subject": "x",
        "subject_id": 1, "unit_id": None, "facts": "{}",
    }  # fmt: skip
    names = ", ".join(forged)
    by_hand(
        three,
        f"INSERT INTO audit ({names}, form, hash) VALUES ({', '.join(f':{name}' for name in forged)}, 1, :hash)",
        **forged,
        hash=audit._hashed(last, forged),
    )

    assert audit.verify(three) == 4


def test_rows_of_before_are_chained_as_they_stand(now):
    db = database.connect(":memory:", SHANGHAI)
    migrations.STEPS.apply(db, stop_before=_from("audit_chain"))
    for number in (1, 2):
        facts = json.dumps({"seats": number, "name": "兰草"}, ensure_ascii=False)
        insert(db, "audit", at="2026-01-01T00:00:00Z", actor="x", act="a", subject="b", subject_id=number, facts=facts)
    before = rows(db, "SELECT id, at, actor, act, subject, subject_id, facts FROM audit")
    assert audit.verify(db) is None
    assert audit.head(db) == "0" * 64

    database.migrate(db)
    with database.write(db):
        audit.record(db, "publish", "roster", 3, by=Actor(None, "吕莉"), now=now)

    assert rows(db, "SELECT id, at, actor, act, subject, subject_id, facts FROM audit")[:2] == before
    assert [row["form"] for row in rows(db, "SELECT form FROM audit ORDER BY id")] == [1, 1, 2]
    assert audit.verify(db) is None
    with pytest.raises(IntegrityError, match="audit_is_append_only"):
        run(db, "UPDATE audit SET actor = 'y' WHERE id = 1")
    by_hand(db, "UPDATE audit SET actor = 'y' WHERE id = 1")
    assert audit.verify(db) == 1
    db.close()


def _from(step):
    names = [found.name for found in migrations.STEPS._migrations]
    return names[names.index(step) :]


def test_a_hundred_thousand_rows_would_be_verified_in_seconds(db, now):
    with database.write(db):
        for number in range(3000):
            audit.record(db, "publish", "roster", number, by=SYSTEM, now=now, seats=number)
    assert value(db, "SELECT COUNT(*) FROM audit") == 3000

    began = perf_counter()
    assert audit.verify(db) is None

    assert perf_counter() - began < 0.3  # a hundred thousand in ten seconds, on a machine that does much else
