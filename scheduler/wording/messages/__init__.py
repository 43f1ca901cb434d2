"""Messages that leave the house, in Chinese and English: built-in texts, their gaps, and what fills them."""

from __future__ import annotations

from scheduler.wording.messages.duties import Changed, DutyFacts, DutyLine, Lang, PlaceFacts
from scheduler.wording.messages.filling import BODY_MOST, SUBJECT_MOST, body_of, faults, names_in, subject_of
from scheduler.wording.messages.gaps import GAPS, IN_A_GROUP
from scheduler.wording.messages.signin import password_link, signin_link
from scheduler.wording.messages.texts import TEXTS, Text

__all__ = [
    "BODY_MOST",
    "GAPS",
    "IN_A_GROUP",
    "SUBJECT_MOST",
    "TEXTS",
    "Changed",
    "DutyFacts",
    "DutyLine",
    "PlaceFacts",
    "Text",
    "body_of",
    "built_in",
    "faults",
    "names_in",
    "password_link",
    "reminder",
    "signin_link",
    "subject_of",
]


def built_in(kind: str, gaps: dict[str, str], lang: Lang) -> tuple[str, str]:
    """The built-in subject and body of a kind of message with their gaps filled."""
    subject, body = TEXTS[kind].of(lang)
    return subject_of(subject, gaps), body_of(body, gaps)


def reminder(duty: DutyFacts, lang: Lang) -> tuple[str, str]:
    """The subject and the text that remind a person of one duty, as they are built in."""
    return built_in("reminder", duty.gaps(lang), lang)
