"""What a batch of seats left out, told in one flash."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.assignments.batch import Spoken
from web.filters import day, sentence, t

NAMED = 5  # before the rest is only counted


def left_out(found: Sequence[Spoken]) -> str:
    """How many seats were left out; the first of them by line, day, place and cause."""
    named = " ".join(_named(one) for one in found[:NAMED])
    return t("{n} 处没有排入：{named}", "{n} left out: {named}", n=len(found), named=named)


def _named(one: Spoken) -> str:
    """A cause of a rule does not name the person; one of a fact does, and says it twice rather than not at all."""
    line = t("第 {n} 行 ", "row {n}, ", n=one.row) if one.row else ""
    causes = " ".join(sentence(problem) for problem in one.problems)
    return t(
        "{line}{day} {place} {person}：{causes}",
        "{line}{day} {place}, {person}: {causes}",
        line=line,
        day=day(one.day),
        place=one.place,
        person=one.person,
        causes=causes,
    )
