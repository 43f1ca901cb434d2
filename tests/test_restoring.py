"""An old backup put back: nothing is said twice, nobody stays signed in, and the lease goes to nobody of before."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest

from scheduler import accounts, audit, backups, clock, database, feeds, jobs, outbox
from scheduler.audit import SYSTEM
from scheduler.backups import Restored
from scheduler.database import Database, one, rows, run, value
from scheduler.errors import NotFound
from scheduler.jobs import lease
from scheduler.jobs.due import QUEUEING
from scheduler.outbox import Sent
from tests import builders
from tests.calendars import BASE, MONDAY, refreshed, subscribed
from tests.test_outbox import queued
from web import create_app

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def live(settings, now) -> Database:
    opened = backups.opened(settings, now=now)
    yield opened
    opened.close()


@pytest.fixture
def back(settings, live, now) -> Callable[..., Restored]:
    """Backs up now, lets `meanwhile` happen, and restores a day later."""

    def given(meanwhile: Callable[[], object] = lambda: None) -> Restored:
        path = backups.make(live, settings, "hand", now=now)
        meanwhile()
        live.close()
        later = now + DAY
        return backups.restore(
            settings, path, by=SYSTEM, now=later, queue=lambda db: jobs.queue_due(db, settings, now=later)
        )

    return given


def restored(settings, sql: str) -> list[tuple]:
    with closing(database.opened(settings)) as db:
        return [tuple(row.values()) for row in rows(db, sql)]


def test_sessions_and_unused_links_are_ended(settings, live, back, now):
    town = builders.town(live, now)
    secret = accounts.sign_in(live, accounts.make_link(live, town.lan, by=SYSTEM, now=now), now=now)
    link = accounts.make_link(live, town.min, by=SYSTEM, now=now + HOUR)
    done = back()

    assert (done.sessions, done.links) == (1, 1)
    with closing(database.opened(settings)) as db:
        assert accounts.signed_in(db, secret, now=now + DAY) is None
        assert value(db, "SELECT COUNT(*) FROM signin_link WHERE used_at IS NULL") == 0
        with pytest.raises(NotFound):
            accounts.link_owner(db, link, now=now + 2 * HOUR)


def test_what_was_due_or_leaving_is_held_back_and_can_be_retried(settings, live, back, now):
    town = builders.town(live, now)
    for number, (key, due_at, expires_at) in enumerate(
        [
            ("due", now, now + 5 * DAY),
            ("leaving", now - HOUR, now + 5 * DAY),
            ("over by then", now, now + HOUR),
            ("later", now + 3 * DAY, now + 5 * DAY),
        ]
    ):
        queued(live, town, now, key=key, subject=str(number), due_at=due_at, expires_at=expires_at)
    assert outbox.claim(live, now=now)["subject"] == "1"
    queued(live, town, now, key="link", kind="signin", body="https://duty.example/signin/secret", expires_at=now + DAY)
    done = back()

    assert done.held == 2
    assert restored(settings, "SELECT key, state, last_error FROM outbox ORDER BY id") == [
        ("due", "failed", "restored"),
        ("leaving", "failed", "restored"),
        ("over by then", "obsolete", ""),
        ("later", "due", ""),
        ("link", "obsolete", ""),
    ]
    with closing(database.opened(settings)) as db:
        assert outbox.send_due(db, lambda row: Sent(True), moment=lambda: now + DAY) == 0
        assert outbox.retry_all(db, "restored", within=[town.branch], by=SYSTEM, now=now + DAY) == 2
        assert outbox.send_due(db, lambda row: Sent(True), moment=lambda: now + DAY) == 2
        assert value(db, "SELECT body FROM outbox WHERE key = 'link'") == ""


def test_a_reminder_that_fell_due_since_is_held_back_too_and_one_to_come_is_not(settings, live, back, now):
    town = builders.town(live, now)
    builders.published(live, town, now)
    first = value(live, "SELECT MIN(due_at) FROM reminder")
    assert now < clock.from_text(first) <= now + DAY
    done = back()

    assert [(done.held,)] == restored(settings, "SELECT COUNT(*) FROM outbox WHERE last_error = 'restored'")
    assert done.held > 0
    with closing(database.opened(settings)) as db:
        assert jobs.run_once(db, settings, "remind", now=now + DAY) == 0
        assert value(db, "SELECT COUNT(*) FROM reminder WHERE state = 'due'") > 0


def test_the_lease_is_free_under_a_fence_that_nobody_had(settings, live, back, now):
    lease.take(live, "first", now=now)

    def meanwhile() -> None:
        for number in range(5):
            lease.take(live, f"later {number}", now=now + HOUR, is_last_one_gone=True)

    back(meanwhile)

    with closing(database.opened(settings)) as db:
        assert one(db, "SELECT holder, fence FROM lease") == {"holder": "", "fence": 7}
        assert lease.take(db, "new", now=now + DAY).fence == 8


@pytest.fixture
def fetched(live, now) -> str:
    """The token of 兰草's calendar, with a duty on Monday in it that her phone has seen."""
    town = builders.town(live, now)
    builders.shift(live, town, MONDAY, [town.lan])
    return subscribed(live, town.lan, now)


def test_a_calendar_in_which_nothing_changed_keeps_every_byte_over_a_restore(settings, live, back, fetched, now):
    before = one(live, "SELECT body, gzipped, etag, modified_at FROM calendar")
    stamps = rows(live, "SELECT * FROM feed_event")
    back()

    with closing(database.opened(settings)) as db:
        assert feeds.refresh(db, base_url=BASE, now=now + DAY) == 0
        assert one(db, "SELECT body, gzipped, etag, modified_at FROM calendar") == before
        assert rows(db, "SELECT * FROM feed_event") == stamps
        assert feeds.fetch(db, fetched, gzipped=False, now=now + DAY).body == before["body"]


