"""The step that brought units' calendars: yesterday's calendars, addresses and stamps stay as they were."""

from zoneinfo import ZoneInfo

import pytest

from scheduler import database, feeds, migrations
from scheduler.database import IntegrityError, insert, one, run, value
from scheduler.feeds.serving import hashed

AT = "2026-02-28T01:00:00Z"


@pytest.fixture
def yesterday():
    """A database of the release before, with one person whose calendar somebody fetches, and one shift in it."""
    db = database.connect(":memory:", ZoneInfo("Asia/Shanghai"))
    following = [step.name for step in migrations.STEPS._migrations]
    migrations.STEPS.apply(db, stop_before=following[1:])
    insert(db, "unit", id=1, name="巴中市分行", kind="branch")
    insert(db, "person", id=1, key="p", staff_no="0004", name="兰草", unit_id=1, role="staff", joined_on="2020-01-01")
    insert(db, "place", id=1, key="o", name="江北支行", kind="outlet", unit_id=1)
    insert(
        db, "roster", id=1, unit_id=1, starts_on="2026-03-01", ends_on="2026-03-31", state="published", made_at=AT,
        published_at=AT,
    )  # fmt: skip
    insert(
        db, "shift", id=1, key="s", unit_id=1, roster_id=1, place_id=1, activity_id=1, day="2026-03-02",
        starts_at="2026-03-02T01:00:00Z", ends_at="2026-03-02T09:00:00Z", headcount=1,
    )  # fmt: skip
    insert(
        db, "calendar", id=5, scope="person", person_id=1, lang="zh", alarms="hour", body=b"B", gzipped=b"G",
        etag="e", modified_at=AT, stale=0, week="2026-02-23", version=9,
    )  # fmt: skip
    insert(db, "calendar", id=6, scope="place", place_id=1, lang="zh", stale=0)
    insert(db, "feed", id=7, token_hash=hashed("secret"), calendar_id=5, owner_id=1, made_at=AT, client="curl")
    insert(
        db, "feed_event", calendar_id=5, uid="a-s-p@lunzhi", shift_id=1, content_hash="c", visible_hash="v",
        sequence=3, created_at=AT, modified_at=AT, starts_at=AT, ends_at=AT, body=b"E",
    )  # fmt: skip
    yield db
    db.close()


def test_yesterdays_calendars_keep_their_bytes_their_addresses_and_their_stamps(yesterday, now):
    before = one(yesterday, "SELECT * FROM calendar WHERE id = 5")
    event = one(yesterday, "SELECT * FROM feed_event")

    database.migrate(yesterday)

    after = one(yesterday, "SELECT * FROM calendar WHERE id = 5")
    assert {name: after[name] for name in before} == before
    assert (after["unit_id"], after["shows_to"]) == (None, None)
    assert one(yesterday, "SELECT * FROM feed_event") == event
    served = feeds.fetch(yesterday, "secret", gzipped=False, now=now)
    assert (served.body, served.etag) == (b"B", "e")
    assert value(yesterday, "SELECT name FROM feed") == ""


def test_what_marked_yesterdays_calendars_as_stale_still_does(yesterday):
    database.migrate(yesterday)
    run(yesterday, "UPDATE calendar SET stale = 0")

    run(yesterday, "UPDATE shift SET tasks = '入户宣传'")
    assert value(yesterday, "SELECT stale FROM calendar WHERE id = 6") == 1
    run(yesterday, "UPDATE person SET name = '兰芝'")
    assert value(yesterday, "SELECT stale FROM calendar WHERE id = 5") == 1


@pytest.mark.parametrize(
    "columns",
    [
        {"scope": "unit"},
        {"scope": "visits", "place_id": 1},
        {"scope": "place", "place_id": 1, "unit_id": 1},
        {"scope": "team", "unit_id": 1},
    ],
)
def test_a_calendar_shows_one_thing(yesterday, columns):
    database.migrate(yesterday)

    with pytest.raises(IntegrityError):
        insert(yesterday, "calendar", lang="en", **columns)


def test_a_unit_has_one_calendar_of_a_kind_and_language(yesterday):
    database.migrate(yesterday)
    for scope, lang in (("unit", "zh"), ("unit", "en"), ("visits", "zh")):
        insert(yesterday, "calendar", scope=scope, unit_id=1, lang=lang)

    with pytest.raises(IntegrityError):
        insert(yesterday, "calendar", scope="visits", unit_id=1, lang="zh")
