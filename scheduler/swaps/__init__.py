"""Changing who stands, with consent: a swap or cover is asked for, accepted, approved, and done at once."""

from datetime import datetime

from scheduler.config import Duty
from scheduler.database import Database
from scheduler.swaps.able import Able, able
from scheduler.swaps.answering import accept, approve, decline, refuse
from scheduler.swaps.asking import NOTE_MOST, PEOPLE_MOST, ask, withdraw
from scheduler.swaps.following import follow_due
from scheduler.swaps.going_on import go_on_due
from scheduler.swaps.lapsing import lapse_due
from scheduler.swaps.links import link, offer_of
from scheduler.swaps.lists import asked_of, counts_for, duty_of, listing, of_duty, offer, own, waiting_in, with_effects
from scheduler.swaps.policy import BOUNDS, Policy, needs_approval, organisations, policy, set_approval, set_policy
from scheduler.swaps.reading import seat_of

__all__ = [
    "BOUNDS",
    "NOTE_MOST",
    "PEOPLE_MOST",
    "Able",
    "Policy",
    "able",
    "accept",
    "approve",
    "ask",
    "asked_of",
    "counts_for",
    "decline",
    "duty_of",
    "follow_due",
    "go_on_due",
    "lapse_due",
    "link",
    "listing",
    "needs_approval",
    "of_duty",
    "offer",
    "offer_of",
    "organisations",
    "own",
    "policy",
    "refuse",
    "seat_of",
    "set_approval",
    "set_policy",
    "settle_due",
    "waiting_in",
    "with_effects",
    "withdraw",
]


def settle_due(db: Database, *, base_url: str, secret_key: str, now: datetime, duty: Duty | None = None) -> int:
    """What is due at open requests: those whose duty was moved follow it, what is dead ends, others are asked."""
    followed = follow_due(db, base_url=base_url, secret_key=secret_key, now=now, duty=duty)
    ended = lapse_due(db, base_url=base_url, now=now)
    return followed + ended + go_on_due(db, base_url=base_url, secret_key=secret_key, now=now, duty=duty)