def test_a_restart_and_a_backup_change_no_byte_of_a_calendar(settings, live, fetched, now):
    before = one(live, "SELECT body, gzipped, etag, modified_at FROM calendar")
    backups.make(live, settings, "hand", now=now)
    live.close()

    with closing(database.opened(settings)) as db:
        assert refreshed(db, now + DAY) == 0
        assert one(db, "SELECT body, gzipped, etag, modified_at FROM calendar") == before


def served(settings, token: str, now) -> list[tuple[bytes, dict[str, str]]]:
    """What the pages of an installation answer at the address: as it is, and packed."""
    pages = create_app(settings, now=lambda: now).test_client()
    asked = [pages.get(f"/calendar/{token}/duty.ics", headers=how) for how in ({}, {"Accept-Encoding": "gzip"})]
    return [(answer.data, {name: told for name, told in answer.headers if name != "Date"}) for answer in asked]


def test_a_new_process_and_an_installation_restored_elsewhere_serve_the_same_bytes_and_headers(
    settings, live, fetched, now, tmp_path
):
    at = now + DAY
    before = served(settings, fetched, at)
    path = backups.make(live, settings, "hand", now=now)
    run(live, "UPDATE calendar SET stale = stale + 1")
    live.close()
    elsewhere = settings.model_copy(update={"folder": tmp_path / "elsewhere"})
    elsewhere.folder.mkdir()
    backups.restore(elsewhere, path, by=SYSTEM, now=at)

    for each in (settings, elsewhere):
        assert rendered_by_a_new_process(each, at) == 0
        assert served(each, fetched, at) == before
    assert [answer[1].keys() & {"ETag", "Last-Modified"} for answer in before] == [{"ETag", "Last-Modified"}] * 2


RENDERING = """
import sys
from datetime import datetime
from pathlib import Path
from scheduler import database, feeds
from scheduler.config import Settings, Site
db = database.opened(Settings(site=Site(secret_key="for tests only " * 3), folder=Path(sys.argv[1])))
print(feeds.refresh(db, base_url=sys.argv[2], now=datetime.fromisoformat(sys.argv[3])))
"""


def rendered_by_a_new_process(settings, at) -> int:
    """How many calendars a background process of its own, whose hashes fall otherwise, renders to other bytes."""
    made = subprocess.run(
        [sys.executable, "-c", RENDERING, settings.folder, BASE, at.isoformat()],
        env={**os.environ, "PYTHONHASHSEED": "7"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return int(made.stdout)


def test_what_changes_in_a_restored_installation_has_stamps_that_no_phone_has_seen(
    settings, live, fetched, now, tmp_path
):
    path = backups.make(live, settings, "hand", now=now)
    before = one(live, "SELECT sequence, modified_at FROM feed_event")
    live.close()
    elsewhere = settings.model_copy(update={"folder": tmp_path / "elsewhere"})
    elsewhere.folder.mkdir()
    backups.restore(elsewhere, path, by=SYSTEM, now=now + DAY)

    with closing(database.opened(elsewhere)) as db:
        run(db, "UPDATE place SET name = '江北路支行' WHERE kind = 'outlet'")
        assert feeds.refresh(db, base_url=BASE, now=now + DAY) == 1
        after = one(db, "SELECT sequence, modified_at FROM feed_event")
    assert after["sequence"] > before["sequence"] + 1000
    assert after["modified_at"] > before["modified_at"]


def test_a_calendar_that_changed_since_is_rendered_anew_with_stamps_that_a_phone_has_not_seen(
    settings, live, back, fetched, now
):
    before = one(live, "SELECT sequence, modified_at FROM feed_event")

    def renamed() -> None:
        run(live, "UPDATE place SET name = '江北路支行' WHERE kind = 'outlet'")
        feeds.refresh(live, base_url=BASE, now=now + HOUR)

    back(renamed)

    with closing(database.opened(settings)) as db:
        assert feeds.refresh(db, base_url=BASE, now=now + DAY) == 1
        after = one(db, "SELECT sequence, modified_at, body FROM feed_event")
        assert after["sequence"] == before["sequence"] + 1000
        assert b"SEQUENCE:1000" in after["body"]
        assert after["modified_at"] > before["modified_at"]


def test_an_address_that_was_revoked_since_stays_revoked(settings, live, back, now):
    town = builders.town(live, now)
    feeds.subscribe(
        live,
        owner_id=town.lan,
        of=feeds.Shown("person", town.lan),
        lang="zh",
        base_url="https://duty.example",
        by=SYSTEM,
        now=now,
    )
    at = clock.to_text(now + HOUR)
    done = back(lambda: run(live, "UPDATE feed SET revoked_at = :at", at=at))

    assert done.revoked == 1
    assert restored(settings, "SELECT revoked_at FROM feed") == [(at,)]


def test_the_audit_says_what_was_held_back(settings, live, back, now):
    queued(live, builders.town(live, now), now, expires_at=now + 5 * DAY)
    back()

    with closing(database.opened(settings)) as db:
        (entry,) = audit.history(db, "organisation", 1)
        assert {name: entry["facts"][name] for name in ("held", "sessions", "links", "revoked")} == {
            "held": 1, "sessions": 0, "links": 0, "revoked": 0,
        }  # fmt: skip


def test_every_job_that_writes_messages_is_asked_before_a_restore():
    others = {
        "fill",
        "imports",
        "exports",
        "totals",
        "feeds",
        "send",
        "channels",
        "close",
        "absences",
        "backup",
        "prune",
    }

    assert set(jobs.NAMES) - set(QUEUEING) - others == set()
    assert set(QUEUEING) <= set(jobs.NAMES)
