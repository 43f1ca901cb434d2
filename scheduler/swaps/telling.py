"""Who is told what of a request: the asked get their link, the others what became of it, each once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from scheduler import clock, messages
from scheduler.database import Database, Row, rows, value
from scheduler.swaps.links import link
from scheduler.swaps.reading import seat
from scheduler.wording import Lang, name_of


def tell_asked(db: Database, own: Row, request_id: int, note: str, *, base_url: str, secret_key: str,
               now: datetime) -> int:  # fmt: skip
    """Write to everybody who is asked, with the link where they answer; gives to how many."""
    told = 0
    for asked in rows(db, "SELECT id, person_id, shift_id FROM swap_offer WHERE request_id = :id", id=request_id):
        key, answer_at = str(asked["id"]), link(base_url, secret_key, asked["id"])
        if asked["shift_id"] is None:
            told += messages.want_cover(
                db, own["assignment_id"], [asked["person_id"]],
                key=key, link=answer_at, base_url=base_url, now=now, note=note,
            )  # fmt: skip
        else:
            theirs = seat(db, asked["shift_id"], asked["person_id"], now=now)
            told += messages.ask_swap(
                db, own["assignment_id"], theirs["assignment_id"],
                key=key, link=answer_at, base_url=base_url, now=now, note=note,
            )  # fmt: skip
    return told


def tell(db: Database, found: Row, people: Iterable[int], news: str, other: str, *, base_url: str,
         now: datetime) -> int:  # fmt: skip
    """Tell these people what became of a request, once each; gives to how many. Nobody where `base_url` is empty."""
    sql = "SELECT MAX(id) FROM assignment WHERE shift_id = :shift_id AND person_id = :person_id"
    assignment_id = value(db, sql, shift_id=found["shift_id"], person_id=found["person_id"])
    if not base_url or assignment_id is None:
        return 0
    facts = messages.duty_facts(db, assignment_id)

    def gaps(lang: Lang) -> dict[str, str]:
        me = f"{base_url.rstrip('/')}/me/swaps"
        return {
            **messages.gaps_of(db, facts, lang, link=me),
            "other": other,
            "answer": name_of("swap_news", news, lang),
        }

    written = 0
    for person_id in sorted(set(people)):
        if to := messages.receiver(db, person_id, now=now):
            written += messages.queue(
                db, "swap_settled", to, gaps, key=f"swap_settled:{found['id']}:{news}:{person_id}",
                base_url=base_url, expires_at=clock.from_text(facts["ends_at"]), now=now,
            )  # fmt: skip
    return written


def still_asked(db: Database, request_id: int) -> list[int]:
    """Whom a request still waits for."""
    sql = "SELECT person_id FROM swap_offer WHERE request_id = :id AND state = 'asked' ORDER BY person_id"
    return [row["person_id"] for row in rows(db, sql, id=request_id)]
