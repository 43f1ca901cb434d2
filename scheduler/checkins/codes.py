"""The code of a shift: six digits that change every 30 seconds, known to whoever is at the place."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

SECONDS = 30
DIGITS = 6
BEFORE = (0, -1)  # the code that is shown, and the one before it: reading and typing takes a while
AROUND = (0, -1, 1)  # for a time that a phone without a network says: its clock may be somewhat off


@dataclass(frozen=True, slots=True)
class Keeper:
    """What the installation keeps to itself, from which every shift's own secret is made."""

    secret: str

    def of(self, shift_key: str) -> bytes:
        """The shift's secret. It is stored nowhere: neither a backup nor a dump lets anybody make codes."""
        return hmac.digest(self.secret.encode(), f"check-in:{shift_key}".encode(), "sha256")


@dataclass(frozen=True, slots=True)
class Shown:
    """A code as a screen shows it, and for how many seconds it is the newest."""

    code: str
    seconds: int


def step_of(moment: datetime) -> int:
    """The 30-second step that a moment lies in."""
    return int(moment.timestamp()) // SECONDS


def code_at(secret: bytes, step: int) -> str:
    """The code of one step, truncated as RFC 4226, 5.3, does it, over SHA-256 (RFC 6238, 1.2)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha256")
    at = digest[-1] & 0x0F
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def shown(secret: bytes, now: datetime) -> Shown:
    """The code to show at this moment."""
    return Shown(code_at(secret, step_of(now)), SECONDS - int(now.timestamp()) % SECONDS)


def is_right(secret: bytes, given: str, moment: datetime, steps: tuple[int, ...] = BEFORE) -> bool:
    """Whether the code is that of the moment's step or one near it. Takes as long for every wrong code."""
    step = step_of(moment)
    met = [hmac.compare_digest(code_at(secret, step + off).encode(), given.encode()) for off in steps]
    return any(met)
