"""The step that brought check-ins: walls that hang already show no codes, and nothing else changes."""

from zoneinfo import ZoneInfo

import pytest

from scheduler import database, migrations
from scheduler.database import IntegrityError, insert, one, rows

AT = "2026-02-28T01:00:00Z"


@pytest.fixture
def yesterday():
    """A database of the release before, with a wall in it."""
    db = database.connect(":memory:", ZoneInfo("Asia/Shanghai"))
    migrations.STEPS.apply(db, stop_before=[step.name for step in migrations.STEPS._migrations][1:])
    insert(db, "unit", id=1, name="巴中市分行", kind="branch")
    insert(db, "wall", id=7, token_hash="h", unit_id=1, lang="zh", made_at=AT, made_by="system")
    yield db
    db.close()


def test_a_wall_of_yesterday_hangs_on_and_shows_no_codes(yesterday):
    database.migrate(yesterday)

    assert one(yesterday, "SELECT id, token_hash, lang, made_at, codes FROM wall") == {
        "id": 7, "token_hash": "h", "lang": "zh", "made_at": AT, "codes": 0,
    }  # fmt: skip
    assert rows(yesterday, "SELECT id FROM check_in") == []
    with pytest.raises(IntegrityError):
        insert(yesterday, "wall", token_hash="i", unit_id=1, lang="zh", made_at=AT, made_by="system", codes=2)
