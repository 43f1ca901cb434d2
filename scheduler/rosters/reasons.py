"""Why a roster is as it is: each person against the next best, each empty slot with what would fill it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from scheduler import rotation
from scheduler.database import Database, Row, rows
from scheduler.rosters.reading import POSITION, number
from scheduler.rosters.staff import as_json
from scheduler.rotation.candidates import cost_parts
from scheduler.rotation.costs import is_match, next_trip_cost, offday_cost, travel_minutes
from scheduler.rotation.eligibility import refusal, static_refusal
from scheduler.rotation.index import Index, Person, Slot, holding, monday

AGAINST = 3  # how many others a choice is held against
MOST_REMEDIES = 40  # shifts that the fill works them out for; the board asks anew for the one that is looked at
MOST_SHORTAGES = 20
MOST_NAMES = 12


def whys(index: Index, seats: Sequence[rotation.Seat]) -> dict[tuple[int, int], str]:
    """By shift and person, as JSON: what `why_of` reads. All of a roster in about a second, where `rotation.why`
    asks everybody about every seat."""
    ranking = _Ranking(index, seats)
    told: dict[tuple[int, int], str] = {}
    for at, people in ranking.inside.items():
        slot = index.slots[at]
        others = ranking.others(slot)
        for person in people:
            found = ranking.told(slot, index.people[person], others)
            told[number(slot.duty), number(index.people[person].staff.id)] = json.dumps(found, separators=(",", ":"))
    return told


def why_of(
    db: Database, index: Index, seats: Sequence[rotation.Seat], shift_id: int, person_id: int, stored: str
) -> Row | None:
    """Why this person: trips and how far apart from their share, in this roster and the year before; and the others.

    `others` are person and name, their price less the chosen one's as `cost`, and the parts of it that are not nothing.
    What the engine stored is told as it was; for a seat by hand it is worked out now. None if the shift is not of the
    problem.
    """
    found = json.loads(stored) or _now(index, seats, shift_id, person_id)
    if not found:
        return None
    names = names_of(db, [other["person_id"] for other in found["others"]])
    others = [
        {
            "person_id": other["person_id"],
            "person": names.get(other["person_id"], "?"),
            "cost": sum(other["parts"].values()) - sum(found["parts"].values()),
            "parts": _apart(other["parts"], found["parts"]),
        }
        for other in found["others"]
    ]
    return found | {"others": others}


def _apart(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    parts = {name: one.get(name, 0) - other.get(name, 0) for name in dict.fromkeys([*one, *other])}
    return {name: part for name, part in parts.items() if abs(part) >= 0.05}


def _now(index: Index, seats: Sequence[rotation.Seat], shift_id: int, person_id: int) -> dict[str, Any]:
    slot, person = index.slot_of.get((f"S{shift_id}", POSITION)), index.person_of.get(f"P{person_id}")
    if slot is None or person is None:
        return {}
    ranking = _Ranking(index, seats)
    return ranking.told(slot, person, ranking.others(slot))


class _Ranking:
    """All people by what one seat more would cost them: the roster as it stands, asked about slot after slot."""

    def __init__(self, index: Index, seats: Iterable[rotation.Seat]) -> None:
        self.index, self.held = index, holding(index, seats)
        self.inside: dict[int, list[int]] = defaultdict(list)
        for person, slots in self.held.items():
            for slot in slots:
                self.inside[slot.at].append(person)
        self.next_trip = [next_trip_cost(index, p, len(self.held.get(p.at, ()))) for p in index.people]
        self.orders: dict[object, list[Person]] = {}
        self.wishing = [person for person in index.people if person.wishes]
        weeks = Counter((at, slot.week) for at, slots in self.held.items() for slot in slots)
        self.full = {(at, week) for (at, week), count in weeks.items() if count >= index.people[at].staff.max_per_week}
        self.owing: dict[tuple[str, int], set[int]] = defaultdict(set)
        for at, kind, week in index.dues:
            self.owing[kind, week].add(at)

    def others(self, slot: Slot) -> list[tuple[Person, dict[str, float]]]:
        """The cheapest who could stand it as well, with the parts of their price."""
        special = self._special(slot)
        order = self._order(slot)
        plain = (person for person in order if person.at not in special and self._may(person, slot))
        found = [*islice(plain, AGAINST)]
        found += [person for person in order if person.at in special and self._may(person, slot)] if special else []
        priced = [(person, cost_parts(self.index, person, slot, self.held.get(person.at, ()))) for person in found]
        return sorted(priced, key=lambda one: (round(sum(one[1].values()), 6), one[0].staff.id))[:AGAINST]

    def _special(self, slot: Slot) -> set[int]:
        """Whose price goes by more than their count and their way: by a wish or a visit owed."""
        wishing = {p.at for p in self.wishing if any(is_match(wish.match, slot) for wish in p.wishes)}
        return wishing | self.owing.get((slot.kind, slot.week), set())

    def told(self, slot: Slot, person: Person, others: list[tuple[Person, dict[str, float]]]) -> dict[str, Any]:
        """One choice, as it is stored."""
        held = self.held.get(person.at, [])
        trips = person.staff.history.trips + len(held)
        rest = [other for other in held if other.at != slot.at]
        return {
            "trips": trips,
            "apart": round(trips - person.staff.target_trips, 2),
            "parts": _rounded(cost_parts(self.index, person, slot, rest)),
            "others": [{"person_id": number(other.staff.id), "parts": _rounded(parts)} for other, parts in others],
            **({"wishes": met} if (met := wishes_met(person, slot)) else {}),
        }

    def _order(self, slot: Slot) -> list[Person]:
        """Whoever may stand such a slot on some day, those first whose next trip and way there cost least."""
        key = slot.requires, slot.place, slot.date in self.index.off_days
        if key not in self.orders:
            able = [p for p in self.index.people if static_refusal(self.index, p, slot) is None]
            minute = self.index.problem.weights.travel_minute  # no wishes: those go by more than the place
            price = {
                p.at: self.next_trip[p.at]
                + minute * travel_minutes(self.index, p, slot)
                + offday_cost(self.index, p, slot)
                for p in able
            }
            self.orders[key] = sorted(able, key=lambda p: (round(price[p.at], 6), p.staff.id))
        return self.orders[key]

    def _may(self, person: Person, slot: Slot) -> bool:
        if (person.at, slot.week) in self.full or person.at in self.inside.get(slot.at, ()):
            return False  # most are kept out by their week: said at once
        return refusal(self.index, person, slot, self.held.get(person.at, ()))[0] is None


def wishes_met(person: Person, slot: Slot) -> list[Row]:
    """What the person wishes of such a slot: kind (prefer, avoid), is_strong, weekday (None where it does not matter),
    and whether the wish speaks of its place and of its activity."""
    return [
        {
            "kind": "avoid" if wish.kind == "avoid" else "prefer",
            "is_strong": wish.weight > 1,
            "weekday": wish.match.weekday,
            "place": wish.match.place is not None,
            "activity": wish.match.kind is not None,
        }
        for wish in person.wishes
        if is_match(wish.match, slot)
    ]


def _rounded(parts: Mapping[str, float]) -> dict[str, float]:
    return {name: round(part, 2) for name, part in parts.items() if round(part, 2)}


def gaps_told(db: Database, index: Index, proposal: rotation.Proposal) -> dict[str, object]:
    """What the fill keeps of its empty slots: `remedies` by shift (its id as text), `shortages` behind all of them.

    A remedy is rule, count and the names of the first; a shortage is weeks (ISO), shifts, seats, people (how many),
    names, room (how many of the seats they can stand) and missing.
    """
    remedies = {
        gap.duty: rotation.remedies(index, proposal.seats, gap.duty, gap.position)
        for gap in proposal.uncovered[:MOST_REMEDIES]
    }
    lacking = rotation.shortages(index, proposal.seats)[:MOST_SHORTAGES] if proposal.uncovered else []
    ids = {staff for found in remedies.values() for one in found for staff in one.staff[:AGAINST]}
    ids |= {staff for one in lacking for staff in one.people[:MOST_NAMES]}
    names = names_of(db, map(number, ids))
    return {
        "remedies": {str(number(duty)): [_remedy(one, names) for one in found] for duty, found in remedies.items()},
        "shortages": [_shortage(index, one, names) for one in lacking],
    }


def remedies_of(db: Database, index: Index, seats: Sequence[rotation.Seat], shift_id: int) -> list[Row]:
    """Each rule lifted in turn: whom it alone keeps out of a slot, as the roster stands now; rule, count, names."""
    if (f"S{shift_id}", POSITION) not in index.slot_of:
        return []
    found = rotation.remedies(index, seats, f"S{shift_id}", POSITION)
    names = names_of(db, [number(staff) for one in found for staff in one.staff[:AGAINST]])
    return [_remedy(one, names) for one in found]


def _remedy(one: rotation.Remedy, names: Mapping[int, str]) -> Row:
    told = [names[number(staff)] for staff in one.staff[:AGAINST]]
    return {"rule": one.rule, "count": len(one.staff), "names": told}


def _shortage(index: Index, one: rotation.Shortage, names: Mapping[int, str]) -> Row:
    return {
        "weeks": [monday(index.problem, week).isocalendar().week for week in one.weeks],
        "shifts": [number(duty) for duty, _ in one.slots],
        "seats": one.seats,
        "people": len(one.people),
        "names": [names[number(staff)] for staff in one.people[:MOST_NAMES]],
        "room": one.room,
        "missing": one.missing,
    }


def names_of(db: Database, ids: Iterable[int]) -> dict[int, str]:
    """People's names by id."""
    found = rows(
        db,
        "SELECT id, name FROM person WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id",
        ids=as_json(set(ids)),
    )
    return {row["id"]: row["name"] for row in found}
