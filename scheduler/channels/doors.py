"""A channel's door: its messages out, and what the answer means for them and for the channel."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from scheduler.channels import bots, hooks, others
from scheduler.channels.bots import Letter
from scheduler.channels.kinds import KINDS
from scheduler.channels.line import SECONDS, Answer, Barred, post
from scheduler.config import Channels
from scheduler.database import Row
from scheduler.outbox import Door, Sent, reason_of
from scheduler.wording.failures import because
from scheduler.wording.plain import one_line

WRITERS: dict[str, Callable[[dict[str, str], list[Row], datetime], Letter]] = {
    "wecom": bots.wecom,
    "dingtalk": bots.dingtalk,
    "feishu": bots.feishu,
    "webhook": hooks.webhook,
    "ntfy": hooks.ntfy,
}
REASON_LENGTH = 200
SHORTEST_SECRET = 4  # shorter words may stand in any answer
BAD_CONTENT = {400, 413, 415, 422}  # this message is at fault; any other refusal meets every message


def door(channel: Row, allowed: Channels, *, moment: Callable[[], datetime], seconds: float = SECONDS) -> Door:
    """The way out of a channel: id, kind, settings (a dict), pace."""
    kind = KINDS[channel["kind"]]

    def out(messages: list[Row]) -> Sent:
        return send(channel, messages, allowed, now=moment(), seconds=seconds)

    return Door(out, channel["id"], kind.most, kind.spacing(channel["pace"]), rests=True)


def send(channel: Row, messages: list[Row], allowed: Channels, *, now: datetime, seconds: float = SECONDS) -> Sent:
    """Send these messages as one. Whatever goes wrong is told without the channel's secrets."""
    settings: dict[str, str] = channel["settings"]
    if channel["kind"] == "apprise":
        sent = others.send(settings, messages, allowed, seconds=seconds)
    else:
        sent = _sent(channel["kind"], settings, messages, allowed, now, seconds)
    return Sent(sent.ok, sent.temporary, without_secrets(sent.reason, settings)[:REASON_LENGTH], sent.down, sent.after)


def _sent(
    kind: str, settings: dict[str, str], messages: list[Row], allowed: Channels, now: datetime, seconds: float
) -> Sent:
    letter = WRITERS[kind](settings, messages, now)
    try:
        answer = post(letter.url, letter.body, letter.headers, allowed=allowed, seconds=seconds)
    except Barred as error:
        return Sent(False, temporary=True, down=True, reason=str(error))
    except (OSError, HTTPException) as error:
        return Sent(False, temporary=True, down=True, reason=reason_of(error))
    return meaning(kind, answer, now)


def meaning(kind: str, answer: Answer, now: datetime) -> Sent:
    """What an answer means: by its status first, then, for the group bots, by the body's own code."""
    status, words = answer.status, _words(answer)
    if status == 429 or status >= 500 or status == 408:
        return Sent(False, temporary=True, down=True, reason=words, after=retry_after(answer, now))
    if 300 <= status < 400:
        return Sent(False, temporary=True, down=True, reason=because("redirected", str(status)))
    if status >= 400:
        return Sent(False, temporary=status not in BAD_CONTENT, down=status not in BAD_CONTENT, reason=words)
    return bots.verdict(kind, answer) if kind in bots.TOO_OFTEN else Sent(True, reason=words)


def retry_after(answer: Answer, now: datetime) -> timedelta | None:
    """How long the server asked us to wait: seconds or a date (RFC 9110, 10.2.3); None where it did not."""
    given = answer.headers.get("retry-after", "").strip()
    if given.isascii() and given.isdigit() and len(given) <= 6:
        return timedelta(seconds=max(1, int(given)))
    try:
        until = parsedate_to_datetime(given)
    except (ValueError, TypeError, IndexError):
        return None
    return max(timedelta(seconds=1), (until if until.tzinfo else until.replace(tzinfo=UTC)) - now)


def _words(answer: Answer) -> str:
    text = one_line(answer.body[: 4 * REASON_LENGTH].decode("utf-8", "replace"))
    return f"{answer.status} {text}".strip()


def without_secrets(words: str, settings: dict[str, str]) -> str:
    """The words, with whatever of the channel's address and secret stands in them struck out."""
    for secret in sorted(_secrets(settings), key=len, reverse=True):
        words = words.replace(secret, "…")
    return words


def _secrets(settings: dict[str, str]) -> set[str]:
    parts = urlsplit(settings.get("url", ""))
    pieces = {*parts.path.split("/"), *(value for _, value in parse_qsl(parts.query))}
    found = {
        *pieces,
        *map(unquote, pieces),
        parts.query,
        settings.get("secret", ""),
        *settings.get("secret", "").split(":"),
    }
    kept = {secret for secret in found if len(secret) >= SHORTEST_SECRET and secret not in PUBLIC_PARTS}
    return kept.union(*map(_spellings, kept))


def _spellings(secret: str) -> set[str]:
    """How a server that says again what it was sent may write it: in an address, in JSON, as Basic (RFC 7617)."""
    coded = base64.b64encode(secret.encode()).decode()
    in_json = json.dumps(secret)[1:-1]
    return {quote(secret), quote(secret, safe=""), in_json, in_json.replace("/", "\\/"), coded, coded.rstrip("=")}


PUBLIC_PARTS = {"cgi-bin", "webhook", "send", "robot", "open-apis", "hook"}
