"""The step that lets swaps go on to others: what was asked before stays as it was asked."""

from zoneinfo import ZoneInfo

import pytest

from scheduler import database, migrations
from scheduler.database import IntegrityError, insert, one, rows, run

AT = "2026-02-28T01:00:00Z"


@pytest.fixture
def yesterday():
    """A database from before the step, with a policy, an open request and two questions in it."""
    db = database.connect(":memory:", ZoneInfo("Asia/Shanghai"))
    names = [step.name for step in migrations.STEPS._migrations]
    migrations.STEPS.apply(db, stop_before=names[names.index("swap_steps") :])
    insert(db, "unit", id=1, name="巴中市分行", kind="branch")
    for person_id, name in ((1, "兰草"), (2, "敏学"), (3, "博文")):
        insert(
            db, "person", id=person_id, key=f"p{person_id}", staff_no=f"000{person_id}", name=name, unit_id=1,
            role="staff", joined_on="2020-01-01",
        )  # fmt: skip
    insert(db, "place", id=1, key="o", name="江北支行", kind="outlet", unit_id=1)
    insert(
        db, "roster", id=1, unit_id=1, starts_on="2026-03-01", ends_on="2026-03-31", state="published", made_at=AT,
        published_at=AT,
    )  # fmt: skip
    insert(
        db, "shift", id=1, key="s", unit_id=1, roster_id=1, place_id=1, activity_id=1, day="2026-03-06",
        starts_at="2026-03-06T01:00:00Z", ends_at="2026-03-06T09:00:00Z", headcount=1,
    )  # fmt: skip
    insert(db, "swap_policy", unit_id=1, needs_approval=1)
    insert(db, "swap_request", id=1, shift_id=1, person_id=1, kind="cover", asked_at=AT, asked_by="兰草")
    for person_id in (2, 3):
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
