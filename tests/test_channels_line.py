"""The one way by which a request leaves: to listed hosts only, to no inner address, and never for long."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading

import pytest

from scheduler.channels.line import Barred, is_outer, post, wrong_with
from scheduler.config import Channels
from tests.bots import LOOPBACK, Bot, answer, drip, flood, silence


@pytest.fixture
def bot():
    made = Bot()
    yield made
    made.close()


def asked(url, *, allowed=LOOPBACK, seconds=5.0):
    return post(url, b"{}", {"Content-Type": "application/json"}, allowed=allowed, seconds=seconds)


def test_what_a_listed_host_says_is_heard(bot):
    bot.always = answer(202, b'{"ok": 1}', Retry_After="7")

    told = asked(bot.url())

    assert (told.status, told.headers["retry-after"], told.body) == (202, "7", b'{"ok": 1}')
    assert (bot.heard[0].target, bot.heard[0].body) == ("/cgi-bin/webhook/send?key=bot-secret-1234", b"{}")


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k", ""),
        ("https://QYAPI.weixin.qq.com/x", ""),
        ("http://qyapi.weixin.qq.com/x", "url_is_plain"),
        ("https://qyapi.weixin.qq.com.example/x", "host_not_listed"),
        ("https://127.0.0.1/x", "host_not_listed"),
        ("https://[::1]/x", "host_not_listed"),
        ("https://me:word@qyapi.weixin.qq.com/x", "bad_url"),
        ("https://qyapi.weixin.qq.com@evil.example/x", "bad_url"),
        ("https://qyapi.weixin.qq.com:0/x", "bad_url"),
        ("https://qyapi.weixin.qq.com:99999/x", "bad_url"),
        ("https://qyapi.weixin.qq.com/x y", "bad_url"),
        ("https://qyapi.weixin.qq.com/x\r\nHost: evil", "bad_url"),
        ("https://qyapi.weixin.qq.com/" + "x" * 500, "bad_url"),
        ("file:///etc/passwd", "bad_url"),
        ("gopher://qyapi.weixin.qq.com/", "bad_url"),
        ("https://", "bad_url"),
        ("https://[", "bad_url"),
        ("", "bad_url"),
    ],
)
def test_only_listed_hosts_are_written_to_and_only_by_https(url, wrong):
    assert wrong_with(url, Channels()) == wrong


def test_a_listed_name_that_stands_for_an_inner_address_is_not_connected_to(bot):
    with pytest.raises(Barred, match="inner_address"):
        asked(f"https://localhost:{bot.port}/", allowed=Channels(hosts=("localhost",)))

    assert bot.heard == []


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1",
     "::1", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "2002:0a00:0001::1"],
)  # fmt: skip
def test_inner_addresses_are_told_apart(address):
    assert not is_outer(address)


def test_addresses_of_the_internet_are_not_inner():
    assert [is_outer(address) for address in ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8")] == [True] * 3


def test_a_redirect_is_heard_and_not_followed(bot):
    bot.always = answer(302, b"", Location=bot.url("/elsewhere"))

    assert asked(bot.url()).status == 302
    assert len(bot.heard) == 1


def test_no_more_than_64_kilobytes_are_read(bot):
    bot.always = flood

    assert len(asked(bot.url()).body) == 64 * 1024


@pytest.mark.parametrize("behaviour", [drip, silence])
def test_neither_silence_nor_a_slow_drip_keeps_us(bot, behaviour):
    bot.always = behaviour

    with pytest.raises(TimeoutError):
        asked(bot.url(), seconds=0.3)


def test_a_header_that_never_ends_is_given_up(bot):
    bot.always = b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n"

    with pytest.raises(Exception, match="more than 100 headers"):
        asked(bot.url())


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")
def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path):
    paths = {name: str(tmp_path / name) for name in ("key.pem", "cert.pem")}
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
         "-subj", "/CN=127.0.0.1", "-keyout", paths["key.pem"], "-out", paths["cert.pem"]],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(paths["cert.pem"], paths["key.pem"])
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listening.accept()
        with pytest.raises(OSError):
            context.wrap_socket(connection, server_side=True)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with pytest.raises(ssl.SSLCertVerificationError):
        asked(f"https://127.0.0.1:{listening.getsockname()[1]}/")
    thread.join(5)
    listening.close()
