"""What each kind of channel is sent, and what its answers mean."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from scheduler.channels import bots, hooks
from scheduler.channels.doors import meaning, retry_after, send
from scheduler.channels.kinds import KINDS
from scheduler.channels.line import Answer
from scheduler.channels.texts import joined
from scheduler.outbox import Sent
from tests.bots import LOOPBACK, Bot, answer, code, drip, flood, silence

NOW = datetime(2026, 2, 28, 1, 0, tzinfo=UTC)  # 1772240400 seconds since 1970
LAN = {
    "id": 1, "message_id": "<0123456789abcdef@duty.example>", "kind": "reminder", "person": "兰草",
    "address": "13800000001", "subject": "值班提醒：3月2日 周一 08:30–17:00 江北支行",
    "body": "兰草，您好：\n\n请按时到岗。\n",
    "made_at": "2026-02-28T01:00:00Z",
}  # fmt: skip
MIN = LAN | {"id": 2, "message_id": "<fedc@duty.example>", "person": "闵行", "address": "13800000002"}
KINDS_OF_BOTS = ["wecom", "dingtalk", "feishu"]


@pytest.fixture
def bot():
    made = Bot()
    yield made
    made.close()


def sent(bot, kind="wecom", messages=(LAN,), secret="", seconds=5.0):
    channel = {"id": 1, "kind": kind, "settings": {"url": bot.url(), "secret": secret}, "pace": None}
    return send(channel, list(messages), LOOPBACK, now=NOW, seconds=seconds)


def test_one_message_is_written_out_and_its_person_mentioned(bot):
    assert sent(bot).ok

    told = bot.heard[0].json
    assert told["msgtype"] == "text"
    assert told["text"]["mentioned_mobile_list"] == ["13800000001"]
    assert told["text"]["content"] == f"{LAN['subject']}\n\n兰草，您好：\n\n请按时到岗。"


def test_several_reminders_for_a_group_are_one_message_with_everybody_mentioned_once(bot):
    sent(bot, "dingtalk", [LAN, MIN, LAN])

    told = bot.heard[0].json
    assert (len(bot.heard), told["at"]) == (1, {"atMobiles": ["13800000001", "13800000002"]})
    assert told["text"]["content"].count("请按时到岗。") == 3


def test_more_than_fits_is_a_line_for_each_person():
    many = [LAN | {"body": "很长的工作流程。" * 200}, MIN]

    assert joined(many, KINDS["wecom"]) == f"兰草 · {LAN['subject']}\n闵行 · {LAN['subject']}"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_text_never_passes_what_its_kind_takes(kind):
    longest = [LAN | {"subject": "值班" * 100, "body": "流程" * 4000}] * KINDS[kind].most

    assert len(joined(longest, KINDS[kind]).encode()) <= KINDS[kind].bytes
    assert len(joined(longest[:1], KINDS[kind]).encode()) <= KINDS[kind].bytes


# The two signatures were made by `openssl dgst -sha256 -hmac`, as the makers' pages describe them.


def test_dingtalk_is_signed_by_its_secret():
    letter = bots.dingtalk({"url": "https://oapi.dingtalk.com/robot/send?access_token=t", "secret": "SECx"}, [LAN], NOW)

    asked = parse_qs(urlsplit(letter.url).query)
    assert asked["timestamp"] == ["1772240400000"]
    assert asked["sign"] == ["YUv7eino37347KsSq37Rp9puS6wFeqmoJt0xh7NBZj8="]
    assert asked["access_token"] == ["t"]


def test_feishu_is_signed_in_its_body(bot):
    sent(bot, "feishu", secret="SECx")

    told = bot.heard[0].json
    assert (told["timestamp"], told["sign"]) == ("1772240400", "Z3PslSmWaf6koO0SXJ8PCEsRwOdIxF1XQCQ2eREmxeE=")
    assert told["content"]["text"].startswith("值班提醒")


def test_without_a_secret_nothing_is_signed(bot):
    sent(bot, "feishu")
    sent(bot, "dingtalk")

    assert "sign" not in bot.heard[0].json
    assert "sign" not in bot.heard[1].target


def test_a_webhook_gets_one_message_under_a_key_that_stays_the_same(bot):
    sent(bot, "webhook", secret="hook secret")
    sent(bot, "webhook", secret="hook secret")

    first, second = bot.heard
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == '"0123456789abcdef"'
    expected = hmac.new(b"hook secret", b"1772240400." + first.body, "sha256").hexdigest()
    assert first.headers["x-lunzhi-signature"] == f"t=1772240400,v1={expected}"
    assert first.json == {
        "id": "0123456789abcdef@duty.example", "kind": "reminder", "person": "兰草", "mobile": "13800000001",
        "subject": LAN["subject"], "text": LAN["body"], "made_at": LAN["made_at"],
    }  # fmt: skip


def test_ntfy_gets_its_topic_its_title_and_its_token():
    letter = hooks.ntfy({"url": "https://ntfy.sh/duty-topic", "secret": "tk_abc"}, [LAN], NOW)

    assert letter.url == "https://ntfy.sh/"
    assert letter.headers["Authorization"] == "Bearer tk_abc"
    assert b"duty-topic" in letter.body
    assert '"title": "值班提醒'.encode() in letter.body


@pytest.mark.parametrize("kind", KINDS_OF_BOTS)
@pytest.mark.parametrize("body", [b"", b"ok", b"[]", b"null", b'{"errcode": "0"}', b'{"errcode": true}', b"[" * 5000])
def test_http_200_without_the_bots_own_word_is_not_sent(kind, body):
    told = meaning(kind, Answer(200, {}, body), NOW)

    assert (told.ok, told.temporary, told.down) == (False, True, True)


@pytest.mark.parametrize(
    ("kind", "number", "expected"),
    [
        ("wecom", 45009, Sent(False, True, "45009 no", True, timedelta(minutes=1))),
        ("dingtalk", 130101, Sent(False, True, "130101 no", True, timedelta(minutes=10))),
        ("dingtalk", 310000, Sent(False, True, "310000 no", True)),
        ("feishu", 11232, Sent(False, True, "11232 no", True, timedelta(minutes=1))),
        ("wecom", 93000, Sent(False, True, "93000 no", True)),
        ("wecom", -1, Sent(False, True, "-1 no", True)),
        ("wecom", 44004, Sent(False, False, "44004 no", False)),
        ("wecom", 0, Sent(True, reason="0 no")),
    ],
)
def test_the_bodys_own_code_decides(bot, kind, number, expected):
    bot.always = code(number, "no")

    assert sent(bot, kind) == expected


def test_feishus_older_answers_count_too():
    assert meaning("feishu", Answer(200, {}, b'{"StatusCode": 0, "StatusMessage": "success"}'), NOW).ok
    assert not meaning("feishu", Answer(200, {}, b'{"code": 19021, "msg": "sign match fail"}'), NOW).ok


@pytest.mark.parametrize(
    ("status", "temporary", "down"),
    [(400, False, False), (422, False, False), (401, True, True), (404, True, True), (410, True, True),
     (408, True, True), (429, True, True), (500, True, True), (503, True, True), (302, True, True),
     (200, False, False)],
)  # fmt: skip
def test_what_a_status_of_a_webhook_means(bot, status, temporary, down):
    bot.always = answer(status, b"said")

    told = sent(bot, "webhook")

    assert (told.ok, told.temporary, told.down) == (status == 200, temporary, down)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("120", timedelta(minutes=2)),
        ("0", timedelta(seconds=1)),
        ("Sat, 28 Feb 2026 01:05:00 GMT", timedelta(minutes=5)),
        ("Sat, 28 Feb 2026 00:05:00 GMT", timedelta(seconds=1)),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_how_long_a_server_asks_us_to_wait(given, expected):
    assert retry_after(Answer(429, {"retry-after": given}, b""), NOW) == expected


@pytest.mark.parametrize("kind", [*KINDS_OF_BOTS, "webhook", "ntfy"])
@pytest.mark.parametrize(
    ("behaviour", "reason", "after"),
    [
        (answer(429, b"too often", Retry_After="120"), "429 too often", timedelta(minutes=2)),
        (answer(302, b"", Location="http://127.0.0.1/elsewhere"), "redirected: 302", None),
        (answer(500, b"x" * 100_000), "500 xxx", None),
        (drip, "timed_out", None),
        (silence, "timed_out", None),
    ],
    ids=["asked too often", "redirect", "huge", "drip", "silence"],
)
def test_of_whatever_kind_a_bot_that_behaves_badly_is_tried_again_later_under_its_reason(
    bot, kind, behaviour, reason, after
):
    bot.always = behaviour

    told = sent(bot, kind, seconds=0.25)

    assert (told.ok, told.temporary, told.down, told.after) == (False, True, True, after)
    assert told.reason.startswith(reason)
    assert len(told.reason) <= 200
    assert len(bot.heard) == 1


def test_a_body_without_end_is_no_yes(bot):
    bot.always = flood

    assert not sent(bot).ok


def test_a_refused_connection_is_worth_another_try(bot):
    bot.close()

    told = sent(bot)

    assert (told.ok, told.temporary, told.down) == (False, True, True)
    assert told.reason.startswith("refused: ")


def test_no_secret_stands_in_what_is_told_of_a_failure(bot):
    bot.always = code(93000, "bad key bot-secret-1234 and word SECRETWORD, key=bot-secret-1234")

    told = sent(bot, "wecom", secret="SECRETWORD")

    assert told.reason == "93000 bad key … and word …, …"


@pytest.mark.parametrize("secret", ["user:pass-word", 'tk "quoted"/\\slashed'])
def test_nor_does_it_where_a_server_says_again_what_it_was_sent(bot, secret):
    coded, in_json = base64.b64encode(secret.encode()).decode(), json.dumps(secret)
    for words in (f"Basic {coded}", quote(secret, safe=""), in_json, in_json.replace("/", "\\/")):
        bot.always = answer(403, words.encode())
        told = sent(bot, "ntfy", secret=secret).reason
        assert "…" in told
        assert not any(part in told for part in (coded, "pass-word", "quoted", "slashed"))
