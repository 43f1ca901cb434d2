"""Asking for an answer: the link goes out with a message, and from then on silence is heard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from scheduler import clock
from scheduler.acknowledgements.links import Told, address, token
from scheduler.database import Database, Row


def link(person_id: int, duties: Sequence[Row], base_url: str, secret_key: str) -> str:
    """The link by which a person says that they have seen these duties; empty without a key, or without a duty.

    A duty is a row with assignment_id, starts_at, ends_at, place_id.
    """
    if not (secret_key and duties):
        return ""
    return address(base_url, token(secret_key, person_id, [_told(row) for row in duties]))


def expect(db: Database, duties: Iterable[Row], *, now: datetime) -> None:
    """Wait for an answer about these from now on, inside of the transaction that queues the message.

    Asked about again, it is waited for since the first time.
    """
    db.conn.executemany(
        "INSERT INTO answer_asked (assignment_id, revision, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(duty.assignment_id, duty.revision, clock.to_text(now)) for duty in map(_told, duties)],
    )


def _told(row: Row) -> Told:
    return Told(row["starts_at"], row["ends_at"], row["place_id"], row["assignment_id"])
