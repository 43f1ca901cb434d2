"""Who said that they have seen their duty as it is now: by a signed link that can do nothing else, or on their page."""

from scheduler.acknowledgements.answering import Answer, answer, by_link, by_page
from scheduler.acknowledgements.asking import expect, expect_instead, expect_where_told, link
from scheduler.acknowledgements.links import Told, address, read, token
from scheduler.acknowledgements.overview import at, counts, of_roster

__all__ = [
    "Answer",
    "Told",
    "address",
    "answer",
    "at",
    "by_link",
    "by_page",
    "counts",
    "expect",
    "expect_instead",
    "expect_where_told",
    "link",
    "of_roster",
    "read",
    "token",
]
