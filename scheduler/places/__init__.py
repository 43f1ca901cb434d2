"""Outlets, communities, villages; which unit sponsors which."""

from scheduler.places.register import KINDS, add, add_many, change, found, kinds, place
from scheduler.places.sponsorships import (
    WITHOUT_END,
    change_sponsorship,
    sponsor,
    sponsored_elsewhere,
    sponsorship,
    sponsorship_on,
    sponsorships,
)

__all__ = [
    "KINDS",
    "WITHOUT_END",
    "add",
    "add_many",
    "change",
    "change_sponsorship",
    "found",
    "kinds",
    "place",
    "sponsor",
    "sponsored_elsewhere",
    "sponsorship",
    "sponsorship_on",
    "sponsorships",
]
