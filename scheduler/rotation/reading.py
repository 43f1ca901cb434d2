"""The `roster-instance/1` document as a problem: every fault named by object and field."""

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from scheduler.rotation import document as file
from scheduler.rotation.problem import (
    BadProblem,
    Day,
    Duty,
    History,
    Interval,
    Match,
    Pin,
    Place,
    Position,
    Preference,
    Previous,
    Problem,
    Quota,
    Requirement,
    Seat,
    Staff,
    Unit,
    Weights,
)
from scheduler.rotation.references import reference_faults


def read_problem(document: dict[str, Any]) -> Problem:
    """The problem that a document states; `BadProblem` names all that is wrong with it.

    First the shape of each object is checked, then, if all are sound, what they say of each
    other. Pins and the previous roster may name what no longer exists: the engine answers that.
    """
    try:
        parsed = file.Document.model_validate(document)
    except ValidationError as fault:
        raise BadProblem([(_path(document, error["loc"]), error["msg"]) for error in fault.errors()]) from None
    problem = _problem(parsed)
    faults = reference_faults(problem)
    if faults:
        raise BadProblem(faults)
    return problem


def _path(document: object, steps: Iterable[int | str]) -> str:
    """The way to a fault, with the id of each object on it: staff[3] (S00004).max_per_week."""
    path, here = "", document
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
        try:
            here = here[step]  # type: ignore[index]
        except (TypeError, KeyError, IndexError):
            here = None
        if isinstance(step, int) and isinstance(here, dict) and isinstance(here.get("id"), str):
            path += f" ({here['id']})"
    return path or "document"


def _problem(parsed: file.Document) -> Problem:
    return Problem(
        id=parsed.id,
        start=parsed.period.start,
        days=parsed.period.days,
        calendar=tuple(Day(day.date, day.type) for day in parsed.calendar),
        units=tuple(Unit(u.id, u.region, u.x, u.y) for u in parsed.units),
        places=tuple(Place(p.id, p.kind, p.region, p.x, p.y) for p in parsed.places),
        travel={(unit, place): minutes for unit, place, minutes in parsed.travel},
        duties=tuple(_duty(duty) for duty in parsed.duties),
        staff=tuple(_staff(person) for person in parsed.staff),
        leave=_intervals(parsed.leave),
        carry_in=_intervals(parsed.carry_in),
        quotas=tuple(_quota(quota) for quota in parsed.quotas),
        preferences=tuple(_preference(wish) for wish in parsed.preferences),
        pinned=tuple(Pin(pin.duty, pin.position, pin.staff) for pin in parsed.pinned),
        previous=_previous(parsed.previous),
        min_rest_minutes=parsed.rules.min_rest_minutes,
        weights=Weights(**parsed.weights.model_dump()),
    )


def _duty(duty: file.DutyFile) -> Duty:
    positions = tuple(
        Position(
            position.id,
            position.count,
            Requirement(
                position.requires.party,
                frozenset(position.requires.roles),
                frozenset(position.requires.skills),
                frozenset(position.requires.units),
            ),
        )
        for position in duty.positions
    )
    return Duty(duty.id, duty.place, duty.kind, duty.weight, duty.start, duty.end, positions)


def _staff(person: file.StaffFile) -> Staff:
    past = person.history
    return Staff(
        id=person.id,
        unit=person.unit,
        role=person.role,
        party=person.party,
        skills=frozenset(person.skills),
        fte=person.fte,
        max_per_week=person.max_per_week,
        max_per_period=person.max_per_period,
        history=History(past.trips, past.restday_trips, past.avail_days),
        target_trips=person.target_trips,
        offday_turn=person.offday_turn,
    )


def _intervals(rows: list[file.IntervalFile]) -> tuple[Interval, ...]:
    return tuple(Interval(row.staff, row.start, row.end) for row in rows)


def _quota(quota: file.QuotaFile) -> Quota:
    return Quota(
        quota.id,
        frozenset(quota.roles),
        quota.kind,
        quota.min_per_week,
        quota.exempt_below_days,
    )


def _preference(wish: file.PreferenceFile) -> Preference:
    match = Match(wish.match.place, wish.match.weekday, wish.match.date, wish.match.kind)
    return Preference(wish.staff, wish.kind, wish.weight, match)


def _previous(previous: file.PreviousFile | None) -> Previous | None:
    if previous is None:
        return None
    seats = tuple(Seat(s.duty, s.position, s.staff) for s in previous.assignments)
    return Previous(seats, previous.frozen_before)
