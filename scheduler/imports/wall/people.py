"""The people that a duty sheet may name, by number, name and mobile, and which known names are near to one."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scheduler.database import Database, Row, rows
from scheduler.imports.wall.words import squeezed


@dataclass(slots=True)
class People:
    """The people a sheet may name."""

    by_number: dict[str, Row]
    by_name: dict[str, list[Row]]
    by_mobile: dict[str, list[Row]]
    units: set[str]
    near: dict[str, set[str]] = field(default_factory=dict)

    def named(self, name: str) -> list[Row]:
        """Everybody who has the name, padding aside."""
        return self.by_name.get(name, [])

    def near_names(self, name: str) -> list[str]:
        """Known names one character off, one too few or too many, or with two that changed places."""
        if not self.near:
            for known in self.by_name:
                for form in _forms(known):
                    self.near.setdefault(form, set()).add(known)
        found = {known for form in _forms(name) for known in self.near.get(form, ())} - {name}
        if len(name) == 2:
            found = {known for known in found if known[0] == name[0] or sorted(known) == sorted(name)}
        return sorted(found)


def _forms(name: str) -> Iterator[str]:
    """What two near names share: each with one character taken for any, one left out, or all in order."""
    if len(name) < 2:
        return
    yield "".join(sorted(name)) + "*"
    for at in range(len(name)):
        yield name[:at] + "?" + name[at + 1 :]
        if len(name) > 2:
            yield name[:at] + name[at + 1 :]
    if len(name) > 2:
        yield name


def known(db: Database, below: Iterable[int] | None) -> People:
    """Everybody in these units and below; everybody without them. Those who left too: a sheet may name them."""
    found = rows(
        db,
        """
        SELECT person.id, person.name, staff_no, left_on, mobile, unit.name AS unit,
            (SELECT group_concat(above.name, '/') FROM unit_above JOIN unit AS above ON above.id = above_id
             WHERE unit_above.unit_id = person.unit_id) AS units
        FROM person JOIN unit ON unit.id = person.unit_id
        WHERE :all OR person.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:below))
        )
        ORDER BY staff_no
        """,
        all=int(below is None),
        below=json.dumps(sorted(below or ())),
    )
    return people_of(found)


def people_of(found: Iterable[Row]) -> People:
    """The same of rows with name, staff_no, left_on, mobile, unit, units (names parted by a slash)."""
    by_name: dict[str, list[Row]] = defaultdict(list)
    by_mobile: dict[str, list[Row]] = defaultdict(list)
    by_number, units = {}, set()
    for row in found:
        by_number[row["staff_no"]] = row
        by_name[squeezed(row["name"])].append(row)
        if row["mobile"]:
            by_mobile[re.sub(r"\D", "", row["mobile"])[-11:]].append(row)
        units |= set((row["units"] or row["unit"] or "").split("/"))
    return People(by_number, dict(by_name), dict(by_mobile), units - {""})
