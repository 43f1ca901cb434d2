"""The process of its own in which Apprise sends one message: held to the listed hosts, led nowhere else.

Told by standard input as JSON, since an argument would stand in the list of processes: `url`, `title`, `body`,
`hosts`, `inner`. Ends with 0 when Apprise says that it is out, with NOT_LISTED when something reached for a host
that is not listed, with REFUSED otherwise.
Python's audit events (PEP 578) see every look-up and connection, whichever library makes it.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import resource
import socket
import sys
from collections.abc import Callable, Collection
from typing import Any

from scheduler.channels.line import is_outer

REFUSED, NOT_LISTED = 3, 4
MOST_MEMORY = 256 * 1024 * 1024  # a body without end ends this process and no other
PROGRAMS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty"}
TO_ADDRESSES = {"socket.connect", "socket.sendto", "socket.sendmsg"}


class Barred(OSError):
    """A host that is not listed, an inner address, or a program: an OSError, as a refused connection would be."""


class Guard:
    """Looks at every host that is asked for and every address that is written to."""

    def __init__(self, hosts: Collection[str], inner: Collection[str]) -> None:
        self.inner = {host.lower() for host in inner}
        self.listed = {host.lower() for host in hosts} | self.inner
        self.asked: set[str] = set()
        self.inner_addresses: set[str] = set()
        self.barred = False

    def __call__(self, event: str, given: tuple[Any, ...]) -> None:
        """An audit hook: raises Barred for what may not be."""
        if event == "socket.getaddrinfo":
            self._look(event, _host(given[0]))
        elif event in TO_ADDRESSES:
            self._look_at(event, given[1])
        elif event in PROGRAMS:
            self._bar(event)

    def _look(self, event: str, host: str) -> None:
        if host in self.asked:
            return
        if host not in self.listed:
            self._bar(event)
        self.asked.add(host)
        if host in self.inner:
            self.inner_addresses |= {str(entry[4][0]) for entry in socket.getaddrinfo(host, None)}

    def _look_at(self, event: str, address: object) -> None:
        host = _host(address[0]) if isinstance(address, tuple) else ""
        if not _is_ip(host):  # a name that the system would look up by itself, or no host at all
            self._look(event, host)
        elif not is_outer(host) and host not in self.inner_addresses:
            self._bar(event)

    def _bar(self, event: str) -> None:
        self.barred = True
        raise Barred(f"{event} is not allowed")


def _host(told: object) -> str:
    return (told.decode("ascii", "replace") if isinstance(told, bytes) else str(told or "")).lower()


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def follow_nothing() -> None:
    """A redirect is an answer like any other: what `requests` asks, it asks once."""
    import requests

    def nowhere(_session: object, resp: requests.Response) -> None:
        return None

    requests.Session.get_redirect_target = nowhere  # type: ignore[method-assign, assignment]


def notify(url: str, title: str, body: str) -> bool:
    """Whether Apprise says that it is out."""
    import apprise

    there = apprise.Apprise()
    return bool(there.add(url) and there.notify(title=title, body=body))


def main(read: Callable[[], str] = sys.stdin.read) -> int:
    """One message out, or the reason why not as an exit status."""
    logging.disable(logging.CRITICAL)  # it logs addresses, which are secrets
    told = json.loads(read())
    follow_nothing()
    import apprise  # noqa: F401 - before the guard: loading looks at its own host

    guard = Guard(told["hosts"], told["inner"])
    sys.addaudithook(guard)
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    is_out = notify(told["url"], told["title"], told["body"])
    return NOT_LISTED if guard.barred else 0 if is_out else REFUSED


if __name__ == "__main__":
    sys.exit(main())
