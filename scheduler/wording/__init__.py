"""Words the core shows, in Chinese and English: states, messages, refusals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from scheduler.errors import Problem, Refusal
from scheduler.wording.dates import day_text
from scheduler.wording.refusals import REFUSALS
from scheduler.wording.states import STATES

Lang = Literal["zh", "en"]

__all__ = ["STATES", "Lang", "name_of", "sentence", "sentences", "who"]


def sentence(problem: Problem, lang: Lang) -> str:
    """The problem as one sentence; a date among its facts is written out, a state by its name."""
    chinese, english = REFUSALS[problem.code]
    words = {name: _fact(name, fact, lang) for name, fact in problem.facts.items()}
    return (chinese if lang == "zh" else english).format_map(words)


def sentences(refusal: Refusal, lang: Lang) -> list[str]:
    """Every problem of a refusal, one sentence each."""
    return [sentence(problem, lang) for problem in refusal.problems]


def name_of(group: str, state: str, lang: Lang) -> str:
    """What a stored word is called: `name_of("roster", "draft", "zh")` is 草稿."""
    chinese, english = STATES[group][state]
    return chinese if lang == "zh" else english


def who(name: str, lang: Lang) -> str:
    """Whoever did something, as the audit and the ledger name them: a person, or the system itself."""
    return name_of("who", name, lang) if name in STATES["who"] else name


def _fact(name: str, fact: object, lang: Lang) -> str:
    if isinstance(fact, datetime):
        return f"{day_text(fact.date(), lang)} {fact:%H:%M}"
    if isinstance(fact, date):
        return day_text(fact, lang)
    if name in STATES and isinstance(fact, str) and fact in STATES[name]:
        return name_of(name, fact, lang)
    return str(fact)
