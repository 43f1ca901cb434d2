"""Seats opened for sign-up: who may take them, who waits for one, and who gets it."""

from scheduler.openings.calling import call_up
from scheduler.openings.lists import counts_for, listing, of_person, of_shift, shift_of, shift_of_sign_up, signed_up
from scheduler.openings.mending import call_off, free_seat
from scheduler.openings.opening import NOTE_MOST, RULES, SEATS_MOST, close, open_seats
from scheduler.openings.reading import free_slots
from scheduler.openings.seating import seat_by_hand
from scheduler.openings.settling import settle_due
from scheduler.openings.taking import leave, take

__all__ = [
    "NOTE_MOST",
    "RULES",
    "SEATS_MOST",
    "call_off",
    "call_up",
    "close",
    "counts_for",
    "free_seat",
    "free_slots",
    "leave",
    "listing",
    "of_person",
    "of_shift",
    "open_seats",
    "seat_by_hand",
    "settle_due",
    "shift_of",
    "shift_of_sign_up",
    "signed_up",
    "take",
]
