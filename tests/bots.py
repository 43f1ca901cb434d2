"""A real HTTP server on loopback in a bot's place: it keeps what it is sent and answers, well or badly, as told."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from scheduler.config import Channels

LOOPBACK = Channels(hosts=(), inner=("127.0.0.1",))
OK = b'{"errcode": 0, "errmsg": "ok", "code": 0, "msg": "success"}'

Answer = bytes | Callable[[socket.socket], None]


@dataclass
class Heard:
    """One request as it came."""

    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def answer(status: int = 200, body: bytes = OK, **headers: str) -> bytes:
    """An HTTP answer as bytes; a header's name is written with underscores."""
    lines = {"Content-Length": str(len(body))} | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} As Told\r\n{head}\r\n".encode() + body


def code(number: int, words: str = "") -> bytes:
    """HTTP 200 with a code of the bot's own."""
    return answer(body=json.dumps({"errcode": number, "errmsg": words}).encode())


def drip(connection: socket.socket) -> None:
    """A byte now and then, without end: each comes in time, the whole never does."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    waiting = threading.Event()
    while not waiting.wait(0.02):
        connection.sendall(b" ")


def silence(connection: socket.socket) -> None:
    """Nothing, until the other side gives up."""
    connection.recv(1)


def flood(connection: socket.socket) -> None:
    """A body without end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b" " * 65536)


class Bot:
    """The server. `answers` are given in turn, then `always`."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.answers: list[Answer] = []
        self.always: Answer = answer()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def url(self, path: str = "/cgi-bin/webhook/send?key=bot-secret-1234") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def close(self) -> None:
        """No more connections: who waits for one is woken first."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                self.heard.append(_request(connection))
                given = self.answers.pop(0) if self.answers else self.always
                if callable(given):
                    given(connection)
                else:
                    connection.sendall(given)
            except OSError:
                return  # the other side hung up


def _request(connection: socket.socket) -> Heard:
    stream = connection.makefile("rb")
    target = stream.readline().decode().split(" ")[1]
    headers: dict[str, str] = {}
    while line := stream.readline().decode().strip():
        name, _, value = line.partition(": ")
        headers[name.lower()] = value
    return Heard(target, headers, stream.read(int(headers.get("content-length", 0))))
