"""What a group reads: one message as it is, several as one, a line for each."""

from __future__ import annotations

from scheduler.channels.kinds import Kind, fitting
from scheduler.database import Row


def joined(messages: list[Row], kind: Kind) -> str:
    """The messages as one text that fits: in full where all fit, else a line for each person."""
    full = "\n\n———\n\n".join(f"{message['subject']}\n\n{message['body'].strip()}".strip() for message in messages)
    if len(messages) == 1 or len(full.encode()) <= kind.bytes:
        return fitting(full, kind.bytes)
    room = kind.bytes // len(messages) - 1
    return "\n".join(fitting(_line(message), room) for message in messages)


def _line(message: Row) -> str:
    return " · ".join(filter(None, (message["person"], message["subject"])))


def mobiles(messages: list[Row]) -> list[str]:
    """Whom to mention, each once, in order."""
    return list(dict.fromkeys(message["address"] for message in messages if message["address"]))
