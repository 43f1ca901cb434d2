"""Apprise, as a service of an organisation's own choice: sent for real, and held to the listed hosts."""

from __future__ import annotations

import pytest

from scheduler.channels import apart, others
from scheduler.config import Channels
from tests.bots import Bot, answer, flood, silence

MESSAGES = [{"subject": "明天 09:00 值班", "body": "望江社区"}]
HERE = Channels(hosts=(), inner=("127.0.0.1",), apprise=("json",))


@pytest.fixture
def bot():
    made = Bot()
    yield made
    made.close()


def sent(bot: Bot, allowed: Channels = HERE, host: str = "127.0.0.1", seconds: float = 15) -> tuple[bool, str]:
    settings = {"url": f"json://{host}:{bot.port}/secret-path"}
    result = others.send(settings, MESSAGES, allowed, seconds=seconds)
    return result.ok, result.reason


def test_it_is_out_once_the_service_took_it(bot):
    assert sent(bot) == (True, "apprise_ok")
    assert [(one.target, one.json["title"]) for one in bot.heard] == [("/secret-path", "明天 09:00 值班")]
    assert "望江社区" in bot.heard[0].json["message"]


@pytest.mark.parametrize("told", [answer(500), answer(302, Location="http://127.0.0.1/elsewhere"), flood])
def test_it_is_not_out_when_the_service_refuses_sends_on_or_never_ends(bot, told):
    bot.always = told

    ok, reason = sent(bot)

    assert not ok
    assert reason.startswith("apprise_refused")
    assert {one.target for one in bot.heard} == {"/secret-path"}


def test_one_that_says_nothing_is_given_up_in_time(bot):
    bot.always = silence

    assert sent(bot, seconds=3) == (False, "timed_out")


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1", {"hosts": ("ntfy.sh",), "inner": ()}),
        ("127.0.0.1", {"hosts": ("127.0.0.1",), "inner": ()}),  # listed as one of the internet's, and stands inside
        ("localhost", {"hosts": (), "inner": ("127.0.0.1",)}),
    ],
)
def test_a_host_that_is_not_listed_is_never_reached(bot, host, allowed):
    assert sent(bot, HERE.model_copy(update=allowed), host) == (False, "host_not_listed")
    assert bot.heard == []


def test_a_service_that_is_not_allowed_is_not_even_asked(bot):
    assert sent(bot, HERE.model_copy(update={"apprise": ("bark",)})) == (False, "service_not_listed")
    assert bot.heard == []


@pytest.mark.parametrize(
    ("event", "given"),
    [
        ("socket.getaddrinfo", ("elsewhere.example", 443, 0, 0, 0)),
        ("socket.connect", (None, ("10.0.0.8", 443))),
        ("socket.connect", (None, ("elsewhere.example", 443))),
        ("socket.connect", (None, "/var/run/docker.sock")),
        ("socket.sendto", (None, ("169.254.169.254", 80))),
        ("subprocess.Popen", ("sh", ["sh"], None, None)),
    ],
)
def test_whatever_reaches_elsewhere_is_barred(event, given):
    guard = apart.Guard(["ntfy.sh"], [])

    with pytest.raises(OSError, match="not allowed"):
        guard(event, given)
    assert guard.barred


def test_an_address_of_a_listed_host_is_not_barred():
    guard = apart.Guard(["NTFY.sh"], ["127.0.0.1"])

    guard("socket.getaddrinfo", (b"ntfy.sh", 443, 0, 0, 0))
    guard("socket.connect", (None, ("159.203.148.75", 443)))
    guard("socket.getaddrinfo", ("127.0.0.1", 80, 0, 0, 0))
    guard("socket.connect", (None, ("127.0.0.1", 80)))
    assert not guard.barred
