"""What each lane of a table is: duties of whom, where, in which role; or weekdays, places, times, notes beside them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from scheduler.imports.wall import words
from scheduler.imports.wall.blocks import Block, Label, Lane
from scheduler.imports.wall.dates import date_cell
from scheduler.imports.wall.grid import Cell, Grid
from scheduler.imports.wall.people import People
from scheduler.imports.wall.places import Places
from scheduler.imports.wall.words import Span, bare, spans, squeezed


@dataclass(slots=True)
class Meaning:
    """One lane.

    `kind` is duty, or what it says of the duties beside it: weekday place time starts ends unit number role count note.
    """

    lane: Lane
    kind: str = "duty"
    place: str = ""
    unsure_place: Label | None = None  # a place that is not known, or a short form
    role: str = ""
    role_label: Label | None = None
    span: Span | None = None
    session: str = ""
    person: Label | None = None
    number: str = ""
    unit: str = ""
    headcount: int | None = None
    is_standby: bool = False
    is_odd: bool = False  # its head says nothing of duty


@dataclass(frozen=True, slots=True)
class Table:
    """A table with what it is read against."""

    grid: Grid
    block: Block
    people: People
    places: Places

    def values(self, lane: Lane) -> list[str]:
        """The squeezed texts of a lane, those that say something, a merged one once."""
        seen: set[Cell] = set()
        found = []
        for place in self.block.axis.places:
            cell = self.grid.anchor(*self.block.cell(lane.index, place))
            if cell not in seen and (text := squeezed(self.grid.values.get(cell, ""))):
                found.append(text)
            seen.add(cell)
        return found

    def is_person(self, text: str) -> bool:
        """Whether a text is, or begins with, a known name."""
        plainly = bare(text)
        return plainly in self.people.by_name or any(
            part in self.people.by_name for part in re.split(r"[、,;/&\d]", plainly) if part
        )


def meanings(table: Table) -> list[Meaning]:
    """What every lane of the table is."""
    levels = _levels(table)
    found = [_meaning(table, lane, levels) for lane in table.block.lanes]
    if not any(one.kind == "duty" for one in found):  # numbers stand for people where no name does
        for one in found:
            if (
                one.kind == "number"
                and _share(table.values(one.lane), lambda text: text in table.people.by_number) > 0.5
            ):
                one.kind = "duty"
    return [one for one in found if one.kind != "ignore"]


def _share(texts: list[str], test: Callable[[str], object]) -> float:
    return sum(bool(test(text)) for text in texts) / len(texts) if texts else 0.0


def _levels(table: Table) -> dict[int, str]:
    """What the words of each level of labels are, most of them: place, person, time, number, unit, role, or ignored."""
    texts: dict[int, dict[Cell, str]] = {}
    for lane in table.block.lanes:
        for label in lane.labels:
            if not _beside_the_point(label.text):
                texts.setdefault(label.level, {})[label.cell] = label.text
    found = {}
    body_is_people = _body_is_people(table)
    for level, labels in texts.items():
        head = bare(table.block.heads.get(level, "")).lower()
        found[level] = _level(table, list(labels.values()), head, body_is_people=body_is_people)
    if sum(kind == "person" for kind in found.values()) > 1:
        first = next(level for level, kind in found.items() if kind == "person")
        found = {level: "ignore" if kind == "person" and level != first else kind for level, kind in found.items()}
    return found


def _beside_the_point(text: str) -> bool:
    text = bare(text) or text
    return bool(
        words.WEEKDAY_HEAD.fullmatch(text) or (words.NOT_DUTY_HEAD.fullmatch(text) and not text.isdigit())
        or (words.DATE_HEAD.fullmatch(text) and text != "时间")
    )  # fmt: skip


def _body_is_people(table: Table) -> bool:
    """Whether names stand in the body, rather than marks."""
    texts = [text for lane in table.block.lanes for text in table.values(lane)]
    texts = [text for text in texts if not words.OFF.fullmatch(text)]
    return _share(texts, table.is_person) > 0.3


def _level(table: Table, texts: list[str], head: str, *, body_is_people: bool) -> str:
    if words.NUMBER_HEAD.fullmatch(head) or _share(texts, lambda text: text in table.people.by_number) >= 0.5:
        return "number"
    if all(text.replace(".", "").isdigit() for text in texts) or (head and words.NOT_DUTY_HEAD.fullmatch(head)):
        return "ignore"
    if _share(texts, table.places.named) >= 0.5:
        return "place"
    if _share(texts, lambda text: spans(text) or words.session(text)) >= 0.5:
        return "time"
    if _share(texts, table.is_person) >= 0.5:
        return "ignore" if body_is_people else "person"
    if head and words.PLACE_HEAD.fullmatch(head) and not words.PERSON_HEAD.fullmatch(head):
        return "place"
    if head and words.PERSON_HEAD.fullmatch(head) and not body_is_people:
        return "person"
    if (head and words.UNIT_HEAD.fullmatch(head)) or _share(texts, lambda text: text in table.people.units) >= 0.5:
        return "unit" if not (_share(texts, table.places.short) >= 0.5) else "place"
    if _share(texts, lambda text: not _is_role(bare(text)) and table.places.shortened(text)) >= 0.5:
        return "place"
    return "place" if _share(texts, table.places.named) >= 0.3 else "role"


def _is_role(text: str) -> bool:
    return bool(words.ORDINARY.fullmatch(text) or words.ROLE_LIKE.fullmatch(text))


def _meaning(table: Table, lane: Lane, levels: dict[int, str]) -> Meaning:
    found = Meaning(lane)
    for label in lane.labels:
        _take(table, found, label, levels.get(label.level, "role"))
        if found.kind != "duty":
            return found
    if not lane.labels or not table.block.axis.across:
        kind = _by_content(table, lane, found)
        if kind:
            found.kind = kind
    return found


def _take(table: Table, found: Meaning, label: Label, kind: str) -> None:
    """Add what one label says to what is known of its lane."""
    text = label.text
    plainly = bare(text)
    across = table.block.axis.across
    if _beside_the_point(text):
        found.kind = _aside(plainly or text)
    elif kind == "ignore":
        return
    elif kind == "number":
        found.number = text
    elif kind == "unit" and across:
        found.unit = text
    elif kind == "person":
        found.person = label
    elif place := table.places.named(text):
        found.place = place
    elif kind == "place":
        found.unsure_place = label
    elif not across and words.NUMBER_HEAD.fullmatch(plainly):
        found.kind = "number"
    elif not across and (kind == "unit" or plainly in table.people.units):
        found.unit = plainly
    else:
        _role_or_time(table, found, label)


def _aside(text: str) -> str:
    if words.WEEKDAY_HEAD.fullmatch(text):
        return "weekday"
    if words.COUNT_HEAD.fullmatch(text):
        return "count"
    return "note" if words.NOTE_HEAD.fullmatch(text) or "代班" in text else "ignore"


def _role_or_time(table: Table, found: Meaning, label: Label) -> None:
    text, plainly = label.text, bare(label.text)
    if said := spans(text):
        found.span = said[0]
    if half := words.session(text):
        found.session = half
        return
    if count := words.HEADCOUNT.search(text):
        found.headcount = int(count[1])
    inside = table.places.within(plainly)
    if len(inside) == 1:
        found.place = inside[0]
        plainly = plainly.replace(inside[0], "")
    word = words.SPAN.sub("", plainly)
    if not word or (said and not word.strip(":、")):
        return
    if words.STANDBY.search(text):
        found.is_standby = True
    found.role, found.role_label = words.role_of(word), label
    found.is_odd = not _is_role(word)


def _by_content(table: Table, lane: Lane, found: Meaning) -> str:
    """What a lane is by what stands in it, and by its head; nothing where it holds duties."""
    values = table.values(lane)
    head = bare(lane.labels[-1].text).lower() if lane.labels and not table.block.axis.across else ""
    if values and _share(values, lambda text: (cell := date_cell(text)) and cell.kind == "weekday") >= 0.8:
        return "weekday"
    if values and _share(values, table.is_person) >= 0.3:
        return ""
    if words.UNIT_HEAD.fullmatch(head) and not _share(values, table.places.named) >= 0.5:
        return "unit"
    if values and _share(values, table.places.named) >= 0.5 and found.person is None:
        return "place"
    if (
        head
        and words.PLACE_HEAD.fullmatch(head)
        and not found.place
        and found.unsure_place is None
        and found.person is None
    ):
        return "place"
    if values and _share(values, lambda text: spans(text) or words.session(text)) >= 0.6:
        return "time"
    for kind, said in (("starts", words.STARTS_HEAD), ("ends", words.ENDS_HEAD)):
        if said.fullmatch(head):
            return kind
    if head and words.TIME_HEAD.fullmatch(head) and not found.span:
        return "time"
    if head and words.ROLE_HEAD.fullmatch(head):
        return "role"
    if values and _share(values, lambda text: text.replace("-", "").isdigit()) >= 0.8 and found.person is None:
        known = _share(values, lambda text: text in table.people.by_number) >= 0.5
        return "number" if known else "ignore"
    return ""
