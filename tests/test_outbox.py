"""The outbox: queued once, claimed by one, sent, tried again, given up, or overtaken by time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from scheduler import audit, clock, database, outbox
from scheduler.audit import SYSTEM
from scheduler.database import Database, Row, one, rows, value
from scheduler.errors import Busy, Conflict, Invalid, NotFound
from scheduler.outbox import Sent
from tests import builders
from tests.builders import Town
from tests.conftest import SHANGHAI

MINUTE = timedelta(minutes=1)


def queued(db: Database, town: Town, now: datetime, key: str = "a", **more: object) -> int:
    given: dict[str, object] = {
        "kind": "reminder",
        "person_id": town.lan,
        "address": "lan@branch.example",
        "subject": "值班提醒",
        "body": "请按时到岗。",
        "domain": "duty.example",
        "due_at": now,
        "expires_at": now + timedelta(hours=6),
    }
    return outbox.queue(db, key=key, now=now, **(given | more))


def message(db: Database, message_id: int) -> Row:
    return one(db, "SELECT * FROM outbox WHERE id = :id", id=message_id)


class Post:
    """A post office that gives the answers it was told, then says yes, and keeps what it was handed."""

    def __init__(self, *answers: Sent) -> None:
        self.answers = list(answers)
        self.handed: list[Row] = []

    def __call__(self, row: Row) -> Sent:
        self.handed.append(row)
        return self.answers.pop(0) if self.answers else Sent(True)


def test_the_same_key_is_queued_once(db, town, now):
    first = queued(db, town, now)

    assert queued(db, town, now, subject="another") == first
    assert value(db, "SELECT COUNT(*) FROM outbox") == 1
    assert message(db, first)["subject"] == "值班提醒"


@pytest.mark.parametrize("field", ["address", "subject"])
@pytest.mark.parametrize("bad", ["a@b.cn\nBcc: c@d.cn", "a@b.cn\r\n", "a\x00@b.cn", "a\u202eb@c.cn"])
def test_what_would_break_a_header_is_refused(db, town, now, field, bad):
    with pytest.raises(Invalid) as refused:
        queued(db, town, now, **{field: bad})

    assert refused.value.code == "bad_characters"
    assert value(db, "SELECT COUNT(*) FROM outbox") == 0


def test_a_due_message_is_sent_once(db, town, now):
    post, message_id = Post(), queued(db, town, now)

    assert outbox.send_due(db, post, moment=lambda: now) == 1
    assert outbox.send_due(db, post, moment=lambda: now) == 0
    sent = message(db, message_id)
    assert (sent["state"], sent["attempts"], sent["sent_at"]) == ("sent", 1, "2026-02-28T01:00:00Z")
    assert [row["message_id"] for row in post.handed] == [sent["message_id"]]


def test_a_message_is_not_sent_before_it_is_due(db, town, now):
    queued(db, town, now, due_at=now + MINUTE)

    assert outbox.send_due(db, Post(), moment=lambda: now) == 0
    assert outbox.send_due(db, Post(), moment=lambda: now + MINUTE) == 1


def test_nothing_is_locked_while_a_message_is_sent(db, town, now):
    queued(db, town, now)

    def post(row: Row) -> Sent:
        assert not db.conn.in_transaction
        return Sent(True)

    assert outbox.send_due(db, post, moment=lambda: now) == 1


def test_a_temporary_refusal_is_tried_again_later_under_the_same_message_id(db, town, now):
    post, message_id = Post(Sent(False, temporary=True, reason="451 later")), queued(db, town, now)
    outbox.send_due(db, post, moment=lambda: now)

    waiting = message(db, message_id)
    assert (waiting["state"], waiting["attempts"], waiting["last_error"]) == ("due", 1, "451 later")
    assert outbox.send_due(db, post, moment=lambda: now) == 0
    assert outbox.send_due(db, post, moment=lambda: now + 2 * MINUTE) == 1
    assert message(db, message_id)["state"] == "sent"
    assert len({row["message_id"] for row in post.handed}) == 1


def test_a_final_refusal_fails_with_its_reason(db, town, now):
    message_id = queued(db, town, now)
    outbox.send_due(db, Post(Sent(False, reason="550 no such\r\nmailbox")), moment=lambda: now)

    failed = message(db, message_id)
    assert (failed["state"], failed["last_error"]) == ("failed", "550 no such mailbox")
    assert outbox.send_due(db, Post(), moment=lambda: now + timedelta(hours=1)) == 0


def test_waits_double_to_a_quarter_of_an_hour_and_are_never_all_the_same():
    waits = [outbox.wait(7, attempts) for attempts in range(1, 20)]
    steady = [60, 120, 240, 480] + [900] * 15

    assert all(0.75 * s <= w.total_seconds() <= 1.25 * s for s, w in zip(steady, waits, strict=True))
    assert outbox.wait(7, 3) == outbox.wait(7, 3)
    assert len({outbox.wait(message_id, 4) for message_id in range(50)}) > 40


def test_however_long_a_server_asks_us_to_wait_a_message_is_tried_again_within_a_day(db, town, now):
    message_id = queued(db, town, now)
    outbox.send_due(db, Post(Sent(False, temporary=True, after=timedelta(days=11))), moment=lambda: now)

    assert message(db, message_id)["due_at"] == clock.to_text(now + timedelta(hours=24))


def test_once_the_clock_is_set_back_nothing_waits_for_the_time_of_before(db, town, now):
    ahead = now + timedelta(days=1)
    tried, held = queued(db, town, ahead, "a"), queued(db, town, ahead, "b")
    door = outbox.Door(lambda messages: Sent(False, temporary=True, down=True), rests=True)
    outbox.drain(db, door, moment=lambda: ahead)
    outbox.claim(db, now=ahead + 2 * MINUTE)
    outbox.follow_setback(db, now=now)

    assert message(db, tried)["due_at"] == clock.to_text(now)
    assert message(db, held)["lease_until"] == clock.to_text(now + outbox.LEASE)
    assert value(db, "SELECT next_at FROM channel_state") == clock.to_text(now + 5 * MINUTE)


def test_a_clock_that_was_not_set_back_hurries_nobody(db, town, now):
    queued(db, town, now)
    outbox.drain(db, outbox.Door(lambda messages: Sent(False, True, down=True), rests=True), moment=lambda: now)
    asked = rows(db, "SELECT next_at FROM channel_state")
    outbox.follow_setback(db, now=now)

    assert rows(db, "SELECT next_at FROM channel_state") == asked


def test_one_poisoned_message_does_not_stop_the_others(db, town, now):
    first, second = queued(db, town, now, "a"), queued(db, town, now, "b")

    def post(row: Row) -> Sent:
        if row["id"] == first:
            raise ValueError("no message can be made of it: lan@branch.example")
        return Sent(True)

    assert outbox.send_due(db, post, moment=lambda: now) == 2
    assert message(db, first)["state"] == "failed"
    assert message(db, first)["last_error"] == "bad_message: ValueError"
    assert message(db, second)["state"] == "sent"


def test_a_server_that_is_down_costs_one_message_one_attempt(db, town, now):
    first, second = queued(db, town, now, "a"), queued(db, town, now, "b")

    assert outbox.send_due(db, Post(Sent(False, True, "refused", down=True)), moment=lambda: now) == 0
    assert (message(db, first)["state"], message(db, first)["attempts"]) == ("due", 1)
    assert (message(db, second)["state"], message(db, second)["attempts"]) == ("due", 0)


def test_what_is_over_is_not_sent(db, town, now):
    message_id = queued(db, town, now)

    assert outbox.send_due(db, Post(), moment=lambda: now + timedelta(hours=6)) == 0
    assert message(db, message_id)["state"] == "obsolete"


def test_who_claims_a_message_has_it_alone_until_the_lease_runs_out(db, town, now):
    queued(db, town, now)
    held = outbox.claim(db, now=now)

    assert outbox.claim(db, now=now + outbox.LEASE - timedelta(seconds=1)) is None
    again = outbox.claim(db, now=now + outbox.LEASE)
    assert again["message_id"] == held["message_id"]
    assert (again["attempts"], again["fence"]) == (2, 2)


def test_who_lost_the_lease_can_note_nothing(db, town, now):
    message_id = queued(db, town, now)
    stale = outbox.claim(db, now=now)
    fresh = outbox.claim(db, now=now + outbox.LEASE)

    assert outbox.settle(db, stale, Sent(False, reason="too late"), now=now + outbox.LEASE) is False
    assert outbox.settle(db, fresh, Sent(True), now=now + outbox.LEASE) is True
    assert message(db, message_id)["state"] == "sent"


def test_a_database_that_is_busy_after_a_send_leads_to_no_second_copy(tmp_path, now):
    db, other = (database.connect(tmp_path / "lunzhi.sqlite3", SHANGHAI, busy_seconds=0.01) for _ in range(2))
    database.migrate(db)
    message_id, unwritten, post = queued(db, builders.town(db, now), now), [], Post()

    def post_and_be_locked_out(row: Row) -> Sent:
        other.conn.execute("BEGIN IMMEDIATE")
        return post(row)

    with pytest.raises(Busy):
        outbox.send_due(db, post_and_be_locked_out, moment=lambda: now, unwritten=unwritten)
    other.conn.execute("COMMIT")

    assert outbox.send_due(db, post, moment=lambda: now + 10 * outbox.LEASE, unwritten=unwritten) == 0
    assert (unwritten, len(post.handed)) == ([], 1)
    assert message(db, message_id)["state"] == "sent"


def test_a_withdrawn_message_does_not_leave(db, town, now):
    waiting, leaving = queued(db, town, now, "a"), queued(db, town, now, "b", due_at=now - MINUTE)
    held = outbox.claim(db, now=now)

    assert outbox.withdraw(db, [waiting, leaving], now=now) == 1
    outbox.settle(db, held, Sent(False, temporary=True), now=now)
    assert outbox.send_due(db, Post(), moment=lambda: now + 5 * MINUTE) == 0
    assert [message(db, held_id)["state"] for held_id in (waiting, leaving)] == ["obsolete", "obsolete"]


def test_a_failed_message_can_be_retried_and_who_did_is_recorded(db, town, now):
    message_id = queued(db, town, now)
    outbox.send_due(db, Post(Sent(False, reason="550 no")), moment=lambda: now)
    outbox.retry(db, message_id, by=SYSTEM, now=now + MINUTE)

    assert outbox.send_due(db, Post(), moment=lambda: now + MINUTE) == 1
    assert [entry["act"] for entry in audit.history(db, "outbox", message_id)] == ["retry"]


def test_only_what_failed_and_is_not_over_can_be_retried(db, town, now):
    message_id = queued(db, town, now)
    with pytest.raises(Conflict) as waiting:
        outbox.retry(db, message_id, by=SYSTEM, now=now)
    outbox.send_due(db, Post(Sent(False, reason="550 no")), moment=lambda: now)
    with pytest.raises(Conflict) as over:
        outbox.retry(db, message_id, by=SYSTEM, now=now + timedelta(hours=6))

    assert (waiting.value.code, over.value.code) == ("message_not_failed", "message_is_over")
    with pytest.raises(NotFound):
        outbox.retry(db, 999, by=SYSTEM, now=now)


def test_a_message_that_was_given_up_counts_as_failed_no_more(db, town, now):
    message_id = queued(db, town, now)
    outbox.send_due(db, Post(Sent(False, reason="550 no")), moment=lambda: now)
    assert outbox.failures(db, within=[town.branch]) == 1

    outbox.give_up(db, message_id, by=SYSTEM, now=now)

    assert outbox.failures(db, within=[town.branch]) == 0
    assert outbox.counts(db, within=[town.branch])["obsolete"] == 1


def test_messages_are_shown_to_those_above_the_person_only(db, town, now):
    queued(db, town, now)

    assert [row["person"] for row in outbox.messages(db, "due", within=[town.branch])] == ["兰草"]
    assert outbox.counts(db, within=[town.office])["due"] == 1
    assert outbox.messages(db, "due", within=[]) == []
    assert outbox.counts(db, within=[])["due"] == 0


def test_a_monitor_sees_how_long_the_oldest_message_is_overdue_and_how_many_failed(db, town, now):
    assert outbox.backlog(db, now=now) == {"oldest_due_s": None, "failed": 0}
    queued(db, town, now, "a")
    queued(db, town, now, "b", due_at=now + MINUTE)
    assert outbox.backlog(db, now=now + 2 * MINUTE) == {"oldest_due_s": 120, "failed": 0}

    outbox.send_due(db, Post(Sent(False, reason="550 no")), moment=lambda: now)

    assert outbox.backlog(db, now=now) == {"oldest_due_s": None, "failed": 1}


@pytest.mark.parametrize("answer", [Sent(True), Sent(False, reason="550 no such mailbox")])
def test_a_sign_in_link_is_forgotten_once_it_is_sent_or_failed_for_good(db, town, now, answer):
    message_id = queued(db, town, now, kind="signin", body="https://duty.example/signin/secret")
    outbox.send_due(db, Post(Sent(False, temporary=True)), moment=lambda: now)
    assert message(db, message_id)["body"] != ""

    outbox.send_due(db, Post(answer), moment=lambda: now + 2 * MINUTE)

    assert message(db, message_id)["body"] == ""


def test_a_sign_in_link_that_expires_or_is_withdrawn_is_forgotten(db, town, now):
    first = queued(db, town, now, "a", kind="signin", body="https://duty.example/signin/one", expires_at=now + MINUTE)
    second = queued(db, town, now, "b", kind="signin", body="https://duty.example/signin/two")

    outbox.expire(db, now=now + MINUTE)
    outbox.withdraw(db, [second], now=now)

    assert [(message(db, id)["state"], message(db, id)["body"]) for id in (first, second)] == [("obsolete", "")] * 2


def test_a_sign_in_link_that_failed_is_not_tried_again_but_asked_for_anew(db, town, now):
    message_id = queued(db, town, now, kind="signin", body="https://duty.example/signin/secret")
    outbox.send_due(db, Post(Sent(False, reason="550 no")), moment=lambda: now)

    with pytest.raises(Conflict) as refused:
        outbox.retry(db, message_id, by=SYSTEM, now=now)

    assert refused.value.code == "link_is_asked_anew"


def test_old_texts_are_forgotten_but_not_that_they_were_sent(db, town, now):
    message_id = queued(db, town, now)
    outbox.send_due(db, Post(), moment=lambda: now)

    assert outbox.prune(db, before=now) == 0
    assert outbox.prune(db, before=now + timedelta(days=1)) == 1
    kept = message(db, message_id)
    assert (kept["state"], kept["body"], kept["address"]) == ("sent", "", "")


def test_the_log_names_nobody(db, town, now, caplog):
    caplog.set_level("INFO")
    queued(db, town, now)
    outbox.send_due(db, Post(Sent(False, reason="550 lan@branch.example unknown")), moment=lambda: now)

    assert [record.getMessage() for record in caplog.records] == ["message 1: failed after attempt 1"]
