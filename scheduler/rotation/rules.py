"""Every rule as a check of a finished roster: the hard ones first, then the priced ones.

The engine poses the same rules in its own terms; the tests hold each answer of the engine
against `breaches`, so that the two cannot drift apart.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from scheduler.rotation.costs import is_match, missed_visits
from scheduler.rotation.eligibility import is_away, static_refusal
from scheduler.rotation.fixed import fixed_seats, frozen_slots
from scheduler.rotation.index import Index, Person, Slot, clash, holding, indexed, monday
from scheduler.rotation.problem import Problem, Seat
from scheduler.rotation.proposal import Breach


def breaches(problem: Problem | Index, seats: Iterable[Seat]) -> list[Breach]:
    """All rules that the roster does not keep; an index saves the time to make one.

    A seat given twice, or of an unknown duty or person, is named once and left out of the
    other checks. Pins that contradict other rules are not asked for.
    """
    index = indexed(problem)
    seats = list(seats)
    found = list(_bad_references(index, seats))
    known = _known(index, seats)
    held = holding(index, known)
    for seat in known:
        found += _seat_breaches(index, seat)
    found += _over_headcount(index, known)
    for at in sorted(held):
        found += _clashes(index, index.people[at], held[at])
        found += _over_caps(index.people[at], held[at])
    found += _missing_pins(index, known)
    found += _frozen_changes(index, known)
    found += _missed_quotas(index, held)
    return found


def _known(index: Index, seats: list[Seat]) -> list[Seat]:
    """Seats whose duty and person exist, each person once in a duty."""
    once: dict[tuple[str, str], Seat] = {}
    for seat in seats:
        if (seat.duty, seat.position) in index.slot_of and seat.staff in index.person_of:
            once.setdefault((seat.duty, seat.staff), seat)
    return list(once.values())


def _bad_references(index: Index, seats: list[Seat]) -> Iterator[Breach]:
    seen = set()
    for seat in seats:
        if (seat.duty, seat.position) not in index.slot_of or seat.staff not in index.person_of:
            yield Breach("unknown_reference", seat.duty, seat.position, seat.staff)
        elif (seat.duty, seat.staff) in seen:
            yield Breach("duplicate", seat.duty, seat.position, seat.staff)
        seen.add((seat.duty, seat.staff))


def _seat_breaches(index: Index, seat: Seat) -> Iterator[Breach]:
    """Eligibility, leave and the person's own wishes: what one seat shows by itself."""
    person, slot = index.person_of[seat.staff], index.slot_of[seat.duty, seat.position]
    rule = static_refusal(index, person, slot)
    if rule is not None:
        yield Breach(f"ineligible_{rule}", seat.duty, seat.position, seat.staff)
    if is_away(person, slot):
        yield Breach("leave", seat.duty, seat.position, seat.staff)
    for wish in person.wishes:
        if wish.kind == "avoid" and is_match(wish.match, slot):
            yield Breach("avoid", seat.duty, seat.position, seat.staff, hard=False)


def _over_headcount(index: Index, seats: list[Seat]) -> Iterator[Breach]:
    filled: Counter[int] = Counter()
    for seat in seats:
        slot = index.slot_of[seat.duty, seat.position]
        filled[slot.at] += 1
        if filled[slot.at] > slot.count:
            yield Breach("over_headcount", seat.duty, seat.position, seat.staff)


def _clashes(index: Index, person: Person, slots: list[Slot]) -> Iterator[Breach]:
    """Each pair of duties too close together, told at the later one."""
    rest, rule_of = index.problem.min_rest_minutes, {"booked": "double_booking", "rest": "rest_gap"}
    ordered = sorted(slots, key=lambda slot: slot.at)
    for at, later in enumerate(ordered):
        earlier = [(slot.start, slot.end, slot.duty) for slot in ordered[:at]]
        carried = [(start, end, None) for start, end in person.carried]
        for start, end, duty in [*earlier, *carried]:
            found = clash(rest, (start, end), (later.start, later.end))
            if found is not None:
                yield Breach(rule_of[found], later.duty, later.position, person.staff.id, duty)


def _over_caps(person: Person, slots: list[Slot]) -> Iterator[Breach]:
    weeks = Counter(person.carried_weeks)
    for at, slot in enumerate(sorted(slots, key=lambda slot: slot.at), start=1):
        weeks[slot.week] += 1
        if weeks[slot.week] > person.staff.max_per_week:
            yield Breach("max_per_week", slot.duty, slot.position, person.staff.id)
        cap = person.staff.max_per_period
        if cap is not None and at > cap:
            yield Breach("max_per_period", slot.duty, slot.position, person.staff.id)


def _missing_pins(index: Index, seats: list[Seat]) -> Iterator[Breach]:
    _, conflicts = fixed_seats(index)
    impossible = {(c.duty, c.position, c.staff) for c in conflicts}
    present = set(seats)
    for pin in dict.fromkeys(index.problem.pinned):
        seat = Seat(pin.duty, pin.position, pin.staff)
        if (pin.duty, pin.position, pin.staff) not in impossible and seat not in present:
            yield Breach("pin_missing", pin.duty, pin.position, pin.staff)


def _frozen_changes(index: Index, seats: list[Seat]) -> Iterator[Breach]:
    previous, frozen = index.problem.previous, frozen_slots(index)
    if previous is None or not frozen:
        return
    for seat in sorted(set(seats) ^ set(previous.assignments), key=_seat_key):
        slot = index.slot_of.get((seat.duty, seat.position))
        if slot is not None and slot.at in frozen:
            yield Breach("frozen_changed", seat.duty, seat.position, seat.staff)


def _seat_key(seat: Seat) -> tuple[str, str, str]:
    return seat.duty, seat.position, seat.staff


def _missed_quotas(index: Index, held: dict[int, list[Slot]]) -> Iterator[Breach]:
    """One breach for each visit still owed, dated by the Monday of its week."""
    for (at, _, week), count in sorted(missed_visits(index, held).items()):
        staff = index.people[at].staff.id
        for _ in range(count):
            yield Breach("quota", None, None, staff, day=monday(index.problem, week), hard=False)
