"""Two hundred clients who send half a request and fall silent: whoever comes after them is answered within a second."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter, sleep

from tests.running import running, scheduler

CLIENTS = 200


def run(folder: Path) -> dict[str, object]:
    """How long the others waited at most."""
    folder /= "instance"
    scheduler(folder, "init")
    with running(folder) as lunzhi, ExitStack() as held:
        port = int(lunzhi.url.rpartition(":")[2])
        for number in range(CLIENTS):
            slow = held.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            head = "POST /signin HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            slow.sendall((head if number % 2 else f"{head}Content-Length: 900\r\n\r\nstaff_no=").encode())
        sleep(0.5)
        waited = [_waited(port, path) for _ in range(5) for path in ("/healthz", "/signin")]
    late = sum(seconds >= 1 for seconds in waited)
    return {"slow clients": CLIENTS, "others not done in a second": late, "longest wait s": round(max(waited), 2)}


def _waited(port: int, path: str) -> float:
    began = perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=10) as honest:
        honest.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        assert honest.recv(64).startswith(b"HTTP/1.1 200")
    return perf_counter() - began
