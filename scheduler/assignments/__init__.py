"""Who stands which slot: seat, release, fix."""

from scheduler.assignments.checks import warnings
from scheduler.assignments.dropping import Slot, drop, lock
from scheduler.assignments.duties import duties_of
from scheduler.assignments.exchange import hand_over, move, swap
from scheduler.assignments.record import dump
from scheduler.assignments.seating import fix, release, seat, unfix

__all__ = [
    "Slot",
    "drop",
    "dump",
    "duties_of",
    "fix",
    "hand_over",
    "lock",
    "move",
    "release",
    "seat",
    "swap",
    "unfix",
    "warnings",
]
