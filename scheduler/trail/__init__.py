"""The audit as it is read: filtered, within a subtree of units, each row in words."""

from scheduler.trail.names import names
from scheduler.trail.reading import Asked, Page, found, page, subjects
from scheduler.trail.words import Fact, act_words, fact_words, in_words, subject_words

__all__ = [
    "Asked",
    "Fact",
    "Page",
    "act_words",
    "fact_words",
    "found",
    "in_words",
    "names",
    "page",
    "subject_words",
    "subjects",
]
