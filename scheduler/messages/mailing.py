"""What goes by e-mail whatever way its receiver chose: a file goes no other way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from scheduler import outbox
from scheduler.database import Database, Row
from scheduler.errors import Invalid
from scheduler.messages.texts import compose


def queue_mail(
    db: Database,
    kind: str,
    to: Row,
    gaps: Mapping[str, str],
    *,
    key: str,
    base_url: str,
    expires_at: datetime,
    attachment_id: int | None = None,
    now: datetime,
) -> int:
    """Queue a mail to person_id, person, email, lang in their language; gives 1, or 0 where no header holds
    their address.

    Called inside of the transaction that decides upon it; it does not go out again by another way.
    """
    subject, body = compose(db, kind, to["lang"], {**gaps, "person": to["person"]})
    try:
        outbox.queue(
            db, key=key, kind=kind, person_id=to["person_id"], address=to["email"], subject=subject, body=body,
            domain=urlsplit(base_url).hostname or "localhost", due_at=now, expires_at=expires_at, now=now,
            attachment_id=attachment_id,
        )  # fmt: skip
    except Invalid:
        return 0
    return 1
