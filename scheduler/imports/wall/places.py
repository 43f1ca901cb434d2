"""Which known place a text names: in full, or a short form that is asked."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from scheduler.database import Database, rows
from scheduler.imports.wall.words import bare, squeezed

GENERIC = re.compile(r"(?:支行|分理处|营业厅|营业室|营业部|社区|网点|储蓄所|机关|村|大厅|厅)$")


@dataclass(frozen=True, slots=True)
class Places:
    """The known places: squeezed name → kind, and the names as they are kept."""

    kinds: Mapping[str, str]
    kept: Mapping[str, str]
    answers: Mapping[str, str]
    twice: frozenset[str] = frozenset()  # names that places of several units have

    def answered(self, answers: Mapping[str, str]) -> Places:
        """The same, with what somebody answered of short forms."""
        return replace(self, answers={squeezed(short): squeezed(name) for short, name in answers.items()})

    def named(self, text: str) -> str:
        """The place that a squeezed text is the whole name of, brackets aside; else nothing."""
        for form in (text, bare(text)):
            if form in self.answers:
                return self.answers[form]
            if form in self.kinds:
                return form
        return ""

    def within(self, text: str) -> list[str]:
        """The places whose whole names stand in a squeezed text; one inside a longer one does not count."""
        held = [name for name in self.kinds if name in text]
        return sorted(name for name in held if not any(name != other and name in other for other in held))

    def short(self, text: str) -> list[str]:
        """The places that a squeezed text may be a short form of."""
        form = bare(text)
        stem = GENERIC.sub("", form) or form
        if len(stem) < 2:
            return []
        inside = sorted(name for name in self.kinds if form in name)
        return inside or sorted(name for name in self.kinds if _is_within(stem, name) and _suits(form, name))

    def shortened(self, text: str) -> bool:
        """Whether a squeezed text may be a short form, and is more than a word for a kind of place: 河东, not 社区."""
        return len(GENERIC.sub("", bare(text))) >= 2 and bool(self.short(text))

    def name(self, place: str) -> str:
        """The name as it is kept."""
        return self.kept.get(place, place)


def _is_within(short: str, name: str) -> bool:
    signs = iter(name)
    return all(sign in signs for sign in short)


def _suits(form: str, name: str) -> bool:
    """江北网点 may be 江北支行; 江北社区 may not."""
    generic = GENERIC.search(form)
    return generic is None or generic[0] in ("网点", "厅", "大厅", "营业室", "营业部") or name.endswith(generic[0])


def known(db: Database, below: Iterable[int] | None) -> Places:
    """The places of these units and of those below and above them; all of them without any."""
    found = rows(
        db,
        """
        SELECT place.name, place.kind, place.closed_on
        FROM place
        WHERE :all OR unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:below))
        ) OR unit_id IN (
            SELECT above_id FROM unit_above WHERE unit_id IN (SELECT value FROM json_each(:below))
        ) OR EXISTS (
            SELECT 1 FROM sponsorship
            JOIN unit_above ON unit_above.unit_id = sponsorship.unit_id
            WHERE sponsorship.place_id = place.id AND above_id IN (SELECT value FROM json_each(:below))
        )
        """,
        all=int(below is None),
        below=json.dumps(sorted(below or ())),
    )
    still_open = {row["name"] for row in found if row["closed_on"] is None}
    kept = [row for row in found if row["closed_on"] is None or row["name"] not in still_open]
    return places_of((row["name"], row["kind"]) for row in kept)


def places_of(found: Iterable[tuple[str, str]]) -> Places:
    """The same of pairs of name and kind."""
    pairs = list(found)
    counted = Counter(squeezed(name) for name, _ in pairs)
    twice = frozenset(name for name, count in counted.items() if count > 1)
    return Places(
        {squeezed(name): kind for name, kind in pairs}, {squeezed(name): name for name, _ in pairs}, {}, twice
    )
