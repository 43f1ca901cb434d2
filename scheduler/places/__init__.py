"""Outlets, communities, villages; which unit sponsors which."""

from scheduler.places.register import KINDS, add, add_many, change, found, kinds, place
from scheduler.places.sponsorships import change_sponsorship, sponsor, sponsorship, sponsorship_on, sponsorships

__all__ = [
    "KINDS",
    "add",
    "add_many",
    "change",
    "change_sponsorship",
    "found",
    "kinds",
    "place",
    "sponsor",
    "sponsorship",
    "sponsorship_on",
    "sponsorships",
]
