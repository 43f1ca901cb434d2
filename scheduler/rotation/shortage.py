"""Where there are too few people: sets of seats that only so many can fill, however one deals.

From an empty seat one asks who could stand there but for the duties they hold; then who could
stand in their stead; and so on. If nobody so reached has any room left, the seats and people
reached form a minimum cut: those people already stand as many of those seats as they can.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scheduler.rotation.eligibility import is_away, static_refusal
from scheduler.rotation.index import Index, Person, Slot, clash, holding, indexed
from scheduler.rotation.problem import Problem, Seat


@dataclass(frozen=True, slots=True)
class Shortage:
    """Seats that can only be filled by these people, who can take `room` of them at most."""

    weeks: tuple[int, ...]  # of the period; 0 holds its first day
    slots: tuple[tuple[str, str], ...]  # (duty, position)
    seats: int
    people: tuple[str, ...]
    room: int
    missing: int


def shortages(problem: Problem | Index, seats: Iterable[Seat]) -> list[Shortage]:
    """The shortages behind a roster's empty seats, the largest first; no seat is in two.

    An empty seat from which somebody with room is reached is in none: an exchange might fill
    it, but for the clashes on the way.
    """
    index = indexed(problem)
    search = _Search(index, holding(index, seats))
    cut_of: dict[int, _Cut] = {}
    for slot in index.slots:
        if search.empty[slot.at] > 0 and slot.at not in cut_of:
            cut = search.cut(slot, cut_of)
            cut_of.update(dict.fromkeys(cut.slots, cut))
    found = {id(cut): cut for cut in cut_of.values() if not cut.has_room}
    return sorted(map(search.shortage, found.values()), key=lambda shortage: -shortage.missing)


@dataclass(slots=True)
class _Cut:
    """Slots and people reached, and whether any of the people has room left."""

    slots: set[int]
    people: set[int]
    has_room: bool


class _Search:
    """Who stands what, and who could stand what but for the duties they hold."""

    def __init__(self, index: Index, held: dict[int, list[Slot]]) -> None:
        self.index, self.held = index, held
        self.standing: dict[int, list[int]] = defaultdict(list)
        for person, slots in held.items():
            for slot in slots:
                self.standing[slot.at].append(person)
        self.empty = {slot.at: slot.count - len(self.standing[slot.at]) for slot in index.slots}
        self.able: dict[tuple[object, str], list[Person]] = {}

    def cut(self, start: Slot, cut_of: Mapping[int, _Cut]) -> _Cut:
        """All that is reached from an empty seat; what was reached before is joined whole."""
        cut = _Cut({start.at}, set(), False)
        queue = [start]
        while queue:
            slot = queue.pop()
            for person in self._able(slot):
                if is_away(person, slot) or self._is_bound(person, slot):
                    continue
                holding_back = self._holding_back(person, slot)
                cut.people.add(person.at)
                cut.has_room = cut.has_room or not holding_back
                for other in holding_back:
                    if other.at not in cut.slots:
                        known = cut_of.get(other.at)
                        if known is None:
                            cut.slots.add(other.at)
                            queue.append(other)
                        else:
                            cut.slots |= known.slots
                            cut.people |= known.people
                            cut.has_room = cut.has_room or known.has_room
        return cut

    def shortage(self, cut: _Cut) -> Shortage:
        """The numbers of a cut."""
        chosen = [self.index.slots[at] for at in sorted(cut.slots)]
        room = sum(len(self.standing[slot.at]) for slot in chosen)
        seats = sum(slot.count for slot in chosen)
        return Shortage(
            weeks=tuple(sorted({slot.week for slot in chosen})),
            slots=tuple((slot.duty, slot.position) for slot in chosen),
            seats=seats,
            people=tuple(self.index.people[at].staff.id for at in sorted(cut.people)),
            room=room,
            missing=seats - room,
        )

    def _able(self, slot: Slot) -> list[Person]:
        key = slot.requires, slot.place
        if key not in self.able:
            self.able[key] = [p for p in self.index.people if static_refusal(self.index, p, slot) is None]
        return self.able[key]

    def _is_bound(self, person: Person, slot: Slot) -> bool:
        """Whether duties before the period alone forbid it: nothing could be given up for it."""
        rest, asked = self.index.problem.min_rest_minutes, (slot.start, slot.end)
        before = person.carried_weeks.get(slot.week, 0)
        cap = person.staff.max_per_period
        return (
            before >= person.staff.max_per_week
            or (cap is not None and cap <= 0)
            or any(clash(rest, asked, span) is not None for span in person.carried)
        )

    def _holding_back(self, person: Person, slot: Slot) -> Sequence[Slot]:
        """The person's duties of which some would have to be given up for the slot."""
        own = self.held.get(person.at, [])
        rest, asked = self.index.problem.min_rest_minutes, (slot.start, slot.end)
        back = {other.at: other for other in own if clash(rest, asked, (other.start, other.end)) is not None}
        weeks = Counter(person.carried_weeks)
        weeks.update(other.week for other in own)
        if weeks[slot.week] >= person.staff.max_per_week:
            back |= {other.at: other for other in own if other.week == slot.week}
        cap = person.staff.max_per_period
        if cap is not None and len(own) >= cap:
            back |= {other.at: other for other in own}
        return list(back.values())
