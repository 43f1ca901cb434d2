"""Who is told: the other administrators of a request, its asker of the decision; once each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from scheduler import clock, messages
from scheduler.approvals import reading
from scheduler.audit import Actor
from scheduler.database import Database, Row
from scheduler.wording import Lang, name_of
from scheduler.wording.approvals import what

ANSWER_LASTS = timedelta(days=3)


def tell_others(db: Database, held: Row, *, base_url: str, by: Actor, now: datetime) -> int:
    """Tell every other administrator over the unit; gives how many. Inside of `write`."""
    key, until = f"second_asked:{held['id']}", clock.from_text(held["expires_at"])
    return sum(
        messages.queue(
            db, "second_asked", to, _gaps(held, base_url), key=f"{key}:{to['person_id']}", base_url=base_url,
            expires_at=until, now=now,
        )
        for to in reading.others(db, held["unit_id"], by, now=now)
    )  # fmt: skip


def tell_asker(db: Database, held: Row, *, base_url: str, now: datetime) -> int:
    """Tell who asked what was decided. Inside of `write`."""
    to = messages.receiver(db, held["asked_by"], now=now)
    if to is None:
        return 0
    return messages.queue(
        db, "second_decided", to, _gaps(held, base_url), key=f"second_decided:{held['id']}", base_url=base_url,
        expires_at=now + ANSWER_LASTS, now=now,
    )  # fmt: skip


def _gaps(held: Row, base_url: str) -> Callable[[Lang], dict[str, str]]:
    def gaps(lang: Lang) -> dict[str, str]:
        return {
            "other": held["decider"] or held["asker"],
            "act": what(held["act"], held["facts"], lang),
            "why": held["note"] if held["decider"] else held["reason"],
            "answer": name_of("approval", held["state"], lang),
            "link": f"{base_url.rstrip('/')}/approvals",
        }

    return gaps
