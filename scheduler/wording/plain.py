"""Text that may leave the house: no control characters, no hidden reversals of its direction."""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 controls but for tab and line feed, the marks that turn text round, two more ways to break a line, and
# halves of surrogate pairs: none of them is ever meant, and each breaks a header, a calendar line or a log line.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff\ud800-\udfff]")


def plain(text: str) -> str:
    """The text in NFC with `\\n` line ends and nothing hidden in it."""
    return unicodedata.normalize("NFC", _HIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def one_line(text: str) -> str:
    """The same on a single line."""
    return " ".join(plain(text).split())


def is_plain_line(text: str) -> bool:
    """Whether the text may stand in a header as it is."""
    return _HIDDEN.search(text) is None and "\n" not in text and "\r" not in text
