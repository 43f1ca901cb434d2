"""One message to each person whom a publication concerns: what changed for them, in their language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from urllib.parse import urlsplit

from scheduler import clock, outbox
from scheduler.database import Database, Row
from scheduler.errors import Invalid
from scheduler.rosters.revision import Change
from scheduler.wording.messages import Changed, DutyLine, changed, published


def tell(
    db: Database, roster: Row, number: int, changes: Iterable[Change], *, note: str, base_url: str, now: datetime
) -> int:
    """Queue the messages; gives how many. What is over is not told of, nor who has no e-mail address."""
    return sum(
        _queue(db, roster, number, mine, note=note, base_url=base_url, now=now)
        for mine in _to_tell(changes, now).values()
    )


def people_to_tell(changes: Iterable[Change], *, now: datetime) -> list[Row]:
    """Who would get a message, in the order of their first change: rows as the seats of a change have them."""
    return [mine[0].person for mine in _to_tell(changes, now).values()]


def message(
    db: Database, roster: Row, number: int, mine: Sequence[Change], *, note: str, base_url: str
) -> tuple[str, str]:
    """The subject and text that one person gets for their changes."""
    person = mine[0].person
    facts = Changed(
        person=person["person"],
        first=date.fromisoformat(roster["starts_on"]),
        last=date.fromisoformat(roster["ends_on"]),
        number=number,
        lines=[(_line(db, change.old), _line(db, change.new)) for change in mine],
        note=note,
        link=f"{base_url.rstrip('/')}/me",
    )
    return (published if number == 1 else changed)(facts, person["lang"])


def _to_tell(changes: Iterable[Change], now: datetime) -> dict[int, list[Change]]:
    mine: dict[int, list[Change]] = defaultdict(list)
    for change in changes:
        if change.ends_at > clock.to_text(now) and change.person["email"]:
            mine[change.person["person_id"]].append(change)
    return mine


def _queue(
    db: Database, roster: Row, number: int, mine: Sequence[Change], *, note: str, base_url: str, now: datetime
) -> int:
    person = mine[0].person
    subject, body = message(db, roster, number, mine, note=note, base_url=base_url)
    try:
        outbox.queue(
            db,
            key=f"published:{roster['id']}:{number}:{person['person_id']}",
            kind="published" if number == 1 else "changed",
            person_id=person["person_id"],
            address=person["email"],
            subject=subject,
            body=body,
            domain=urlsplit(base_url).hostname or "localhost",
            due_at=now,
            expires_at=clock.from_text(max(change.ends_at for change in mine)),
            now=now,
        )
    except Invalid:  # an address that no mail header can hold is as good as none
        return 0
    return 1


def _line(db: Database, seat: Row | None) -> DutyLine | None:
    if seat is None:
        return None
    starts, ends = clock.local(seat["starts_at"], db.zone), clock.local(seat["ends_at"], db.zone)
    return DutyLine(starts, ends, seat["place"], seat["activity_zh"], seat["activity_en"])
