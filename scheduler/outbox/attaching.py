"""Files that go with mails: stored once, however many mails they go with."""

from __future__ import annotations

from scheduler.database import Database, Row, insert, one


def attach(db: Database, *, name: str, kind: str, content: bytes) -> int:
    """Store a file under a name in plain letters, in the transaction that queues its mails; gives its id."""
    return insert(db, "attachment", name=name, type=kind, content=content)


def with_file(db: Database, message: Row) -> Row:
    """A claimed message with its file where it has one: `file`, a row of name, type, content."""
    if message.get("attachment_id") is None:
        return message
    found = one(db, "SELECT name, type, content FROM attachment WHERE id = :id", id=message["attachment_id"])
    return message | {"file": found}
