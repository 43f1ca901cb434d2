"""A real SMTP server on loopback that keeps what it is given."""

from __future__ import annotations

import socket

from aiosmtpd.smtp import Envelope


def free_port() -> int:
    """A port that nobody listens at: the SMTP server of the tests cannot choose one itself."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


class Mailbox:
    """An SMTP handler that keeps what it is given, and answers as it is told to."""

    def __init__(self) -> None:
        self.letters: list[Envelope] = []
        self.answers: dict[str, str] = {}

    async def handle_RCPT(self, server: object, session: object, envelope: Envelope, address: str, _: object) -> str:
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:
        if answer := self.answers.get("DATA"):
            return answer
        self.letters.append(envelope)
        return "250 OK"
