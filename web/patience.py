"""Slow clients: they are waited for beside those who are answered, and never in their way.

A thread that waits for a request's head or body holds nothing that others need: threads are many, and only a
few of them at a time, `AT_ONCE`, are let into the application, with the whole body in hand. A client who is
silent for `SILENCE_S`, or takes longer than `BODY_S` for a body, is cut off.
"""

from __future__ import annotations

import socket
import struct
import tempfile
import threading
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

AT_ONCE = 4  # requests that one process answers at a time
THREADS = 256  # of one process: most of them wait for somebody slow
CONNECTIONS = THREADS + 16  # when they are taken, the other process accepts
SILENCE_S, BODY_S = 15, 120
CHUNK, IN_MEMORY = 64 * 1024, 256 * 1024

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's worker of threads, which gives a silent client up."""

    def enqueue_req(self, conn: Any) -> None:
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            conn.sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", SILENCE_S, 0))
        super().enqueue_req(conn)


class Turns:
    """The application, entered with the whole body read, by a few at a time; health is told without waiting."""

    def __init__(self, application: Application, most: int) -> None:
        self.application = application
        self.most = most
        self.turns = threading.BoundedSemaphore(AT_ONCE)

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if environ.get("PATH_INFO") == "/healthz":
            return self.application(environ, start_response)
        length = environ.get("CONTENT_LENGTH") or ""
        if not length.isdigit() or int(length) <= self.most:  # a longer one is refused unread
            with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as body:
                try:
                    size = self._read(environ["wsgi.input"], body, int(length) if length.isdigit() else None)
                except OSError:
                    return _too_slow(start_response)
                body.seek(0)
                environ |= {"wsgi.input": body, "CONTENT_LENGTH": str(size), "wsgi.input_terminated": True}
                environ.pop("HTTP_TRANSFER_ENCODING", None)
                with self.turns:
                    return self.application(environ, start_response)
        with self.turns:
            return self.application(environ, start_response)

    def _read(self, given: Any, body: Any, length: int | None) -> int:
        """Bring the body in; more than the application takes is cut, and refused by it."""
        size, until = 0, monotonic() + BODY_S
        left = length if length is not None else self.most + 1
        while left > 0 and (chunk := given.read(min(CHUNK, left))):
            if monotonic() > until:
                raise TimeoutError
            body.write(chunk)
            size += len(chunk)
            left -= len(chunk)
        return size


def _too_slow(start_response: Any) -> Iterable[bytes]:
    start_response("408 Request Timeout", [("Content-Type", "text/plain"), ("Connection", "close")])
    return [b"408\n"]
