"""One HTTP request to a host on the list: no redirect followed, no inner address, so much and 15 seconds at most."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from time import monotonic
from urllib.parse import SplitResult, urlsplit

from scheduler.config import Hosts
from scheduler.mail.heard import Heard

MOST_BYTES = 64 * 1024
SECONDS = 15.0  # for all of it, from the first packet to the last: a slow drip ends as silence does
LONGEST_URL = 500
HTTP_PORTS = {"http": 80, "https": 443}


class Barred(Exception):
    """The address may not be written to. The text is ours and names no secret."""


class TooMuch(Exception):
    """More follows than was asked for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said: status, headers in lower case, and what followed: of a POST's no more than 64 KB."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def wrong_with(url: str, allowed: Hosts) -> str:
    """Which rule an address breaks, as the code of a refusal; empty if none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "bad_url"
    is_plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
    if not is_plain or parts.scheme not in HTTP_PORTS or not parts.hostname or port == 0:
        return "bad_url"
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "bad_url"
    if parts.hostname not in {*map(str.lower, allowed.hosts), *map(str.lower, allowed.inner)}:
        return "host_not_listed"
    return "" if parts.scheme == "https" or _is_inner(parts, allowed) else "url_is_plain"


def post(url: str, body: bytes, headers: Mapping[str, str], *, allowed: Hosts, seconds: float = SECONDS) -> Answer:
    """POST to a listed host and give its answer. Raises Barred, OSError, or http.client's HTTPException."""
    return _asked("POST", url, body, headers, _read, allowed=allowed, seconds=seconds)


def get(url: str, headers: Mapping[str, str], *, allowed: Hosts, most_bytes: int, seconds: float = SECONDS) -> Answer:
    """GET from a listed host, the whole body or none: raises as `post`, and TooMuch."""

    def whole(response: HTTPResponse) -> bytes:
        return _whole(response, most_bytes)

    return _asked("GET", url, b"", headers, whole, allowed=allowed, seconds=seconds)


def _asked(
    method: str,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    read: Callable[[HTTPResponse], bytes],
    *,
    allowed: Hosts,
    seconds: float,
) -> Answer:
    if wrong := wrong_with(url, allowed):
        raise Barred(wrong)
    parts, until = urlsplit(url), monotonic() + seconds
    with _connected(parts, allowed, until) as connection:
        connection.settimeout(_left(until))
        connection.sendall(_request(method, parts, body, headers))
        response = HTTPResponse(Heard(connection, lambda: _left(until)), method=method)  # type: ignore[arg-type]
        response.begin()
        told = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, told, read(response))


def _read(response: HTTPResponse) -> bytes:
    try:
        return response.read(MOST_BYTES)
    except HTTPException:  # broken off in the middle of a body: its status was heard
        return b""


def _whole(response: HTTPResponse, most: int) -> bytes:
    if (response.length or 0) > most:
        raise TooMuch
    body = bytearray()
    while part := response.read(MOST_BYTES):
        body += part
        if len(body) > most:
            raise TooMuch
    if response.length:
        raise ConnectionError("broken off")
    return bytes(body)


def _connected(parts: SplitResult, allowed: Hosts, until: float) -> socket.socket:
    """A connection to an address that was looked at: what a name stands for is asked once, and used."""
    host = str(parts.hostname)
    found = socket.getaddrinfo(host, parts.port or HTTP_PORTS[parts.scheme], type=socket.SOCK_STREAM)
    addresses = [entry[4][:2] for entry in found]
    if not _is_inner(parts, allowed) and not all(is_outer(str(address)) for address, _ in addresses):
        raise Barred("inner_address")
    problem: OSError = OSError("no address")
    for address in addresses:
        try:
            connection = socket.create_connection(address, timeout=_left(until))  # type: ignore[arg-type]
        except OSError as error:
            problem = error
            continue
        return _secured(connection, host, until) if parts.scheme == "https" else connection
    raise problem


def _secured(connection: socket.socket, host: str, until: float) -> socket.socket:
    connection.settimeout(_left(until))  # the whole handshake's, in Python's ssl
    try:
        return ssl.create_default_context().wrap_socket(connection, server_hostname=host)
    except OSError:
        connection.close()
        raise


def is_outer(address: str) -> bool:
    """Whether an IP address is one of the internet's, and no loopback, private, link-local or shared one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return (mapped or found).is_global and not found.is_multicast


def _is_inner(parts: SplitResult, allowed: Hosts) -> bool:
    return str(parts.hostname) in {host.lower() for host in allowed.inner}


def _request(method: str, parts: SplitResult, body: bytes, headers: Mapping[str, str]) -> bytes:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = {"Host": parts.netloc, "User-Agent": "lunzhi", "Connection": "close", "Accept": "application/json"}
    lines = {**sent, **headers} | ({"Content-Length": str(len(body))} if method == "POST" else {})
    if any(mark in f"{name}{value}" for name, value in lines.items() for mark in "\r\n\0"):
        raise Barred("bad_url")
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body


def _left(until: float) -> float:
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError("no whole answer in time")
    return left
