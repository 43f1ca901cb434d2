"""Group bots of WeCom, DingTalk and Feishu: what each is sent, and what its own answer means.

They answer HTTP 200 whatever happened: only the code in the body says whether it was sent.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from scheduler.channels.kinds import KINDS
from scheduler.channels.line import Answer
from scheduler.channels.texts import joined, mobiles
from scheduler.database import Row
from scheduler.outbox import Sent
from scheduler.wording.failures import because

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Letter:
    """One request: where to, what, and with which headers."""

    url: str
    body: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


def wecom(settings: dict[str, str], messages: list[Row], now: datetime) -> Letter:
    """A text that mentions people by mobile. Its markdown could not mention them."""
    text = {"content": joined(messages, KINDS["wecom"]), "mentioned_mobile_list": mobiles(messages)}
    return Letter(settings["url"], _json({"msgtype": "text", "text": text}))


def dingtalk(settings: dict[str, str], messages: list[Row], now: datetime) -> Letter:
    """A text that mentions people by mobile, signed where the bot has a secret."""
    url = settings["url"]
    if secret := settings.get("secret"):
        stamp = str(int(now.timestamp() * 1000))
        sign = _signed(secret.encode(), f"{stamp}\n{secret}".encode())
        url += ("&" if "?" in url else "?") + urlencode({"timestamp": stamp, "sign": sign})
    text = {"content": joined(messages, KINDS["dingtalk"])}
    return Letter(url, _json({"msgtype": "text", "text": text, "at": {"atMobiles": mobiles(messages)}}))


def feishu(settings: dict[str, str], messages: list[Row], now: datetime) -> Letter:
    """A text, signed in its body where the bot has a secret. It mentions nobody: its bots know no mobile numbers."""
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": joined(messages, KINDS["feishu"])}}
    if secret := settings.get("secret"):
        stamp = str(int(now.timestamp()))
        body |= {"timestamp": stamp, "sign": _signed(f"{stamp}\n{secret}".encode(), b"")}
    return Letter(settings["url"], _json(body))


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _signed(key: bytes, words: bytes) -> str:
    return base64.b64encode(hmac.new(key, words, hashlib.sha256).digest()).decode()


# What the makers' documents say of each code. A bot that is asked too often is left alone as long as it wants;
# one that does not know us (wrong key, signature, address, word missing) will take no other message either.
TOO_OFTEN = {
    "wecom": {45009: MINUTE, 45033: MINUTE},
    "dingtalk": {130101: 10 * MINUTE, 410100: 10 * MINUTE},
    "feishu": {9499: MINUTE, 11232: MINUTE, 99991400: MINUTE},
}
BAD_MESSAGE = {"wecom": {40008, 40058, 44004, 45002}, "dingtalk": {400101, 40035, 430104}, "feishu": {9495, 230025}}


def verdict(kind: str, answer: Answer) -> Sent:
    """What became of a sending, by the body's own code: `errcode` of WeCom and DingTalk, `code` of Feishu."""
    told = _told(answer.body)
    code = told.get("errcode", told.get("code", told.get("StatusCode")))
    words = str(told.get("errmsg", told.get("msg", told.get("StatusMessage", ""))))
    if type(code) is not int:
        return Sent(False, temporary=True, down=True, reason=because("no_code", str(answer.status)))
    if code == 0:
        return Sent(True, reason=f"0 {words}".strip())
    if code in BAD_MESSAGE[kind]:
        return Sent(False, reason=f"{code} {words}")
    return Sent(False, temporary=True, down=True, reason=f"{code} {words}", after=TOO_OFTEN[kind].get(code))


def _told(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
