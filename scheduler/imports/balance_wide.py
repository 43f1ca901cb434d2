"""Opening balances with a line a person and a column an activity, read as lines of a person and an activity each."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scheduler.errors import Invalid, Problem
from scheduler.imports import cells, heads
from scheduler.imports.balance_cells import COUNT, Known, activity_named
from scheduler.imports.heads import Head, Vocabulary
from scheduler.imports.sheets import MOST_ABOVE, Line

COUNTED = re.compile(r"(?:累计|结转)?(?:人次|次数)$")
TOTALS = {
    "合计",
    "总计",
    "共计",
    "合计人次",
    "合计次数",
    "总人次",
    "总次数",
    "累计",
    "累计人次",
    "累计次数",
    "total",
    "sum",
}
COUNTS, HOURS = {"人次", "次数", "累计人次", "累计次数"}, {"小时", "小时数", "时长", "累计小时"}
ASIDE = {"序号", "备注", "说明", "电话", "手机", "排名", "名次", "no", "note"}
SEEN = 300  # lines that tell whether a column counts
NOTHING = {"", "-", "—", "——", "/", "无"}


@dataclass(frozen=True, slots=True)
class Wide:
    """The head's line, the columns that say who, where and when, and those of activities, their hours and the total."""

    line: Line
    columns: dict[str, list[int]]
    activities: dict[int, str]
    hours: dict[str, int]
    total: int | None


def asked(found: Wide, lines: Sequence[Line], who: Known) -> list[Problem]:
    """Heads that are no activity which is known, asked once at the head; and lines whose own sum contradicts them."""
    names = "、".join(dict.fromkeys(row["name_zh"] for row in who.activities.values()))
    strange = [
        Problem("balance_unknown_activity", f"{heads.letters(column)} {said}", found.line.number,
                {"text": said, "names": names})
        for column, said in found.activities.items() if activity_named(who, said) is None
    ]  # fmt: skip
    if found.total is None:
        return strange
    label = f"{heads.letters(found.total)} {cells.text(found.line.cells[found.total])}"
    for line in lines:
        summed = sum(count for column in found.activities if (count := _count(line, column)))
        said = _count(line, found.total)
        if said and said != summed:  # none, or the 0 of a formula that nobody computed, says nothing
            strange.append(Problem("balance_sum_differs", label, line.number, {"n": said, "sum": summed}))
    return strange


def unfolded(
    found: Wide, head: Head, lines: Sequence[Line], asked: Sequence[Problem]
) -> list[tuple[Head, Line]]:  # fmt: skip
    """Each activity of a person's line that has a count, as a line of its own, with the head that fits it."""
    doubtful = {problem.row for problem in asked}
    strange = {problem.facts["text"] for problem in asked if problem.code == "balance_unknown_activity"}
    width = len(head.line.cells)
    own: dict[int, Head] = {}
    for column, activity in found.activities.items():
        if activity not in strange:
            more = {"count": [column], "activity": [width]}
            if activity in found.hours:
                more["hours"] = [found.hours[activity]]
            own[column] = dataclasses.replace(head, columns=head.columns | more)
    return [
        (one, Line(line.number, [*held, found.activities[column]]))
        for line in lines
        if line.number not in doubtful and (held := [*line.cells, *[""] * width][:width])
        for column, one in own.items()
        if cells.text(held[column]) not in NOTHING
    ]


def wide(lines: Sequence[Line], known: Vocabulary) -> Wide | None:
    """The head of a wide list; None where it is none: nobody's column, one of activities, or nothing that counts."""
    top, lines = lines[:MOST_ABOVE], lines[:SEEN]
    best = None
    for over, under in itertools.pairwise([Line(0, []), *top]):
        found = _read(over, under, lines, known)
        if found and (best is None or found.line.number == best.line.number + 1):  # of a head of two lines the lower
            best = found
    return best


def below(found: Wide, lines: Sequence[Line]) -> list[Line]:
    """The lines below the head; a head repeated on each printed page is left out."""
    own = [line for line in lines if line.number > found.line.number and line.cells[:2] != found.line.cells[:2]]
    if not own:
        raise Invalid("no_people_in_list")
    return own


def _read(over: Line, under: Line, lines: Sequence[Line], known: Vocabulary) -> Wide | None:
    columns: dict[str, list[int]] = {}
    activities: dict[int, str] = {}
    hours: dict[str, int] = {}
    total = None
    shown: list[Any] = []
    if len({cells.text(cell) for cell in over.cells} - {""}) == 1:  # a title, perhaps merged over all
        over = Line(over.number, [])
    for column, (high, low) in enumerate(itertools.zip_longest(over.cells, under.cells, fillvalue="")):
        above, said = heads.word(high), heads.word(low)
        shown.append(low if said else high)
        field = known.field_of(low if said else high)
        if (above in TOTALS and said in COUNTS | HOURS) or (
            said in TOTALS and not (said in COUNTS and _is_free(above, known))
        ):
            total = total if said in HOURS else column
        elif said in COUNTS and _is_free(above, known):
            activities[column] = cells.text(high)
        elif said in HOURS and _is_free(above, known):
            hours[cells.text(high)] = column
        elif field in ("activity", "count"):
            return None
        elif field:
            columns.setdefault(field, []).append(column)
        elif _is_free(said, known) and _counts(column, under, lines):
            activities[column] = COUNTED.sub("", cells.text(low)) or cells.text(low)
    if not (columns.keys() & {"name", "staff_no"}) or not activities:
        return None
    if any(len(held) > 1 for field, held in columns.items() if field != "unit"):
        return None
    return Wide(Line(under.number, shown), columns, activities, hours, total)


def _is_free(said: str, known: Vocabulary) -> bool:
    """Whether a word of a head may be an activity's: none that says what else a column is, and no number."""
    return bool(said) and said not in ASIDE | TOTALS and not known.field_of(said) and not said[0].isdigit()


def _counts(column: int, head: Line, lines: Sequence[Line]) -> bool:
    """Whether a column below the head holds counts and nothing else, and one at least."""
    said = [cells.text(line.cells[column]) for line in lines if line.number > head.number and column < len(line.cells)]
    counts = [text for text in said if text not in NOTHING]
    fit = sum(bool(COUNT.fullmatch(text)) and len(text) <= 6 for text in counts)
    return fit > 0 and fit * 2 >= len(counts)


def _count(line: Line, column: int | None) -> int | None:
    said = cells.text(line.cells[column]) if column is not None and column < len(line.cells) else ""
    found = COUNT.fullmatch("".join(said.replace(",", "").split()))
    return int(found[1]) if found else None
