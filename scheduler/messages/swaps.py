"""Swaps and cover: asked, answered, wanted. Whoever decides upon a swap calls these inside of its transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from scheduler import clock
from scheduler.database import Database, write
from scheduler.messages.queueing import duty_facts, gaps_of, line_of, queue, receiver
from scheduler.wording import Lang, name_of


def ask_swap(
    db: Database, offered_id: int, wanted_id: int, *, key: str, link: str, base_url: str, now: datetime, note: str = ""
) -> int:
    """Ask who stands `wanted_id` whether they would rather stand `offered_id`; gives how many were written to.

    `key` names the request and `link` is where it is answered. Of no use once the earlier duty begins.
    """
    with write(db):
        offered, wanted = duty_facts(db, offered_id), duty_facts(db, wanted_id)
        to = receiver(db, wanted["person_id"], now=now)

        def gaps(lang: Lang) -> dict[str, str]:
            duties = {"offered": line_of(db, offered).text(lang), "wanted": line_of(db, wanted).text(lang)}
            return {**duties, "other": offered["person"], "note": note, "link": link}

        first = clock.from_text(min(offered["starts_at"], wanted["starts_at"]))
        if to is None or first <= now:
            return 0
        return queue(
            db, "swap_asked", to, gaps, key=f"swap_asked:{key}", base_url=base_url, expires_at=first,
            in_group=_own_page(base_url), now=now,
        )  # fmt: skip


def answer_swap(
    db: Database,
    offered_id: int,
    wanted_id: int,
    *,
    is_accepted: bool,
    waits: bool = False,
    key: str,
    base_url: str,
    now: datetime,
    note: str = "",
) -> int:
    """Tell who offered a swap what the other said, and that a coordinator has to approve; gives how many were told."""
    with write(db):
        offered, wanted = duty_facts(db, offered_id), duty_facts(db, wanted_id)
        to = receiver(db, offered["person_id"], now=now)

        def gaps(lang: Lang) -> dict[str, str]:
            duties = {"offered": line_of(db, offered).text(lang), "wanted": line_of(db, wanted).text(lang)}
            answer = name_of("swap_answer", "waits" if waits else "yes" if is_accepted else "no", lang)
            me = f"{base_url.rstrip('/')}/me"
            return {**duties, "other": wanted["person"], "answer": answer, "note": note, "link": me}

        last = clock.from_text(max(offered["ends_at"], wanted["ends_at"]))
        if to is None or last <= now:
            return 0
        return queue(
            db, "swap_answered", to, gaps, key=f"swap_answered:{key}", base_url=base_url, expires_at=last, now=now
        )


def want_cover(
    db: Database,
    assignment_id: int,
    people: Iterable[int],
    *,
    key: str,
    link: str,
    base_url: str,
    now: datetime,
    note: str = "",
) -> int:
    """Ask these people whether one of them would stand in; gives how many were written to, each once."""
    with write(db):
        duty = duty_facts(db, assignment_id)
        starts = clock.from_text(duty["starts_at"])
        if starts <= now:
            return 0

        def gaps(lang: Lang) -> dict[str, str]:
            return {**gaps_of(db, duty, lang, link=link), "other": duty["person"], "note": note}

        found = (receiver(db, person_id, now=now) for person_id in sorted({*people} - {duty["person_id"]}))
        return sum(
            queue(
                db, "cover_wanted", to, gaps,
                key=f"cover_wanted:{key}:{to['person_id']}", base_url=base_url, expires_at=starts,
                in_group=_own_page(base_url), now=now,
            )
            for to in found
            if to is not None
        )  # fmt: skip


def _own_page(base_url: str) -> dict[str, str]:
    """Where one answers who is signed in: in a group anybody could open the link that answers without."""
    return {"link": f"{base_url.rstrip('/')}/me/swaps"}
