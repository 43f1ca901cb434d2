"""One calendar fetched and read: what it holds, that it has not changed, or why not in words; nothing is stored."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from ssl import SSLError
from zoneinfo import ZoneInfo

from scheduler import clock
from scheduler.absences.narrowing import narrowed
from scheduler.channels.line import SECONDS, Answer, Barred, TooMuch, get
from scheduler.config import Hosts
from scheduler.database import Row
from scheduler.errors import Invalid, Refusal

BYTES_MOST = 1_000_000
READING_SECONDS = 30.0
APART = Path(__file__).with_name("apart.py")
TYPES = {"", "text/calendar", "text/plain", "application/octet-stream", "application/ics"}
BARRED = {"host_not_listed": "calendar_host_not_listed", "inner_address": "calendar_is_inner"}


@dataclass(frozen=True, slots=True)
class Read:
    """What a calendar holds: key, kind, starts_at, ends_at; None where the server says that it has not changed."""

    events: list[Row] | None
    etag: str = ""
    changed_at: str = ""


def fetched(calendar: Row, allowed: Hosts, zone: ZoneInfo, *, since: datetime, until: datetime) -> Read:
    """What the calendar (url, takes, etag, changed_at) holds between two instants. Invalid says why it is not read."""
    headers = {"Accept": "text/calendar", "Accept-Encoding": "identity"}
    headers |= {"If-None-Match": calendar["etag"]} if calendar["etag"] else {}
    headers |= {"If-Modified-Since": calendar["changed_at"]} if calendar["changed_at"] else {}
    answer = _asked(calendar["url"], headers, allowed)
    if answer.status == 304 and (calendar["etag"] or calendar["changed_at"]):
        return Read(None)
    _refuse_other(answer)
    events = read_apart(narrowed(answer.body), zone, since=since, until=until, takes=calendar["takes"])
    return Read(events, _header(answer, "etag"), _header(answer, "last-modified"))


def read_apart(
    text: str, zone: ZoneInfo, *, since: datetime, until: datetime, takes: str, seconds: float = READING_SECONDS
) -> list[Row]:
    """What the text says, read by a process of its own that may come to nothing. Invalid where it does."""
    command = [sys.executable, "-I", str(APART), zone.key, clock.to_text(since), clock.to_text(until), takes]
    try:
        ended = subprocess.run(  # noqa: S603 - a program of ours, its words ours
            command, input=text.encode(), capture_output=True, timeout=seconds, env={}, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Invalid("calendar_is_too_heavy") from error
    if ended.returncode:
        raise Invalid("calendar_is_too_heavy" if ended.returncode < 0 else "calendar_broken", text="VCALENDAR")
    told = json.loads(ended.stdout)
    if "code" in told:
        raise Invalid(told["code"], **told["facts"])
    return list(told["events"])


def _asked(url: str, headers: dict[str, str], allowed: Hosts) -> Answer:
    try:
        return get(url, headers, allowed=allowed, most_bytes=BYTES_MOST, seconds=SECONDS)
    except Barred as error:
        raise Invalid(BARRED.get(str(error), str(error)), host="") from error
    except TooMuch as error:
        raise Invalid("calendar_is_too_large", most=BYTES_MOST // 1_000_000) from error
    except TimeoutError as error:
        raise Invalid("calendar_too_slow", seconds=int(SECONDS)) from error
    except SSLError as error:
        raise Invalid("calendar_not_vouched_for") from error
    except (OSError, HTTPException) as error:
        raise Invalid("calendar_unreachable") from error


def _refuse_other(answer: Answer) -> None:
    """Anything but a calendar: the refusal names a status or a type, never the address."""
    kind = _header(answer, "content-type").partition(";")[0].strip().lower()
    if 300 <= answer.status < 400 and answer.status != 304:
        raise Invalid("calendar_leads_elsewhere")
    if answer.status != 200:
        raise Invalid("calendar_answers_otherwise", status=answer.status)
    if kind not in TYPES or _header(answer, "content-encoding").lower() not in ("", "identity"):
        raise Invalid("calendar_of_another_type", text=kind[:60])


def _header(answer: Answer, name: str) -> str:
    """A header that can be sent back as it came; else nothing."""
    text = answer.headers.get(name, "").strip()
    return text if text.isascii() and text.isprintable() and len(text) <= 200 else ""


def told(refusal: Refusal) -> str:
    """A refusal as it is stored."""
    problem = refusal.problems[0]
    return json.dumps({"code": problem.code, "facts": dict(problem.facts)}, ensure_ascii=False, default=str)
