"""What the objects of a problem say of each other: ids that are unique, and that exist."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from scheduler.rotation.problem import Problem

Faults = Iterator[tuple[str, str]]


def reference_faults(problem: Problem) -> list[tuple[str, str]]:
    """Every fault as (object and field, what is wrong); none if the problem is sound."""
    return [
        *_calendar(problem),
        *_repeated("units", (unit.id for unit in problem.units)),
        *_repeated("places", (place.id for place in problem.places)),
        *_repeated("staff", (person.id for person in problem.staff)),
        *_repeated("duties", (duty.id for duty in problem.duties)),
        *_repeated("quotas", (quota.id for quota in problem.quotas)),
        *_units_and_places(problem),
        *_people(problem),
        *_duties(problem),
    ]


def _calendar(problem: Problem) -> Faults:
    if len(problem.calendar) != problem.days:
        yield "calendar", f"lists {len(problem.calendar)} days of a period of {problem.days}"
        return
    for at, day in enumerate(problem.calendar):
        expected = problem.start + timedelta(days=at)
        if day.date != expected:
            yield f"calendar[{at}].date", f"is {day.date}, not {expected}: one a day, in order"


def _repeated(name: str, ids: Iterable[str]) -> Faults:
    seen = set()
    for at, one in enumerate(ids):
        if one in seen:
            yield f"{name}[{at}] ({one}).id", "appears twice"
        seen.add(one)


def _units_and_places(problem: Problem) -> Faults:
    units = {unit.id for unit in problem.units}
    places = {place.id for place in problem.places}
    for unit, place in problem.travel:
        if unit not in units:
            yield "travel", f"no such unit: {unit}"
        if place not in places:
            yield "travel", f"no such place: {place}"
    for at, person in enumerate(problem.staff):
        if person.unit not in units:
            yield f"staff[{at}] ({person.id}).unit", f"no such unit: {person.unit}"
    for at, duty in enumerate(problem.duties):
        if duty.place not in places:
            yield f"duties[{at}] ({duty.id}).place", f"no such place: {duty.place}"
    for at, wish in enumerate(problem.preferences):
        if wish.match.place is not None and wish.match.place not in places:
            yield f"preferences[{at}].match.place", f"no such place: {wish.match.place}"


def _people(problem: Problem) -> Faults:
    staff = {person.id for person in problem.staff}
    for name, rows in (("leave", problem.leave), ("carry_in", problem.carry_in)):
        for at, row in enumerate(rows):
            if row.staff not in staff:
                yield f"{name}[{at}].staff", f"no such person: {row.staff}"
            if row.end <= row.start:
                yield f"{name}[{at}].end", "is not after its start"
    for at, wish in enumerate(problem.preferences):
        if wish.staff not in staff:
            yield f"preferences[{at}].staff", f"no such person: {wish.staff}"


def _duties(problem: Problem) -> Faults:
    last = problem.start + timedelta(days=problem.days - 1)
    for at, duty in enumerate(problem.duties):
        path = f"duties[{at}] ({duty.id})"
        if duty.end <= duty.start:
            yield f"{path}.end", "is not after its start"
        if not problem.start <= duty.start.date() <= last:
            yield f"{path}.start", f"{duty.start} is outside the period"
        yield from _repeated(f"{path}.positions", (position.id for position in duty.positions))
