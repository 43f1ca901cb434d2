"""Changing who stands, with consent: a swap or cover is asked for, accepted, approved, and done at once."""

from scheduler.swaps.able import Able, able
from scheduler.swaps.answering import accept, approve, decline, refuse
from scheduler.swaps.asking import NOTE_MOST, PEOPLE_MOST, ask, withdraw
from scheduler.swaps.lapsing import lapse_due
from scheduler.swaps.links import link, offer_of
from scheduler.swaps.lists import asked_of, counts_for, duty_of, listing, of_duty, offer, own, waiting_in
from scheduler.swaps.policy import needs_approval, organisations, set_approval
from scheduler.swaps.reading import seat_of

__all__ = [
    "NOTE_MOST",
    "PEOPLE_MOST",
    "Able",
    "able",
    "accept",
    "approve",
    "ask",
    "asked_of",
    "counts_for",
    "decline",
    "duty_of",
    "lapse_due",
    "link",
    "listing",
    "needs_approval",
    "of_duty",
    "offer",
    "offer_of",
    "organisations",
    "own",
    "refuse",
    "seat_of",
    "set_approval",
    "waiting_in",
    "withdraw",
]
