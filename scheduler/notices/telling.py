"""Telling somebody of several things in one message, and of each of them only when it is new or has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from scheduler import clock, messages
from scheduler.database import Database, Row, rows, run, write
from scheduler.wording import Lang

Listed = Callable[[Sequence["Item"], Lang], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to tell of: what it is, how it stands (told again when that changes), its line in each language."""

    subject: str
    fact: str
    zh: str
    en: str
    until: str = ""

    def line(self, lang: Lang) -> str:
        """Its line in a language."""
        return self.zh if lang == "zh" else self.en


def tell(
    db: Database,
    kind: str,
    to: Row,
    items: Sequence[Item],
    gaps: Listed,
    *,
    base_url: str,
    expires_at: datetime,
    now: datetime,
) -> int:
    """Queue one message about those items that the receiver was not told of as they stand; gives 1, or 0 for none.

    What was told is noted in the transaction that queues it: killed in between, it is told neither never nor twice.
    """
    known = _known(db, kind, to["person_id"])
    new = [item for item in items if known.get(item.subject, ("", 0))[0] != item.fact]
    if not new:
        return 0
    stamp = sorted([item.subject, item.fact, known.get(item.subject, ("", 0))[1] + 1] for item in new)
    key = f"{kind}:{to['person_id']}:{hashlib.sha256(json.dumps(stamp).encode()).hexdigest()[:32]}"
    with write(db):
        queued = messages.queue(
            db, kind, to, lambda lang: gaps(new, lang), key=key, base_url=base_url, expires_at=expires_at, now=now
        )
        if queued:
            for item in new:
                note(db, kind, to["person_id"], item.subject, item.fact, now=now)
        return queued


def note(db: Database, kind: str, person_id: int, subject: str, fact: str, *, now: datetime) -> None:
    """Note how a thing stood when somebody was told of it, or when it was decided that they need not be."""
    run(
        db,
        """
        INSERT INTO notice (person_id, kind, subject, fact, told, at)
        VALUES (:person_id, :kind, :subject, :fact, 1, :now)
        ON CONFLICT (person_id, kind, subject) DO UPDATE SET fact = excluded.fact, told = told + 1, at = excluded.at
        """,
        person_id=person_id,
        kind=kind,
        subject=subject,
        fact=fact,
        now=clock.to_text(now),
    )


def is_noted(db: Database, kind: str, person_id: int, subject: str) -> bool:
    """Whether it was decided already."""
    return subject in _known(db, kind, person_id)


def put_right(db: Database, kind: str, standing: Sequence[str], *, now: datetime) -> int:
    """Note of all other things of a kind that they are as they should be: if they go wrong again, it is told again."""
    return run(
        db,
        """
        UPDATE notice SET fact = '', at = :now
        WHERE kind = :kind AND fact <> '' AND subject NOT IN (SELECT value FROM json_each(:standing))
        """,
        kind=kind,
        standing=json.dumps(list(standing)),
        now=clock.to_text(now),
    )


def prune(db: Database, *, before: datetime) -> int:
    """Forget what was told of before then: all of it is over."""
    with write(db):
        return run(db, "DELETE FROM notice WHERE at < :before", before=clock.to_text(before))


def _known(db: Database, kind: str, person_id: int) -> dict[str, tuple[str, int]]:
    found = rows(
        db,
        "SELECT subject, fact, told FROM notice WHERE person_id = :person_id AND kind = :kind",
        person_id=person_id,
        kind=kind,
    )
    return {row["subject"]: (row["fact"], row["told"]) for row in found}
