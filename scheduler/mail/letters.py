"""A row of the outbox as the bytes of a mail.

Python's own email.message takes longer to write a letter than a server takes to accept it, so the few headers
that ours have are written here; a test holds them to what Python's parser reads.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

from scheduler import clock
from scheduler.database import Row
from scheduler.wording.plain import is_plain_line

USUAL = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
WORD = 39  # bytes in one encoded word: with its marks and "Subject: " 73 characters, where RFC 2047 allows 76
LINE = 998  # RFC 5322, 2.1.1


def letter(message: Row, sender: str) -> bytes:
    """The row as plain text in UTF-8, and its duty as an .ics or its file where it has one; lines end in CRLF.

    Its Date is when it was queued and its boundary is made of its Message-ID, so that a second copy is the same
    mail. ValueError for what no header can hold.
    """
    head = (
        f"To: {address(message['address'])}\r\n"
        f"Subject: {folded(message['subject'])}\r\n"
        f"Date: {_date(message['made_at'])}\r\n"
        f"Message-ID: {_plain(message['message_id'])}\r\n"
        "Auto-Submitted: auto-generated\r\n"  # RFC 3834: no holiday replies
        "MIME-Version: 1.0\r\n"
    )
    return _from(sender) + head.encode("ascii") + _content(message)


def _content(message: Row) -> bytes:
    text = _part("text/plain; charset=utf-8", message["body"])
    attached = []
    if calendar := message.get("calendar"):
        attached.append(_part("text/calendar; method=PUBLISH; charset=utf-8", calendar, named="duty.ics"))
    if file := message.get("file"):
        attached.append(_part(_plain(file["type"]), file["content"], named=_plain(file["name"])))
    if not attached:
        return text
    edge = hashlib.sha256(message["message_id"].encode()).hexdigest()[:32].encode()
    head = b'Content-Type: multipart/mixed; boundary="' + edge + b'"\r\n\r\n'
    return head + b"".join(b"--" + edge + b"\r\n" + part for part in (text, *attached)) + b"--" + edge + b"--\r\n"


def _part(kind: str, content: str | bytes, named: str = "") -> bytes:
    raw = content.encode() if isinstance(content, str) else content
    disposition = f'Content-Disposition: attachment; filename="{named}"\r\n' if named else ""
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n{disposition}\r\n"
    return head.encode() + base64.encodebytes(raw).replace(b"\n", b"\r\n")


def address(given: str) -> str:
    """A mail address as a header holds it; ValueError for what is none, or is not in ASCII."""
    if USUAL.fullmatch(given):
        return given
    try:
        written = str(Address(addr_spec=given))
    except (IndexError, MessageError) as error:  # IndexError: headerregistry on an address that ends too early
        raise ValueError("no address") from error
    return _plain(written)


def folded(words: str) -> str:
    """One line of text as a header holds it: as it is where it is short ASCII, else in encoded words (RFC 2047)."""
    if not is_plain_line(words):
        raise ValueError("no line of text")
    if words.isascii() and len(words) <= WORD and "=?" not in words and words == words.strip():
        return words
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(piece).decode()}?=" for piece in _pieces(words))


def _pieces(words: str) -> Iterator[bytes]:
    """The text in UTF-8, cut between characters."""
    raw = words.encode()
    while raw:
        end = WORD
        while end < len(raw) and raw[end] & 0xC0 == 0x80:  # in the middle of a character
            end -= 1
        yield raw[:end]
        raw = raw[end:]


def _plain(words: str) -> str:
    if not (words.isascii() and words.isprintable() and len(words) < LINE - 20):
        raise ValueError("not in a header")
    return words


@lru_cache(maxsize=16)
def _from(sender: str) -> bytes:
    written = EmailMessage(policy=SMTP)
    written["From"] = sender
    return bytes(written).removesuffix(b"\r\n")


@lru_cache(maxsize=1024)
def _date(made_at: str) -> str:
    return format_datetime(clock.from_text(made_at))
