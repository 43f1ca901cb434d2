"""Made-up towns of any size as `roster-instance/1` documents, to measure the rotation engine on.

    python -m tools.rotation_towns --staff 500 --places 30 --days 30 --seed 1 > town.json

Outlets are staffed morning and afternoon, communities have visits led by a head or deputy, some
evenings and Saturdays. The same arguments give the same town.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any

from scheduler.rotation import Weights

Document = dict[str, Any]

SKILLS = {"accounts": 0.5, "elderly": 0.3, "dialect": 0.2, "driver": 0.25}
CAPS = {"head": 2, "deputy": 3}
QUOTAS = {"head": 1, "deputy": 2}
PEOPLE_IN_A_REGION = 500


def town(*, staff: int, places: int, days: int, seed: int, load: float = 1.0) -> Document:
    """A problem of about four trips a person and month, times `load`."""
    rng = random.Random(f"{staff} {places} {days} {seed} {load}")  # noqa: S311
    start = date(2026, 3, 2) + timedelta(days=rng.randrange(28))
    regions = max(1, round(staff / PEOPLE_IN_A_REGION))
    units = _points(rng, "U", max(1, staff // 18), regions)
    spots = _points(rng, "P", places, regions)
    for at, spot in enumerate(spots):
        spot["kind"] = "community" if at // regions % 2 else "outlet"
    calendar = [_day(start + timedelta(days=n)) for n in range(days)]
    people = [_person(rng, at, units) for at in range(staff)]
    document = {
        "format": "roster-instance/1",
        "id": f"town-{staff}-{places}-{days}-{seed}",
        "period": {"start": start.isoformat(), "days": days},
        "calendar": calendar,
        "units": units,
        "places": spots,
        "travel": _travel(units, spots),
        "duties": _duties(rng, spots, calendar, round(4 * load * staff * days / 30)),
        "staff": people,
        "leave": [leave for person in people for leave in _leave(rng, person, start, days)],
        "quotas": [
            {"id": role, "roles": [role], "kind": "visit", "min_per_week": owed, "exempt_below_days": 3}
            for role, owed in QUOTAS.items()
        ],
        "preferences": [wish for person in people for wish in _wishes(rng, person, spots)],
        "rules": {"min_rest_minutes": 840},
        "weights": asdict(Weights()),
    }
    _set_targets(document)
    return document


def _points(rng: random.Random, letter: str, count: int, regions: int) -> list[Document]:
    """Units or places, scattered round the middle of their region; one in twenty between two regions."""
    points = []
    for at in range(count):
        region = at % regions
        middle = 50.0 * region + (25.0 if regions > 1 and rng.random() < 0.05 else 0.0)
        x, y = round(middle + rng.gauss(0, 8), 2), round(rng.gauss(0, 8), 2)
        points.append({"id": f"{letter}{at + 1:04}", "region": f"R{region + 1}", "x": x, "y": y})
    return points


def _travel(units: list[Document], places: list[Document]) -> list[tuple[str, str, int]]:
    """Minutes by unit and place, where they are within an hour and a quarter."""
    found = []
    for unit in units:
        for place in places:
            distance = ((unit["x"] - place["x"]) ** 2 + (unit["y"] - place["y"]) ** 2) ** 0.5
            minutes = round(8 + 2.3 * distance)
            if minutes <= 75:
                found.append((unit["id"], place["id"], minutes))
    return found


def _day(day: date) -> Document:
    return {"date": day.isoformat(), "type": "weekend" if day.weekday() > 4 else "workday"}


def _person(rng: random.Random, at: int, units: list[Document]) -> Document:
    rank = at // len(units)
    role = "head" if rank == 0 else "deputy" if rank < 3 else "staff"
    present = rng.randint(90, 150)
    trips = max(0, round(present * (0.13 + 0.27 * QUOTAS.get(role, 0) / 2) + rng.gauss(0, 2)))
    return {
        "id": f"S{at + 1:05}",
        "unit": units[at % len(units)]["id"],
        "role": role,
        "party": rng.random() < (0.8 if role != "staff" else 0.42),
        "skills": [skill for skill, share in SKILLS.items() if rng.random() < share],
        "max_per_week": CAPS.get(role) or rng.choice([1, 2, 2, 2, 3]),
        "max_per_period": None,
        "history": {"trips": trips, "avail_days": present},
    }


def _duties(rng: random.Random, places: list[Document], calendar: list[Document], wanted: int) -> list[Document]:
    """Duties for about so many seats: thinned out, or with more people at each."""
    drafts = [draft for place in places for day in calendar for draft in _drafts(rng, place, day)]
    ratio = wanted / max(1, sum(seats for draft in drafts for _, seats, _ in draft[-1]))
    duties: list[Document] = []
    for place, day, kind, start, end, positions in drafts:
        if rng.random() < ratio:
            duties.append(
                {
                    "id": f"D{len(duties) + 1:06}",
                    "place": place["id"],
                    "kind": kind,
                    "start": f"{day['date']}T{start}",
                    "end": f"{day['date']}T{end}",
                    "positions": [
                        {
                            "id": name,
                            "count": seats if name == "lead" else round(seats * max(1, ratio)),
                            "requires": needs,
                        }
                        for name, seats, needs in positions
                    ],
                }
            )
    return duties


def _drafts(rng: random.Random, place: Document, day: Document) -> list[tuple[Any, ...]]:
    """What a place asks for on a day: kind, times, and (position, seats, requirement)."""
    is_workday, outlet = day["type"] == "workday", place["kind"] == "outlet"
    if outlet and is_workday:
        return [
            (place, day, "lobby", "08:30", "12:00", [("a", 1, {"skills": ["accounts"]})]),
            (place, day, "lobby", "13:30", "17:30", [("a", 1, {})]),
        ]
    if outlet:
        return [(place, day, "lobby", "09:00", "15:00", [("a", 1, {})])]
    if not is_workday:
        return [(place, day, "event", "09:00", "12:00", [("party", 1, {"party": True}), ("a", 2, {})])]
    visit = (place, day, "visit", "09:00", "11:30", [("lead", 1, {"roles": list(QUOTAS)}), ("a", 2, {})])
    evening = (place, day, "evening", "18:30", "20:30", [("party", 1, {"party": True}), ("a", 1, {})])
    return [visit, evening] if rng.random() < 0.4 else [visit]


def _leave(rng: random.Random, person: Document, start: date, days: int) -> list[Document]:
    if rng.random() > 0.2 or not days:
        return []
    first = datetime.combine(start, time()) + timedelta(days=rng.randrange(days))
    last = first + timedelta(days=rng.randint(1, 7))
    return [{"staff": person["id"], "start": first.isoformat(), "end": last.isoformat()}]


def _wishes(rng: random.Random, person: Document, places: list[Document]) -> list[Document]:
    wishes = []
    if rng.random() < 0.3:
        wishes.append(("avoid", {"weekday": rng.randrange(7)}))
    if rng.random() < 0.2:
        wishes.append((rng.choice(["avoid", "want"]), {"place": rng.choice(places)["id"]}))
    return [
        {"staff": person["id"], "kind": kind, "weight": rng.randint(1, 3), "match": match} for kind, match in wishes
    ]


def _set_targets(document: Document) -> None:
    """Leaders: what they have and owe. The others share the rest by the days that each was there."""
    weeks = document["period"]["days"] / 7
    leaders = [person for person in document["staff"] if person["role"] in QUOTAS]
    others = [person for person in document["staff"] if person["role"] not in QUOTAS]
    for person in leaders:
        person["target_trips"] = round(person["history"]["trips"] + QUOTAS[person["role"]] * weeks, 2)
    demand = sum(position["count"] for duty in document["duties"] for position in duty["positions"])
    owed = sum(QUOTAS[person["role"]] * weeks for person in leaders)
    trips = max(0, demand - owed) + sum(person["history"]["trips"] for person in others)
    present = sum(person["history"]["avail_days"] for person in others)
    for person in others:
        person["target_trips"] = round(trips * person["history"]["avail_days"] / present, 2)


def main() -> None:
    """Print a town."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in (("staff", 500), ("places", 30), ("days", 30), ("seed", 1)):
        asked.add_argument(f"--{name}", type=int, default=usual)
    asked.add_argument("--load", type=float, default=1.0, help="times four trips a person and month")
    json.dump(town(**vars(asked.parse_args())), sys.stdout)


if __name__ == "__main__":
    main()
