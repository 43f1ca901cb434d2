"""Webhooks and ntfy: what each is sent."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime
from urllib.parse import urlsplit

from scheduler.channels.bots import Letter
from scheduler.channels.kinds import KINDS
from scheduler.channels.texts import joined
from scheduler.database import Row


def webhook(settings: dict[str, str], messages: list[Row], now: datetime) -> Letter:
    """One message as JSON. Its Idempotency-Key is the same at every try; signed with a secret where there is one.

    `X-Lunzhi-Signature: t=…,v1=…`: the hex HMAC-SHA256 of `t`, a full stop and the body.
    """
    (message,) = messages
    told = {
        "id": message["message_id"].strip("<>"),
        "kind": message["kind"],
        "person": message["person"],
        "mobile": message["address"],
        "subject": message["subject"],
        "text": message["body"],
        "made_at": message["made_at"],
    }
    body = json.dumps(told, ensure_ascii=False).encode()
    key = message["message_id"].strip("<>").partition("@")[0]
    headers = {"Content-Type": "application/json", "Idempotency-Key": f'"{key}"'}
    if secret := settings.get("secret"):
        stamp = str(int(now.timestamp()))
        sign = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        headers["X-Lunzhi-Signature"] = f"t={stamp},v1={sign}"
    return Letter(settings["url"], body, headers)


def ntfy(settings: dict[str, str], messages: list[Row], now: datetime) -> Letter:
    """Several as one text to a topic; the topic's address is split, since titles in Chinese only go by JSON."""
    parts = urlsplit(settings["url"])
    base, _, topic = parts.path.rstrip("/").rpartition("/")
    text = joined(messages, KINDS["ntfy"])
    title, _, rest = text.partition("\n\n") if len(messages) == 1 else ("", "", text)
    told = {"topic": topic, "message": rest or title} | ({"title": title} if title and rest else {})
    headers = {"Content-Type": "application/json"}
    if secret := settings.get("secret"):
        headers["Authorization"] = _authorization(secret)
    return Letter(parts._replace(path=f"{base}/").geturl(), json.dumps(told, ensure_ascii=False).encode(), headers)


def _authorization(secret: str) -> str:
    """An access token as it is, `user:password` as Basic."""
    return f"Basic {base64.b64encode(secret.encode()).decode()}" if ":" in secret else f"Bearer {secret}"
