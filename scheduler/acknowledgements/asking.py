"""Asking for an answer: the link goes out with a message, and from then on silence is heard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from scheduler import clock
from scheduler.acknowledgements.links import Told, address, token
from scheduler.database import Database, Row, one, run


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


def expect_where_told(db: Database, key: str, link: str, duties: Iterable[Row], *, now: datetime) -> None:
    """Wait for an answer about these where the message of this key carries the link, or from when its other way does.

    An organisation's own text may leave the link out: then nobody is asked. Inside of the transaction that queues it.
    """
    found = one(
        db,
        """
        SELECT outbox.id, instr(outbox.body, :link) AS now, instr(other_way.body, :link) AS later
        FROM outbox
        LEFT JOIN other_way ON other_way.outbox_id = outbox.id
        WHERE outbox.key = :key
        """,
        link=link,
        key=key,
    )
    if not link or found is None:
        return
    if found["now"]:
        expect(db, duties, now=now)
    elif found["later"]:
        db.conn.executemany(
            "INSERT INTO other_answer (outbox_id, assignment_id, revision) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(found["id"], duty.assignment_id, duty.revision) for duty in map(_told, duties)],
        )


def expect_instead(db: Database, outbox_id: int, *, now: datetime) -> None:
    """Wait for an answer about what a message asks now that its other way is taken. Inside of that transaction."""
    run(
        db,
        """
        INSERT INTO answer_asked (assignment_id, revision, at)
        SELECT assignment_id, revision, :now FROM other_answer WHERE outbox_id = :outbox_id
        ON CONFLICT DO NOTHING
        """,
        outbox_id=outbox_id,
        now=clock.to_text(now),
    )


def _told(row: Row) -> Told:
    return Told(row["starts_at"], row["ends_at"], row["place_id"], row["assignment_id"])
