"""Channels: set up by administrators, secrets never shown again, each sent to at its own pace."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic, sleep

import pytest

from scheduler import audit, channels, clock, database, jobs, outbox
from scheduler.audit import SYSTEM
from scheduler.config import Channels, Mail, Settings, Site
from scheduler.database import Database, Row, one, rows, value
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.jobs.worker import Worker
from tests import builders
from tests.bots import LOOPBACK, Bot, answer, code, drip, silence
from tests.builders import Town
from tests.mail_servers import serving

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
URL = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0f9e-secret-7788"


@pytest.fixture
def bot():
    made = Bot()
    yield made
    made.close()


@pytest.fixture
def house(tmp_path) -> Settings:
    """An installation in a file, since each channel is sent to by a connection of its own."""
    return Settings(site=Site(secret_key="for tests only " * 3), mail=Mail(), channels=LOOPBACK, folder=tmp_path)


@pytest.fixture
def db(house):
    opened = database.of(house)
    yield opened
    opened.close()


def added(db: Database, unit_id: int, now: datetime, **more: object) -> int:
    given: dict[str, object] = {"kind": "wecom", "name": "值班群", "url": URL, "allowed": Channels()}
    return channels.add(db, unit_id=unit_id, by=SYSTEM, now=now, **(given | more))


def to_bot(db: Database, town: Town, now: datetime, bot: Bot, **more: object) -> int:
    return added(db, town.branch, now, **({"url": bot.url(), "allowed": LOOPBACK} | more))


def queued(db: Database, town: Town, now: datetime, channel_id: int | None, key: str = "a", **more: object) -> int:
    given: dict[str, object] = {
        "kind": "reminder", "person_id": town.lan, "address": "13800000001", "subject": f"值班 {key}", "body": "请到岗",
        "domain": "duty.example", "due_at": now, "expires_at": now + 360 * MINUTE, "channel_id": channel_id,
    }  # fmt: skip
    return outbox.queue(db, key=key, now=now, **(given | more))


def drained(house: Settings, moment: datetime, **more: object) -> int:
    given: dict[str, object] = {"seconds": 0.3, "moment": lambda: moment}
    return channels.send_due(lambda: database.opened(house), house.channels, **(given | more))


def state(db: Database, message_id: int) -> tuple[str, int]:
    found = one(db, "SELECT state, attempts FROM outbox WHERE id = :id", id=message_id)
    return found["state"], found["attempts"]


def shown(db: Database, channel_id: int, town: Town) -> Row:
    return next(row for row in channels.channels(db, within=[town.branch]) if row["id"] == channel_id)


@pytest.fixture
def town(db, now):
    return builders.town(db, now)


# set up


def test_of_an_address_and_a_secret_only_the_host_and_the_last_four_characters_are_shown(db, town, now):
    channel_id = added(db, town.branch, now, secret="SEC-very-long-secret-4321")

    found = channels.channel(db, channel_id)
    assert (found["host"], found["address_end"], found["secret_end"]) == ("qyapi.weixin.qq.com", "7788", "4321")
    told = str(found) + str(shown(db, channel_id, town)) + str(audit.history(db, "channel", channel_id))
    assert "0f9e-secret" not in told
    assert "very-long" not in told


def test_a_short_secret_is_not_shown_at_all(db, town, now):
    channel_id = added(db, town.branch, now, secret="abcd")

    assert (channels.channel(db, channel_id)["secret_end"], channels.channel(db, channel_id)["has_secret"]) == (
        "",
        True,
    )


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"url": "https://evil.example/x"}, "host_not_listed"),
        ({"url": "http://qyapi.weixin.qq.com/x"}, "url_is_plain"),
        ({"url": "http://169.254.169.254/latest/meta-data"}, "host_not_listed"),
        ({"url": ""}, "required"),
        ({"url": "javascript:x()"}, "bad_url"),
        ({"kind": "pigeon"}, "bad_choice"),
        ({"name": ""}, "required"),
        ({"name": "值\u202e班"}, "bad_characters"),
        ({"secret": "a\r\nb"}, "bad_characters"),
        ({"kind": "ntfy", "url": "https://ntfy.sh/"}, "topic_is_missing"),
        ({"kind": "apprise", "url": "tgram://token/chat"}, "service_not_listed"),
    ],
)
def test_what_would_be_no_channel_is_refused(db, town, now, more, code):
    with pytest.raises(Invalid) as refused:
        added(db, town.branch, now, **more)

    assert [problem.code for problem in refused.value.problems] == [code]
    assert value(db, "SELECT COUNT(*) FROM channel") == 0


def test_two_channels_of_a_unit_have_two_names(db, town, now):
    added(db, town.branch, now)
    with pytest.raises(Invalid) as refused:
        added(db, town.branch, now)

    assert refused.value.code == "channel_name_taken"


def test_an_empty_field_keeps_the_secret_and_a_new_address_forgets_it(db, town, now):
    channel_id = added(db, town.branch, now, secret="SEC-very-long-secret-4321")
    same = {
        "name": "值班群",
        "secret": "",
        "pace": None,
        "is_on": True,
        "allowed": Channels(),
        "by": SYSTEM,
        "now": now,
    }

    channels.change(db, channel_id, url="", version=1, **same)
    assert channels.channel(db, channel_id)["secret_end"] == "4321"
    channels.change(db, channel_id, url=URL + "9", version=2, **same)
    assert channels.channel(db, channel_id)["has_secret"] is False
    with pytest.raises(Conflict) as refused:
        channels.change(db, channel_id, url="", version=2, **same)
    assert refused.value.code == "stale"


def test_a_removed_channel_forgets_its_secrets_and_stops_what_waited(db, town, now, house):
    channel_id = added(db, town.branch, now, secret="SEC-very-long-secret-4321")
    message_id = queued(db, town, now, channel_id)

    assert channels.remove(db, channel_id, version=1, by=SYSTEM, now=now) == 1

    assert state(db, message_id) == ("obsolete", 0)
    assert value(db, "SELECT settings FROM channel") == "{}"
    assert channels.channels(db, within=[town.branch]) == []
    assert drained(house, now) == 0
    with pytest.raises(NotFound):
        channels.channel(db, channel_id)


def test_a_person_is_reached_by_mail_and_by_the_channels_of_the_units_above(db, town, now):
    near = added(db, town.office, now, name="办公室群")
    far = added(db, town.branch, now)
    elsewhere = added(db, builders.unit(db, now, "财务部", town.branch), now)

    assert [row["channel"] for row in channels.reaching(db, town.lan)] == ["email", near, far]
    channels.change(
        db,
        far,
        name="值班群",
        url="",
        secret="",
        pace=None,
        is_on=False,
        version=1,
        allowed=Channels(),
        by=SYSTEM,
        now=now,
    )
    assert [row["channel"] for row in channels.reaching(db, town.lan)] == ["email", near]
    assert [row["channel"] for row in channels.reaching(db, town.head)] == ["email"]
    assert elsewhere not in [row["channel"] for row in channels.reaching(db, town.lan)]


# tried


def test_a_test_message_gives_the_servers_own_answer(db, town, now, bot):
    channel_id = to_bot(db, town, now, bot)
    bot.always = code(93000, "invalid webhook url")

    told = channels.test(db, channel_id, LOOPBACK, lang="zh", by=SYSTEM, now=now)

    assert (told.ok, told.reason) == (False, "93000 invalid webhook url")
    assert shown(db, channel_id, town)["last_error"] == "93000 invalid webhook url"
    assert bot.heard[0].json["text"]["content"].startswith("轮值：测试消息")
    assert [entry["act"] for entry in audit.history(db, "channel", channel_id)] == ["test", "add"]


def test_a_test_message_is_not_sent_twice_within_half_a_minute(db, town, now, bot):
    channel_id = to_bot(db, town, now, bot)
    assert channels.test(db, channel_id, LOOPBACK, lang="en", by=SYSTEM, now=now).ok

    with pytest.raises(Conflict) as refused:
        channels.test(db, channel_id, LOOPBACK, lang="en", by=SYSTEM, now=now + 29 * SECOND)

    assert refused.value.code == "tested_just_now"
    assert len(bot.heard) == 1
    assert channels.test(db, channel_id, LOOPBACK, lang="en", by=SYSTEM, now=now + 30 * SECOND).ok


# sent


def test_what_is_due_for_a_group_leaves_as_one_message(db, town, now, bot, house):
    channel_id = to_bot(db, town, now, bot)
    ids = [queued(db, town, now, channel_id, key) for key in "abc"]

    assert drained(house, now) == 3
    assert [state(db, message_id) for message_id in ids] == [("sent", 1)] * 3
    assert (len(bot.heard), shown(db, channel_id, town)["sent_at"]) == (1, "2026-02-28T01:00:00Z")


def test_one_bad_message_among_those_that_left_as_one_keeps_none_of_the_others_back(db, town, now, bot, house):
    channel_id = to_bot(db, town, now, bot)
    good, bad, other = (queued(db, town, now, channel_id, key) for key in ("good", "bad", "other"))
    bot.answers = [code(45002, "content too long"), answer(), code(45002, "content too long")]

    assert [drained(house, now + n * 4 * SECOND) for n in range(4)] == [0, 1, 1, 1]
    assert [state(db, message_id)[0] for message_id in (good, bad, other)] == ["sent", "failed", "sent"]
    assert len(bot.heard) == 4


def test_a_bot_is_never_written_to_faster_than_its_pace(db, town, now, bot, house):
    channel_id = to_bot(db, town, now, bot)
    for number in range(60):
        queued(db, town, now, channel_id, f"k{number}")

    answered = [drained(house, now + second * SECOND) for second in range(20)]

    assert answered == [15 if second in (0, 4, 8, 12) else 0 for second in range(20)]  # 15 in one, one in four seconds


def test_a_webhook_is_sent_all_that_is_due_one_by_one(db, town, now, bot, house):
    channel_id = to_bot(db, town, now, bot, kind="webhook")
    for key in "abc":
        queued(db, town, now, channel_id, key)

    assert drained(house, now) == 3
    assert len({heard.headers["idempotency-key"] for heard in bot.heard}) == 3


def test_http_200_with_an_error_inside_is_tried_again_until_it_is_a_yes(db, town, now, bot, house):
    channel_id = to_bot(db, town, now, bot)
    message_id = queued(db, town, now, channel_id)
    bot.answers = [code(93000, "invalid"), code(-1, "busy")]

    moments = [now + n * 10 * SECOND for n in range(60)]
    for moment in moments:
        drained(house, moment)

    assert state(db, message_id) == ("sent", 3)
    assert len(bot.heard) == 3
    assert shown(db, channel_id, town)["failures"] == 0


def test_a_server_that_asks_for_time_gets_it(db, town, now, bot, house):
    channel_id = to_bot(db, town, now, bot, kind="webhook")
    first, second = (queued(db, town, now, channel_id, key) for key in "ab")
    bot.answers = [answer(429, b"slow down", Retry_After="600")]
    drained(house, now)

    assert [drained(house, now + minutes * MINUTE) for minutes in range(1, 10)] == [0] * 9
    assert drained(house, now + 10 * MINUTE) == 2
    assert (state(db, first), state(db, second)) == (("sent", 2), ("sent", 1))


def test_a_channel_that_is_down_rests_ever_longer_and_is_found_again(db, town, now, bot, house):
    channel_id = to_bot(db, town, now, bot)
    queued(db, town, now, channel_id, expires_at=now + timedelta(days=2))
    bot.always = answer(500, b"broken")
    for minute in range(60):
        drained(house, now + minute * MINUTE)
    tries = len(bot.heard)
    bot.always = answer()
    for minute in range(60, 80):
        drained(house, now + minute * MINUTE)

    assert 4 <= tries <= 15
    assert value(db, "SELECT state FROM outbox") == "sent"


def test_rests_double_to_five_minutes_and_are_not_all_alike():
    rests = [outbox.rest(3, failures).total_seconds() for failures in range(1, 9)]

    assert all(0.75 * s <= r <= s for s, r in zip([30, 60, 120, 240, 300, 300, 300, 300], rests, strict=True))
    assert len({outbox.rest(channel_id, 4) for channel_id in range(50)}) > 20


def test_a_message_that_came_to_be_useless_is_not_sent(db, town, now, bot, house):
    channel_id = to_bot(db, town, now, bot)
    message_id = queued(db, town, now, channel_id, expires_at=now + MINUTE)
    bot.always = answer(500, b"broken")
    drained(house, now)
    bot.always = answer()

    drained(house, now + 2 * MINUTE)
    outbox.expire(db, now=now + 2 * MINUTE)

    assert (state(db, message_id), len(bot.heard)) == (("obsolete", 1), 1)


@pytest.mark.parametrize(
    "behaviour", [drip, silence, answer(302, b"", Location="http://127.0.0.1:1/"), code(-1), answer(503)]
)
def test_one_bad_channel_keeps_no_other_waiting(db, town, now, house, behaviour):
    bad, good = Bot(), Bot()
    bad.always = behaviour
    first = queued(db, town, now - MINUTE, to_bot(db, town, now, bad), "bad")
    second = queued(db, town, now, to_bot(db, town, now, good, kind="feishu", name="另一个群"), "good")

    drained(house, now)  # one turn at one moment: no clock moves between the two

    assert (state(db, second), state(db, first)) == (("sent", 1), ("due", 1))
    bad.close()
    good.close()


def test_many_dead_channels_cost_a_living_one_one_turn_at_most(db, town, now, house):
    dead, living = Bot(), Bot()
    dead.always = silence
    for number in range(40):
        queued(db, town, now, to_bot(db, town, now, dead, name=f"群 {number}"), f"dead {number}")
    drained(house, now, seconds=0.1)
    message_id = queued(db, town, now, to_bot(db, town, now, living, name="活的群"), "living")

    drained(house, now + 5 * SECOND, seconds=30)  # however slow this machine is: the dead ones rest

    assert (state(db, message_id), value(db, "SELECT SUM(attempts) FROM outbox")) == (("sent", 1), 40 + 1)
    dead.close()
    living.close()


def test_a_mail_server_that_hangs_keeps_no_bot_waiting(db, town, bot, house):
    let_go = threading.Event()
    with serving(lambda talk: let_go.wait(60)) as server:
        at = clock.now()
        mail_id = queued(db, town, at, None, "mail", address="lan@bank.example")
        worker = Worker(house.model_copy(update={"mail": Mail(host="127.0.0.1", port=server.port)}))
        worker.start()
        try:
            assert soon(lambda: server.connections == 1)
            message_id = queued(db, town, clock.now(), to_bot(db, town, at, bot))

            assert soon(lambda: state(db, message_id) == ("sent", 1))
            assert one(db, "SELECT state FROM outbox WHERE id = :id", id=mail_id) == {"state": "sending"}
        finally:
            let_go.set()
            assert worker.end()


def soon(is_so: Callable[[], bool]) -> bool:
    """Whether it comes to be so within half a minute, which is all that is promised to anybody."""
    until = monotonic() + 30
    while not is_so() and monotonic() < until:
        sleep(0.05)
    return is_so()


def test_who_may_not_go_on_sends_nothing_and_leaves_no_mark_on_the_channel(db, town, now, bot, house):
    channel_id = to_bot(db, town, now, bot)
    message_id = queued(db, town, now, channel_id)

    assert drained(house, now, is_to_go_on=lambda own: False) == 0

    assert (bot.heard, state(db, message_id)) == ([], ("due", 1))
    assert shown(db, channel_id, town)["last_error"] == ""


def test_a_channel_that_is_off_keeps_its_messages(db, town, now, bot, house):
    channel_id = to_bot(db, town, now, bot)
    message_id = queued(db, town, now, channel_id)
    same = {"name": "值班群", "url": "", "secret": "", "pace": None, "allowed": LOOPBACK, "by": SYSTEM, "now": now}
    channels.change(db, channel_id, is_on=False, version=1, **same)

    assert (drained(house, now), state(db, message_id)) == (0, ("due", 0))
    channels.change(db, channel_id, is_on=True, version=2, **same)
    assert (drained(house, now), state(db, message_id)) == (1, ("sent", 1))


def test_a_host_that_is_taken_off_the_list_is_written_to_no_more(db, town, now, bot, house):
    queued(db, town, now, to_bot(db, town, now, bot))

    assert channels.send_due(lambda: database.opened(house), Channels(), moment=lambda: now) == 0
    assert bot.heard == []
    assert rows(db, "SELECT last_error FROM channel_state") == [{"last_error": "host_not_listed"}]


def test_the_background_job_sends_by_channels(db, town, now, bot, house):
    queued(db, town, now, to_bot(db, town, now, bot))

    assert jobs.run_once(db, house, "channels", now=now) == 1
    assert jobs.run_once(db, house, "channels", now=now) == 0


def test_no_log_line_names_a_secret_or_a_person(db, town, now, bot, house, caplog):
    caplog.set_level("DEBUG")
    bot.always = code(93000, "bot-secret-1234")
    queued(db, town, now, to_bot(db, town, now, bot))
    drained(house, now)

    assert [record.getMessage() for record in caplog.records if "secret" in record.getMessage()] == []
    assert value(db, "SELECT last_error FROM outbox") == "93000 …"
