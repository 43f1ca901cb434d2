"""What an organisation holds dear: the weights of its rotation, one policy for a whole tree."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType

from scheduler import audit, rotation
from scheduler.audit import Actor
from scheduler.database import Database, Row, one, run, write
from scheduler.errors import Conflict, Invalid, NotFound, Problem
from scheduler.people.versions import stale

DEFAULTS: Mapping[str, float] = MappingProxyType(asdict(rotation.Weights()))

# Least and most of each weight, in points. The engine counts in hundredths of a point.
BOUNDS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "uncovered": (200, 10_000),
        "quota": (0, 2_000),
        "fairness": (1, 100),  # at nothing at all, the same few would stand everything
        "avoid": (0, 100),
        "want": (0, 100),
        "travel_minute": (0, 5),
        "change": (0, 500),
        "offday": (0, 100),
    }
)
SEAT_TRIPS = 5  # somebody is asked to go at least so far above their fair count before a seat stays empty


def policy(db: Database, unit_id: int) -> Row:
    """The policy that counts for a unit: unit_id and unit of its tree's top, version (0: never set), every weight.

    NotFound.
    """
    found = one(
        db,
        """
        SELECT unit.id AS unit_id, unit.name AS unit, COALESCE(policy.version, 0) AS version,
               COALESCE(policy.weights, '{}') AS weights
        FROM unit_above
        JOIN unit ON unit.id = unit_above.above_id AND unit.parent_id IS NULL
        LEFT JOIN policy ON policy.unit_id = unit.id
        WHERE unit_above.unit_id = :unit_id
        """,
        unit_id=unit_id,
    )
    if found is None:
        raise NotFound("not_found")
    stored = json.loads(found.pop("weights"))
    return found | {name: float(stored.get(name, default)) for name, default in DEFAULTS.items()}


def weights(db: Database, unit_id: int) -> rotation.Weights:
    """The same as the engine takes it."""
    held = policy(db, unit_id)
    return rotation.Weights(**{name: held[name] for name in DEFAULTS})


def rates(held: Mapping[str, float]) -> rotation.Rates:
    """What the weights of a policy mean, in trips and minutes: for its sentences."""
    return rotation.rates(rotation.Weights(**{name: held[name] for name in DEFAULTS}))


def set_policy(
    db: Database, unit_id: int, wanted: Mapping[str, float], *, version: int, by: Actor, now: datetime
) -> list[str]:
    """Set weights of the tree that the unit tops; gives those that changed. The next fill goes by them.

    Invalid: a weight out of its bounds, or an empty seat cheaper than a few trips of unfairness. Conflict: the unit
    tops no tree, or somebody else has set the policy since `version`. NotFound.
    """
    with write(db):
        held = policy(db, unit_id)
        if held["unit_id"] != unit_id:
            raise Conflict("policy_is_of_the_top", unit=held["unit"])
        if held["version"] != version:
            raise stale(db, audit.history(db, "policy", unit_id, limit=1))
        after = {name: round(float(wanted.get(name, held[name])), 2) for name in DEFAULTS}
        _refuse_unsound(after)
        changed = [name for name in DEFAULTS if after[name] != held[name]]
        if changed:
            _store(db, unit_id, after)
            told = {name: {"from": held[name], "to": after[name]} for name in changed}
            audit.record(db, "set_policy", "policy", unit_id, by=by, now=now, unit_id=unit_id, weights=told)
    return changed


def _refuse_unsound(given: Mapping[str, float]) -> None:
    problems = [
        Problem("out_of_range", name, None, {"low": f"{low:g}", "high": f"{high:g}"})
        for name, (low, high) in BOUNDS.items()
        if not low <= given[name] <= high
    ]
    if not problems and rates(given).empty_seat_trips < SEAT_TRIPS:
        problems = [Problem("empty_seat_too_cheap", "uncovered", None, {"count": SEAT_TRIPS})]
    if problems:
        raise Invalid.of(problems)


def _store(db: Database, unit_id: int, given: Mapping[str, float]) -> None:
    run(
        db,
        """
        INSERT INTO policy (unit_id, weights) VALUES (:unit_id, :weights)
        ON CONFLICT (unit_id) DO UPDATE SET weights = excluded.weights, version = version + 1
        """,
        unit_id=unit_id,
        weights=json.dumps(given),
    )
