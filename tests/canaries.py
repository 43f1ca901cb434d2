"""What must never stand in a log: people's names, their addresses, every secret that was made during the tests."""

from __future__ import annotations

import logging
import re
import secrets

NAMES = ("何远山", "杜明月", "吕莉", "兰草", "闵行", "薄荷")
ADDRESS = re.compile(r"[\w.+-]+@branch\.example|1[3-9]\d{9}")
LONG = re.compile(r"[A-Za-z0-9_-]{20,}")
# Servers of the tests themselves, which stand for other people's: the installation never runs them.
NOT_OURS = ("werkzeug", "mail.log", "aiosmtpd", "asyncio")


class Canaries(logging.Handler):
    """Hears every record at INFO and above, and keeps the logger of each that sings."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.made: set[str] = set()
        self.sung: list[str] = []

    def install(self) -> None:
        """Listen at the root, and learn every secret as it is made."""
        make = secrets.token_urlsafe

        def made(size: int | None = None) -> str:
            token = make(size)
            self.made.add(token)
            return token

        secrets.token_urlsafe = made
        root = logging.getLogger()
        root.addHandler(self)
        root.setLevel(min(root.level, logging.INFO) or logging.INFO)

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.partition(".")[0] in NOT_OURS or record.name in NOT_OURS:
            return
        text = record.getMessage() + (self.formatter or logging.Formatter()).format(record)
        if (found := self.heard(text)) is not None:
            self.sung.append(f"{record.name}: {found}")

    def heard(self, text: str) -> str | None:
        """What of a line is a canary, or None."""
        if (name := next((name for name in NAMES if name in text), None)) is not None:
            return name
        if (address := ADDRESS.search(text)) is not None:
            return address[0]
        return next((word for word in LONG.findall(text) if word in self.made), None)


CANARIES = Canaries()
