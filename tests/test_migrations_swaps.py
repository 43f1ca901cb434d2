"""The step that lets swaps go on to others: what was asked before stays as it was asked."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from scheduler import database, migrations
from scheduler.database import IntegrityError, insert, one, rows, run
from tests import builders

AT, NOW = "2026-02-28T01:00:00Z", datetime(2026, 2, 28, 1, tzinfo=UTC)


@pytest.fixture
def yesterday():
    """A database from before the step, with a policy, an open request and two questions in it."""
    db = database.connect(":memory:", ZoneInfo("Asia/Shanghai"))
    names = [step.name for step in migrations.STEPS._migrations]
    migrations.STEPS.apply(db, stop_before=names[names.index("swap_steps") :])
    town = builders.town(db, NOW)
    friday = builders.shift(db, town, date(2026, 3, 6), [town.lan])
    insert(db, "swap_policy", unit_id=town.branch, needs_approval=1)
    insert(db, "swap_request", id=1, shift_id=friday, person_id=town.lan, kind="cover", asked_at=AT, asked_by="兰草")
    for person_id in (town.min, town.bo):
        insert(db, "swap_offer", request_id=1, person_id=person_id)
    yield db
    db.close()


def test_what_was_asked_yesterday_goes_on_to_nobody_and_keeps_its_time(yesterday):
    database.migrate(yesterday)

    assert one(yesterday, "SELECT goes_on, next_at, step, fallen, is_forgiven FROM swap_request") == {
        "goes_on": 0, "next_at": None, "step": 1, "fallen": 0, "is_forgiven": 0,
    }  # fmt: skip
    assert rows(yesterday, "SELECT step, asked_at FROM swap_offer ORDER BY id") == [{"step": 1, "asked_at": AT}] * 2


def test_a_policy_of_yesterday_keeps_turns_and_the_schema_keeps_its_bounds(yesterday):
    database.migrate(yesterday)

    assert one(yesterday, "SELECT needs_approval, keeps_turn, people, step_hours FROM swap_policy") == {
        "needs_approval": 1, "keeps_turn": 1, "people": 3, "step_hours": 24,
    }  # fmt: skip
    with pytest.raises(IntegrityError):
        run(yesterday, "UPDATE swap_policy SET people = 21")
    assert rows(yesterday, "SELECT * FROM forgiven_turn") == []
