"""Every channel's messages out at the same time: a slow or dead one keeps nobody else waiting."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from time import monotonic

from scheduler import outbox
from scheduler.channels.doors import door
from scheduler.channels.line import SECONDS
from scheduler.channels.reading import due
from scheduler.config import Channels
from scheduler.database import Database, Row
from scheduler.outbox import Outcome, Sent

AT_ONCE = 32  # threads that mostly wait; those that last worked go first
TURN_SECONDS = 20.0  # then what fell due meanwhile is looked at: with one answer's time-out below 60 s for anybody


def send_due(
    connect: Callable[[], Database],
    allowed: Channels,
    *,
    moment: Callable[[], datetime],
    is_to_go_on: Callable[[Database], bool] = lambda db: True,
    unwritten: dict[int, list[Outcome]] | None = None,
    seconds: float = SECONDS,
) -> int:
    """Send what is due by every channel, each in a thread with its own connection; gives how many were answered for.

    `unwritten` keeps, by channel, what could not be noted: the caller passes it again. `seconds` is how
    long one answer may take.
    """
    kept = {} if unwritten is None else unwritten
    until = monotonic() + TURN_SECONDS
    with closing(connect()) as db:
        found = due(db, now=moment())
    if not found:
        return 0

    def drained(channel: Row) -> int:
        with closing(connect()) as own:
            way = door(channel, allowed, moment=moment, seconds=seconds)

            def post(messages: list[Row]) -> Sent:
                # asked with the messages in hand: whoever lost the lease, or was told to stop, may not send them
                return way.post(messages) if is_to_go_on(own) else Sent(False, temporary=True, down=True, is_ours=True)

            return outbox.drain(
                own,
                replace(way, post=post),
                moment=moment,
                unwritten=kept.setdefault(channel["id"], []),
                is_time_left=lambda: monotonic() < until,
            )

    with ThreadPoolExecutor(min(len(found), AT_ONCE)) as pool:
        futures = [pool.submit(drained, channel) for channel in found]
    return sum(future.result() for future in futures)
