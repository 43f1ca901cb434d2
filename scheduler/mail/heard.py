"""What a connection says, until time is up: the limit is for all of it and not for each packet."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Buffer


class Heard(io.RawIOBase):
    """A connection to read from; `left` gives the seconds that there still are, and raises TimeoutError at none."""

    def __init__(self, connection: socket.socket, left: Callable[[], float]) -> None:
        super().__init__()
        self._connection, self._left = connection, left

    def makefile(self, _: str) -> io.BufferedReader:
        """As HTTPResponse asks a socket."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """Bytes as they come."""
        self._connection.settimeout(self._left())
        return self._connection.recv_into(buffer)
