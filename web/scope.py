"""What the reader coordinates: the units whose things a list may show and a form may choose."""

from __future__ import annotations

from flask import g, request

from scheduler import accounts, people
from scheduler.accounts import Role
from scheduler.database import Row
from web import session
from web.filters import today
from web.forms import Form


def tops() -> list[int]:
    """The units that the reader coordinates directly, or on a page that is only read: may read. Each stands for its
    whole subtree."""
    return [unit["id"] for unit in session.tops(_asked())]


def _asked() -> Role:
    """What a list is limited by: looking needs less than changing."""
    if g.role in accounts.READING:
        asked: Role = g.role
        return asked
    return "reader" if g.role == "staff" and request.method == "GET" else "coordinator"


def units() -> list[Row]:
    """Every unit that the reader coordinates, once, in tree order."""
    found: dict[int, Row] = {}
    for top in tops():
        for unit in people.units(g.db, top, on=today()):
            found.setdefault(unit["id"], unit)
    return list(found.values())


def options(within: list[Row]) -> list[tuple[int, str]]:
    """Units for a select, set in by their depth."""
    return [(unit["id"], "　" * unit["depth"] + unit["name"]) for unit in within]


def asked_unit(form: Form, name: str) -> int | None:
    """The unit that a list is narrowed to: one that the reader may look at, or None."""
    unit_id = form.id_or_none(name)
    return unit_id if unit_id and session.may(_asked(), unit_id) else None


def chosen_unit(form: Form, name: str, *, held: int | None = None) -> int:
    """The unit that a form chose; one that the reader does not coordinate is as good as none. `held` may stay."""
    unit_id = form.id(name)
    if unit_id != held and not is_coordinated(unit_id):
        form.wrong(name, "unknown_unit")
    return unit_id


def chosen_person(form: Form, name: str, *, held: int | None = None) -> int | None:
    """The person whose staff number was given, or None; `held` may stay, others are the reader's own people."""
    staff_no = form.text(name, most=40)
    if not staff_no:
        return None
    person = people.by_staff_no(g.db, [staff_no]).get(staff_no)
    if person is None or (person["id"] != held and not is_coordinated(person["unit_id"])):
        form.wrong(name, "unknown_person")
        return None
    return int(person["id"])


def is_coordinated(unit_id: int) -> bool:
    """Whether the reader coordinates the unit."""
    return session.may("coordinator", unit_id)
