"""Mail servers on loopback that behave badly, each in one way; and one that takes commands in one go."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Said = Callable[["Talk"], None]


@dataclass
class Talk:
    """One connection: lines in, answers out; the letters that were taken whole."""

    connection: socket.socket
    letters: list[bytes]
    heard: list[bytes]
    number: int
    file: object = None

    def __post_init__(self) -> None:
        self.file = self.connection.makefile("rb")

    def say(self, words: str) -> None:
        self.connection.sendall(f"{words}\r\n".encode())

    def line(self) -> bytes:
        told = self.file.readline()
        if not told:
            raise ConnectionError("hung up")
        self.heard.append(told.strip())
        return told.strip()

    def letter(self) -> bytes:
        lines = []
        while (told := self.file.readline()) != b".\r\n":
            if not told:
                raise ConnectionError("hung up")
            lines.append(told)
        return b"".join(lines)

    def converse(
        self, answers: dict[str, str] | None = None, offers: tuple[str, ...] = (), letters: int = 10**6
    ) -> None:
        """What a good server does; `answers` by verb instead of its own ("." for the letter itself)."""
        given = answers or {}
        self.say(given.get("", "220 hello"))
        while True:
            verb = self.line().partition(b" ")[0].decode().upper()
            if verb == "EHLO":
                for told in ("mail.example", *offers):
                    self.say(f"250-{told}")
            self.say(answer := given.get(verb, "354 go on" if verb == "DATA" else "250 ok"))
            if answer.startswith("354"):
                taken = self.letter()
                if (said := given.get(".", "250 taken")).startswith("2"):
                    self.letters.append(taken)
                self.say(said)
                letters -= 1
                if not letters:
                    return


@dataclass
class MailServer:
    """A port, and what was heard at it."""

    port: int
    letters: list[bytes] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)
    connections: int = 0


@contextmanager
def serving(behave: Said) -> Iterator[MailServer]:
    """A server that does with each connection what it is told, and then hangs up."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = MailServer(listening.getsockname()[1])

    def talk(connection: socket.socket) -> None:
        with suppress(OSError, ConnectionError), connection:
            behave(Talk(connection, server.letters, server.heard, server.connections))

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                server.connections += 1
                threading.Thread(target=talk, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server
    finally:
        listening.close()


def dripping(words: str, seconds: float) -> Said:
    """One byte after the other, for ever."""

    def drip(talk: Talk) -> None:
        while True:
            for byte in words.encode():
                talk.connection.sendall(bytes([byte]))
                time.sleep(seconds)

    return drip
