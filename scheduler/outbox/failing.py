"""What is said of a connection that failed: a code that pages have words for, and what the system said."""

from __future__ import annotations

import socket
import ssl
from http.client import HTTPException, IncompleteRead, RemoteDisconnected

from scheduler.wording.failures import because

TIMED_OUT = (TimeoutError, BlockingIOError, ssl.SSLWantReadError)  # the last two where there was no time to wait

# the first that fits
CODES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (ssl.SSLCertVerificationError, "certificate"),
    (TIMED_OUT, "timed_out"),
    ((ssl.SSLEOFError, RemoteDisconnected, IncompleteRead), "broken_off"),
    (ssl.SSLError, "tls"),
    (socket.gaierror, "no_host"),
    (ConnectionRefusedError, "refused"),
    (ConnectionError, "broken_off"),
    (HTTPException, "not_http"),
)


def reason_of(error: Exception) -> str:
    """The reason to store for what a connection raised."""
    code = next((code for kinds, code in CODES if isinstance(error, kinds)), "unreachable")
    if code == "timed_out":  # the system only says the same once more
        return code
    said = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else str(error)
    return because(code, said or type(error).__name__)
