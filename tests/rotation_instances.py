"""Small rotation problems: by hand, with everything unsaid at its plainest, and at random."""

import random
from datetime import date, datetime, timedelta

from scheduler.rotation import (
    Day,
    Duty,
    History,
    Interval,
    Match,
    Place,
    Position,
    Preference,
    Problem,
    Quota,
    Requirement,
    Seat,
    Staff,
    Unit,
)

MONDAY = date(2026, 3, 2)


def at(day, clock="00:00"):
    """A moment of the period: the number of the day from its first Monday, and the time."""
    hours, minutes = clock.split(":")
    return datetime(2026, 3, 2) + timedelta(days=day, hours=int(hours), minutes=int(minutes))


def person(staff="S1", *, trips=0, target=0.0, week=7, period=None, **fields):
    plain = {"unit": "U1", "role": "staff", "party": False, "skills": frozenset(), "fte": 1.0}
    return Staff(
        id=staff,
        **{**plain, **fields},
        max_per_week=week,
        max_per_period=period,
        history=History(trips),
        target_trips=target,
    )


def duty(name="D1", day=0, start="09:00", end="11:00", *, count=1, place="P1", kind="visit", weight=1.0, **requires):
    needs = Requirement(**{key: value if key == "party" else frozenset(value) for key, value in requires.items()})
    return Duty(name, place, kind, weight, at(day, start), at(day, end), (Position("a", count, needs),))


def seat(duty_id="D1", staff="S1", position="a"):
    return Seat(duty_id, position, staff)


def away(staff="S1", day=0, start="00:00", end="23:59"):
    return Interval(staff, at(day, start), at(day, end))


def problem(duties=(), staff=(), *, days=14, off=(), **fields):
    """A period from a Monday on; weekends and the days in `off` are not worked."""
    calendar = tuple(
        Day(MONDAY + timedelta(days=n), "holiday" if n in off else "weekend" if n % 7 > 4 else "workday")
        for n in range(days)
    )
    plain = {
        "units": (Unit("U1"),),
        "places": (Place("P1"),),
        "travel": {("U1", "P1"): 0.0},
        "min_rest_minutes": 840,
    }
    return Problem("by-hand", MONDAY, days, calendar, duties=tuple(duties), staff=tuple(staff), **{**plain, **fields})


def random_town(seed, *, staff=6, days=5, duties=10, rest=840, previous=None):
    """A random problem small enough for an exact model: all the rules, none of them rare."""
    rng = random.Random(seed)
    units, places = ("U1", "U2", "U3"), ("P1", "P2")
    return problem(
        [_random_duty(rng, n, days, places) for n in range(duties)],
        [_random_person(rng, n, units) for n in range(staff)],
        days=days,
        units=tuple(Unit(unit) for unit in units),
        places=tuple(Place(place) for place in places),
        travel={(u, p): float(rng.randint(5, 60)) for u in units for p in places if rng.random() < 0.85},
        leave=tuple(away(f"S{rng.randrange(staff)}", rng.randrange(days)) for _ in range(staff // 3)),
        carry_in=tuple(Interval(f"S{n}", at(-1, "18:00"), at(-1, "20:30")) for n in range(staff) if rng.random() < 0.2),
        quotas=(Quota("heads", frozenset({"head"}), "visit", 1, 2),),
        preferences=tuple(_random_wish(rng, n, places) for n in range(staff) if rng.random() < 0.6),
        min_rest_minutes=rest,
        previous=previous,
    )


def _random_duty(rng, n, days, places):
    start, end = rng.choice([("08:30", "12:00"), ("13:30", "17:30"), ("18:30", "20:30"), ("22:00", "23:30")])
    needs = rng.choice([{}, {}, {"party": True}, {"skills": ["driver"]}, {"roles": ["head"]}, {"units": ["U1", "U2"]}])
    kind, place = rng.choice(["visit", "lobby"]), rng.choice(places)
    count, weight = rng.choice([1, 1, 2]), rng.choice([1.0, 1.0, 3.0])
    return duty(f"D{n}", rng.randrange(days), start, end, count=count, place=place, kind=kind, weight=weight, **needs)


def _random_person(rng, n, units):
    return person(
        f"S{n}",
        trips=rng.randint(0, 6),
        target=round(rng.uniform(0, 8), 2),
        week=rng.randint(1, 4),
        period=rng.choice([None, 2, 5]),
        unit=rng.choice(units),
        role="head" if n % 4 == 0 else "staff",
        party=rng.random() < 0.6,
        skills=frozenset(s for s in ("driver", "elderly") if rng.random() < 0.6),
    )


def _random_wish(rng, n, places):
    match = rng.choice([Match(weekday=rng.randrange(5)), Match(place=rng.choice(places)), Match(kind="visit")])
    return Preference(f"S{n}", rng.choice(["avoid", "want"]), float(rng.randint(1, 3)), match)
