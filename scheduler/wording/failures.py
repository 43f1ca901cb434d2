"""Why a message did not leave, in the reader's language: our own reasons have codes, a server's words stay its own."""

from __future__ import annotations

import re
from typing import Literal

# What is stored is `code`, or `code: what was said to it`; whatever begins with no code of these is a server's own.
FAILURES: dict[str, tuple[str, str]] = {
    "restored": (
        "来自备份：备份之后可能已经发过，没有再发",
        "from a backup: it may have left since that was made, and was held back",
    ),
    "bad_url": ("通道的地址不对", "the channel's address is no address"),
    "host_not_listed": (
        "通道的主机不在允许的主机之列",
        "the channel's host is not among those that are allowed",
    ),
    "service_not_listed": (
        "通道的服务不在允许的服务之列",
        "the channel's service is not among those that are allowed",
    ),
    "url_is_plain": ("通道的地址没有加密，要以 https:// 开头", "the channel's address is not encrypted: use https://"),
    "inner_address": (
        "通道的主机名指向内网地址，没有连接",
        "the channel's host name stands for an inner address: not connected to",
    ),
    "redirected": ("对方要求转到别处，没有跟随", "a redirect, which is not followed"),
    "no_code": ("对方的回答里没有结果代码", "no code in the answer"),
    "no_apprise": (
        "没有安装 Apprise（requirements-apprise.txt）",
        "Apprise is not installed (requirements-apprise.txt)",
    ),
    "apprise_ok": ("Apprise 说已发出", "Apprise says that it is out"),
    "apprise_refused": ("Apprise 说没有发出", "Apprise says that it is not out"),
    "no_address": ("收件地址不是邮箱地址", "the address is not a mail address"),
    "bad_message": ("这条消息写不成邮件或请求", "no letter or request can be made of this message"),
    "timed_out": ("对方没有及时回答", "no whole answer in time"),
    "too_late": ("这封邮件的时间用完了", "the time for this letter was over"),
    "certificate": ("对方的证书不可信，没有连接", "the server's certificate is not to be trusted: not connected to"),
    "tls": ("加密连接没有建成", "no encrypted connection came about"),
    "no_starttls": ("邮件服务器不支持 STARTTLS", "the mail server does not offer STARTTLS"),
    "no_login": ("邮件服务器不支持这种登录", "the mail server does not offer a way to sign in that we know"),
    "no_host": ("找不到这台主机", "there is no host of that name"),
    "refused": ("对方拒绝连接", "the connection was refused"),
    "broken_off": ("对方中断了连接", "the other side broke the connection off"),
    "not_smtp": ("对方的回答不是 SMTP", "the answer is not one of SMTP's"),
    "not_http": ("对方的回答不是 HTTP", "the answer is not one of HTTP's"),
    "unreachable": ("连不上对方", "the other side cannot be reached"),
}

Lang = Literal["zh", "en"]

# How versions up to 0.1 wrote the same: rows of theirs are shown in words too.
OLD: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), code)
    for pattern, code in (
        (r"(?P<said>\d+): a redirect is not followed", "redirected"),
        (r"(?P<said>\d+), and no code in the answer", "no_code"),
        (r"apprise is not installed", "no_apprise"),
        (r"Apprise: ok", "apprise_ok"),
        (r"Apprise: refused \((?P<said>-?\d+)\)", "apprise_refused"),
        (r"the address is not a mail address", "no_address"),
        (r"(?P<said>ValueError|LookupError|KeyError|IndexError|TypeError)", "bad_message"),
        (r"no answer in time", "timed_out"),
        (r"TimeoutError: the time for this letter is over", "too_late"),
        (r"(TimeoutError|BlockingIOError|SSLWantReadError): .*", "timed_out"),
        (r"TLS: (?P<said>.*)", "certificate"),
        (r"SSLCertVerificationError: (?P<said>.*)", "certificate"),
        (r"SSL\w*Error: (?P<said>.*)", "tls"),
        (r"SMTPNotSupportedError: STARTTLS .*", "no_starttls"),
        (r"SMTP(NotSupported|)(Error|Exception): (?P<said>.*)", "no_login"),
        (r"SMTPServerDisconnected: the answer is not one of SMTP's", "not_smtp"),
        (r"gaierror: (?P<said>.*)", "no_host"),
        (r"ConnectionRefusedError: (?P<said>.*)", "refused"),
        (r"SMTPServerDisconnected: .*", "broken_off"),
        (r"(Connection\w*Error|BrokenPipeError|RemoteDisconnected|IncompleteRead): (?P<said>.*)", "broken_off"),
        (r"(BadStatusLine|LineTooLong|UnknownProtocol|HTTPException): (?P<said>.*)", "not_http"),
        (r"OSError: (?P<said>.*)", "unreachable"),
    )
)


def because(code: str, said: str = "") -> str:
    """A reason of our own as it is stored."""
    return f"{code}: {said}" if said else code


def is_ours(reason: str) -> bool:
    """Whether a stored reason is one of ours, and no server's own words."""
    return _known(reason) is not None


def failure(reason: str, lang: Lang) -> str:
    """A stored reason as it is shown: our own in the reader's language, a server's as it came."""
    known = _known(reason)
    if known is None:
        return reason
    code, said = known
    words = FAILURES[code][lang == "en"]
    if not said:
        return words
    return f"{words}（{said}）" if lang == "zh" else f"{words} ({said})"


def _known(reason: str) -> tuple[str, str] | None:
    code, _, said = reason.partition(": ")
    if code in FAILURES:
        return code, said
    found = ((old.fullmatch(reason), code) for old, code in OLD)
    return next(((code, match.groupdict().get("said") or "") for match, code in found if match), None)
