"""The step that brought channels: what waited in yesterday's outbox waits in today's, as e-mail."""

from zoneinfo import ZoneInfo

import pytest

from scheduler import database, migrations
from scheduler.database import IntegrityError, insert, rows
from tests.test_migrations import written_out

AT = "2026-02-28T01:00:00Z"


@pytest.fixture
def yesterday():
    """A database of the release before, with a message in it."""
    db = database.connect(":memory:", ZoneInfo("Asia/Shanghai"))
    migrations.STEPS.apply(db, stop_before=[step.name for step in migrations.STEPS._migrations][1:])
    insert(
        db, "outbox", id=7, key="k", message_id="<m@duty.example>", kind="reminder", channel="email",
        address="lan@branch.example", subject="S", body="B", due_at=AT, expires_at=AT, made_at=AT,
    )  # fmt: skip
    yield db
    db.close()


def test_a_message_of_yesterday_is_still_there_and_still_e_mail(yesterday):
    database.migrate(yesterday)

    found = rows(
        yesterday, "SELECT id, message_id, channel, channel_id, body, calendar, state, fence, alone FROM outbox"
    )
    assert found == [
        {
            "id": 7, "message_id": "<m@duty.example>", "channel": "email", "channel_id": None, "body": "B",
            "calendar": "", "state": "due", "fence": 0, "alone": 0,
        }
    ]  # fmt: skip
    assert "CREATE INDEX outbox_failed" in written_out(yesterday)


def test_only_e_mail_leaves_by_no_channel(yesterday):
    database.migrate(yesterday)

    with pytest.raises(IntegrityError):
        insert(
            yesterday, "outbox", key="l", message_id="<l@duty.example>", kind="reminder", channel="wecom",
            address="", subject="S", body="B", due_at=AT, expires_at=AT, made_at=AT,
        )  # fmt: skip
