"""Why a message did not leave: our own reasons are read in both languages, a server's words stay as they came."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from scheduler import channels, outbox
from scheduler.audit import SYSTEM
from scheduler.config import Channels, Mail, Settings
from scheduler.database import run
from scheduler.doctor import Finding
from scheduler.mail import Smtp
from scheduler.outbox import Sent, reason_of
from scheduler.wording.failures import FAILURES, OLD, failure, is_ours
from tests.bots import LOOPBACK, Bot, answer, silence
from tests.mail_servers import serving
from tests.test_outbox import queued


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"channels": Channels(inner=LOOPBACK.inner)})


@pytest.fixture
def bot():
    made = Bot()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("reason", "chinese", "english"),
    [
        ("redirected: 302", "对方要求转到别处，没有跟随（302）", "a redirect, which is not followed (302)"),
        ("timed_out", "对方没有及时回答", "no whole answer in time"),
        ("host_not_listed", "通道的主机不在允许的主机之列", "the channel's host is not among those that are allowed"),
        ("550 no such mailbox: lan", "550 no such mailbox: lan", "550 no such mailbox: lan"),
        ("93000 timed_out", "93000 timed_out", "93000 timed_out"),
        ("", "", ""),
    ],
)
def test_a_reason_is_read_in_the_readers_language_and_a_servers_own_as_it_came(reason, chinese, english):
    assert (failure(reason, "zh"), failure(reason, "en")) == (chinese, english)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("302: a redirect is not followed", "redirected: 302"),
        ("200, and no code in the answer", "no_code: 200"),
        ("TLS: self-signed certificate", "certificate: self-signed certificate"),
        ("the address is not a mail address", "no_address"),
        ("TimeoutError: no whole answer in time", "timed_out"),
        ("TimeoutError: the time for this letter is over", "too_late"),
        ("ConnectionRefusedError: [Errno 111] Connection refused", "refused: [Errno 111] Connection refused"),
        ("gaierror: [Errno -2] Name or service not known", "no_host: [Errno -2] Name or service not known"),
        ("SMTPServerDisconnected: Connection unexpectedly closed", "broken_off"),
        ("SMTPServerDisconnected: the answer is not one of SMTP's", "not_smtp"),
        ("SMTPNotSupportedError: STARTTLS extension not supported by server.", "no_starttls"),
        ("Apprise: refused (3)", "apprise_refused: 3"),
        ("ValueError", "bad_message: ValueError"),
        ("RemoteDisconnected: Remote end closed", "broken_off: Remote end closed"),
    ],
)
def test_what_an_earlier_version_stored_is_read_in_words_too(stored, shown):
    assert is_ours(stored)
    assert failure(stored, "zh") == failure(shown, "zh") != stored


def test_every_old_shape_has_words():
    assert {code for _, code in OLD} <= FAILURES.keys()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TimeoutError("timed out"), "timed_out"),
        (ssl.SSLWantReadError(), "timed_out"),
        (ConnectionResetError(104, "Connection reset by peer"), "broken_off"),
        (ssl.SSLError(1, "wrong version number"), "tls"),
        (OSError(101, "Network is unreachable"), "unreachable"),
    ],
)
def test_what_a_connection_raises_is_stored_as_a_code(error, code):
    assert reason_of(error).partition(": ")[0] == code


@pytest.mark.parametrize(
    ("behave", "reason"),
    [
        (lambda talk: talk.say("nonsense"), "not_smtp: "),
        (lambda talk: talk.say("554 go away"), "554 go away"),
        (lambda talk: None, "broken_off"),
        (lambda talk: talk.converse(), "no_starttls"),
    ],
)
def test_of_a_mail_server_its_own_words_are_kept_and_ours_are_a_code(behave, reason):
    with serving(behave) as server, Smtp(Mail(host="127.0.0.1", port=server.port, security="starttls")) as line:
        assert line.knock().startswith(reason)


# on pages


def hook(db, town, now, bot: Bot) -> int:
    return channels.add(
        db, unit_id=town.branch, kind="wecom", name="值班群", url=bot.url(), allowed=LOOPBACK, by=SYSTEM, now=now
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (answer(302, b"", Location="http://x.example/"), "测试消息没有发出：对方要求转到别处，没有跟随（302）"),
        (answer(200, b"<html>"), "测试消息没有发出：对方的回答里没有结果代码（200）"),
        (answer(503, b"come back"), "测试消息没有发出。对方答：503 come back"),
    ],
)
def test_the_answer_to_a_test_message_is_told_in_words(as_administrator, db, town, now, bot, said, words):
    channel_id = hook(db, town, now, bot)
    bot.always = said
    as_administrator.post(f"/channels/{channel_id}/test")

    assert words in as_administrator.get("/channels").text


def test_failed_messages_and_channels_say_why_in_english_to_whoever_reads_english(as_administrator, db, town, now, bot):
    door = outbox.Door(lambda messages: Sent(False, reason="no_address"), channel_id=hook(db, town, now, bot))
    queued(db, town, now, channel_id=door.channel_id)
    outbox.drain(db, door, moment=lambda: now)
    run(db, "UPDATE person SET lang = 'en'")

    for path in ("/operations", "/channels"):
        page = as_administrator.get(path).text
        assert "the address is not a mail address" in page
        assert "no_address" not in page.replace('name="reason" value="no_address"', "")


def test_nobodys_silence_is_told_as_such(db, town, now, bot):
    bot.always = silence
    row = {"kind": "wecom", "settings": {"url": bot.url(), "secret": ""}}
    message = {"subject": "值班", "body": "明天", "person": "兰草", "address": ""}

    assert channels.doors.send(row, [message], LOOPBACK, now=now, seconds=0.2).reason == "timed_out"


def test_the_doctor_says_it_in_its_readers_language_too():
    finding = Finding("fail", "mail_not_reached", {"host": "mail.example", "port": 25, "reason": "timed_out"})

    assert finding.text("zh").endswith("连不上邮件服务器 mail.example:25：对方没有及时回答")
    assert finding.text("en").endswith("mail.example:25 cannot be used: no whole answer in time")


def test_every_reason_of_ours_that_the_code_names_has_words():
    root = Path(__file__).parent.parent / "scheduler"
    named = [
        line.partition('reason="')[2].partition('"')[0]
        for folder in ("channels", "mail", "outbox")
        for path in (root / folder).glob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if 'reason="' in line and not line.strip().startswith(("#", '"'))
    ]
    assert [reason for reason in named if reason and reason not in FAILURES] == []
