"""What may stand in a unit's and a person's fields: tidied where that is safe, refused in words where not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import date

from scheduler import fields
from scheduler.database import Row
from scheduler.errors import Problem
from scheduler.wording import STATES

ROLES = tuple(STATES["role"])
UNIT_KINDS = tuple(STATES["unit_kind"])
AWAY_KINDS = tuple(STATES["away_kind"])
LANGUAGES = ("zh", "en")

NAME_MOST = 60
UNIT_NAME_MOST = 60
STAFF_NO_MOST = 32
MOBILE_MOST = 40
EMAIL_MOST = 254  # RFC 5321, 4.5.3.1.3: a path of 256 with its brackets
SKILL_MOST = 30
SKILLS_MOST = 20
NOTE_MOST = 200
WEEK_MOST = 14  # two duties a day

STAFF_NO = re.compile(r"\w[\w./-]*")
EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)
CHINESE = re.compile(r"[㐀-鿿豈-﫿\ue000-\uf8ff\U00020000-\U000323af·•]+")


@dataclass(slots=True)
class Checked:
    """Columns as they may be stored, and what is wrong with them: nothing is stored while there is a problem."""

    columns: Row = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, code: str, name: str, **facts: object) -> None:
        """Note that a field is wrong."""
        self.problems.append(Problem(code, name, None, facts))

    def text(self, name: str, given: str, most: int, *, required: bool = False) -> None:
        """Take a line of text, trimmed."""
        self.columns[name] = given.strip()
        self.problems += fields.text(name, self.columns[name], most=most, required=required)

    def choice(self, name: str, given: str, choices: Container[str]) -> None:
        """Take one of a few stored words."""
        self.columns[name] = given
        self.problems += fields.choice(name, given, choices)


def unit_fields(*, name: str, kind: str, district: str) -> Checked:
    """A unit's own fields."""
    checked = Checked()
    checked.text("name", name, UNIT_NAME_MOST, required=True)
    checked.choice("kind", kind, UNIT_KINDS)
    checked.text("district", district, UNIT_NAME_MOST)
    return checked


def person_fields(given: Row) -> Checked:
    """A person's fields; `columns` holds `skills` as a sorted list beside the table's own columns.

    `given` has every field of `people.add` but the unit.
    """
    checked = Checked()
    checked.text("staff_no", plain_staff_no(given["staff_no"]), STAFF_NO_MOST, required=True)
    checked.text("name", plain_name(given["name"]), NAME_MOST, required=True)
    checked.choice("role", given["role"], ROLES)
    checked.columns["party"] = int(given["party"])
    checked.text("email", given["email"], EMAIL_MOST)
    checked.text("mobile", given["mobile"], MOBILE_MOST)
    checked.choice("lang", given["lang"], LANGUAGES)
    _check_staff_no(checked)
    _check_email(checked)
    _check_skills(checked, given["skills"])
    _check_dates(checked, given["joined_on"], given["left_on"])
    _check_week(checked, given["max_per_week"])
    return checked


def plain_name(name: str) -> str:
    """A name without the padding that lists use: `王　磊` is 王磊, `Li  Na` is Li Na."""
    parts = name.split()
    joined = "".join(parts)
    return joined if CHINESE.fullmatch(joined) else " ".join(parts)


def plain_staff_no(staff_no: str) -> str:
    """A staff number with full-width characters written as ordinary ones, so that one number cannot stand twice."""
    return unicodedata.normalize("NFKC", staff_no).strip()


def _check_staff_no(checked: Checked) -> None:
    staff_no = checked.columns["staff_no"]
    if staff_no and not STAFF_NO.fullmatch(staff_no):
        checked.refuse("bad_staff_no", "staff_no", text=staff_no)


def _check_email(checked: Checked) -> None:
    email = checked.columns["email"]
    if email and not EMAIL.fullmatch(email):
        checked.refuse("bad_email", "email", text=email)


def _check_skills(checked: Checked, given: Iterable[str]) -> None:
    skills = sorted({skill.strip() for skill in given} - {""})
    if len(skills) > SKILLS_MOST:
        checked.refuse("too_many_skills", "skills", most=SKILLS_MOST)
    for skill in skills:
        checked.text("skills", skill, SKILL_MOST)
    checked.columns["skills"] = skills


def _check_dates(checked: Checked, joined_on: date, left_on: date | None) -> None:
    checked.columns["joined_on"] = joined_on.isoformat()
    checked.columns["left_on"] = left_on.isoformat() if left_on else None
    if left_on and left_on < joined_on:
        checked.refuse("left_before_joined", "left_on")


def _check_week(checked: Checked, max_per_week: int | None) -> None:
    checked.columns["max_per_week"] = max_per_week
    if max_per_week is not None:
        checked.problems += fields.number("max_per_week", max_per_week, 0, WEEK_MOST)
