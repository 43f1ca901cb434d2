"""Who is told what of a request: the asked get their link, the others what became of it, each once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from scheduler import clock, messages
from scheduler.database import Database, Row, one, rows, value
from scheduler.swaps.links import link
from scheduler.swaps.reading import seat
from scheduler.wording import Lang, name_of


def tell_asked(
    db: Database, own: Row, offers: Iterable[int], note: str, *, again: str = "", base_url: str, secret_key: str,
    now: datetime,
) -> int:  # fmt: skip
    """Write to everybody whom these questions are put to, with the link where they answer; gives to how many.

    Each once; once more where `again` says of which change. Nobody where `base_url` is empty.
    """
    told = 0
    for offer_id in offers if base_url else ():
        asked = one(db, "SELECT id, person_id, shift_id FROM swap_offer WHERE id = :id", id=offer_id) or {}
        key, answer_at = f"{offer_id}:{again}" if again else str(offer_id), link(base_url, secret_key, offer_id)
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


def tell_answer(db: Database, found: Row, asked: Row, is_accepted: bool, *, base_url: str, now: datetime) -> int:
    """Tell who asked what was answered, where that is not yet done: in a swap with both duties."""
    theirs = asked["shift_id"] and _last(db, asked["shift_id"], asked["person_id"])
    own = _last(db, found["shift_id"], found["person_id"])
    is_only = value(db, "SELECT COUNT(*) FROM swap_offer WHERE request_id = :id", id=found["id"]) == 1
    if not (base_url and theirs and own and (is_accepted or is_only)):
        news = "accepted" if is_accepted else "declined"
        return tell(db, found, [found["person_id"]], news, asked["person"], base_url=base_url, now=now)
    key = f"{found['id']}:{asked['id']}:{clock.to_text(now)}"
    return messages.answer_swap(
        db, own, theirs, is_accepted=is_accepted, waits=is_accepted, key=key, base_url=base_url, now=now
    )


def tell_coordinators(db: Database, found: Row, asked: Row, *, base_url: str, now: datetime) -> int:
    """Tell the nearest coordinators what waits for their approval, once for each answer; gives how many."""
    assignment_id = _last(db, found["shift_id"], found["person_id"])
    if not base_url or assignment_id is None:
        return 0
    facts = messages.duty_facts(db, assignment_id)
    theirs = asked["shift_id"] and messages.duty_facts(db, _last(db, asked["shift_id"], asked["person_id"]) or 0)

    def gaps(lang: Lang) -> dict[str, str]:
        at = f"{base_url.rstrip('/')}/swaps#swap-{found['id']}"
        return {
            **messages.gaps_of(db, facts, lang, link=at),
            "asker": found["person"],
            "other": asked["person"],
            "wanted": messages.line_of(db, theirs).text(lang) if theirs else "",
            "note": found["note"],
        }

    starts = min(row["starts_at"] for row in (facts, theirs) if row)
    return sum(
        messages.queue(
            db, "swap_waits", to, gaps, key=f"swap_waits:{asked['id']}:{clock.to_text(now)}:{to['person_id']}",
            base_url=base_url, expires_at=clock.from_text(starts), now=now,
        )
        for to in messages.coordinators(db, found["unit_id"], now=now)
        if to["person_id"] not in (found["person_id"], asked["person_id"])
    )  # fmt: skip


def tell(db: Database, found: Row, people: Iterable[int], news: str, other: str, *, base_url: str,
         now: datetime) -> int:  # fmt: skip
    """Tell these people what became of a request, once each; gives to how many. Nobody where `base_url` is empty."""
    assignment_id = _last(db, found["shift_id"], found["person_id"])
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
                db, "swap_settled", to, gaps, key=f"swap_settled:{found['id']}:{news}{_again(found)}:{person_id}",
                base_url=base_url, expires_at=clock.from_text(facts["ends_at"]), now=now,
            )  # fmt: skip
    return written


def still_asked(db: Database, request_id: int) -> list[int]:
    """Whom a request still waits for."""
    sql = "SELECT person_id FROM swap_offer WHERE request_id = :id AND state = 'asked' ORDER BY person_id"
    return [row["person_id"] for row in rows(db, sql, id=request_id)]


def _last(db: Database, shift_id: int, person_id: int) -> int | None:
    """The assignment that says who stood or was to stand it, whatever became of it."""
    sql = "SELECT MAX(id) AS id FROM assignment WHERE shift_id = :shift_id AND person_id = :person_id"
    found = one(db, sql, shift_id=shift_id, person_id=person_id)
    return int(found["id"]) if found and found["id"] else None


def _again(found: Row) -> str:
    """What is told once of each request is told once more after its duty was moved."""
    return f":{found['moved_at']}" if found["moved_at"] else ""
