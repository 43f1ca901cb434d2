"""Checking in at the place: a code that changes, who came when and left when, with a note and a photo."""

from scheduler.checkins.arriving import Arrival, check_in, leave, void
from scheduler.checkins.codes import DIGITS, SECONDS, Keeper, Shown, is_right, shown, step_of
from scheduler.checkins.photos import BYTES_MOST, NOTE_MOST, add_note, photo_of, prune
from scheduler.checkins.reading import (
    assignment_at,
    contradictions,
    duty,
    is_open,
    may_host,
    moment_of,
    of_shift,
    person_of,
)

__all__ = [
    "BYTES_MOST",
    "DIGITS",
    "NOTE_MOST",
    "SECONDS",
    "Arrival",
    "Keeper",
    "Shown",
    "add_note",
    "assignment_at",
    "check_in",
    "contradictions",
    "duty",
    "is_open",
    "is_right",
    "leave",
    "may_host",
    "moment_of",
    "of_shift",
    "person_of",
    "photo_of",
    "prune",
    "shown",
    "step_of",
    "void",
]
