"""What the engine may not move: assignments fixed by a coordinator, and the frozen past."""

from collections import Counter
from collections.abc import Iterable

from scheduler.rotation.eligibility import refusal
from scheduler.rotation.index import Index, Slot, minute
from scheduler.rotation.problem import Pin, Seat
from scheduler.rotation.proposal import PinConflict


def frozen_slots(index: Index) -> frozenset[int]:
    """Numbers of the slots that start before the frozen moment: they stay as they were."""
    previous = index.problem.previous
    if previous is None or previous.frozen_before is None:
        return frozenset()
    moment = minute(index.problem, previous.frozen_before)
    return frozenset(slot.at for slot in index.slots if slot.start < moment)


def frozen_seats(index: Index) -> tuple[Seat, ...]:
    """The previous roster's seats that lie in the frozen past and can still be named."""
    previous, frozen = index.problem.previous, frozen_slots(index)
    if previous is None or not frozen:
        return ()
    return tuple(
        seat
        for seat in dict.fromkeys(previous.assignments)
        if seat.staff in index.person_of
        and (slot := index.slot_of.get((seat.duty, seat.position))) is not None
        and slot.at in frozen
    )


def fixed_seats(index: Index) -> tuple[tuple[Seat, ...], tuple[PinConflict, ...]]:
    """All seats that must stand, the past first, and the pins that cannot: with the reason.

    Pins are taken in the order given, so of two that contradict each other the later one is
    named. A pin breaks no rule that the past has not already broken.
    """
    past = frozen_seats(index)
    frozen = frozen_slots(index)
    standing = dict.fromkeys(past)
    held: dict[int, list[Slot]] = {}
    filled: Counter[int] = Counter()
    for seat in past:
        _take(index, seat, held, filled)
    conflicts = []
    for pin in index.problem.pinned:
        seat = Seat(pin.duty, pin.position, pin.staff)
        if seat in standing and seat in past:
            continue
        reason = _pin_refusal(index, pin, held, filled, frozen)
        if reason is not None:
            conflicts.append(PinConflict("pin", pin.duty, pin.position, pin.staff, reason))
            continue
        standing[seat] = None
        _take(index, seat, held, filled)
    return tuple(standing), tuple(conflicts)


def _take(index: Index, seat: Seat, held: dict[int, list[Slot]], filled: Counter[int]) -> None:
    slot = index.slot_of[seat.duty, seat.position]
    held.setdefault(index.person_of[seat.staff].at, []).append(slot)
    filled[slot.at] += 1


def _pin_refusal(
    index: Index,
    pin: Pin,
    held: dict[int, list[Slot]],
    filled: Counter[int],
    frozen: frozenset[int],
) -> str | None:
    slot, person = index.slot_of.get((pin.duty, pin.position)), index.person_of.get(pin.staff)
    if slot is None or person is None:
        return "unknown"
    rule, _ = refusal(index, person, slot, ())
    if rule in (None, "booked", "rest", "week_cap", "period_cap"):
        if slot.at in frozen:
            return "frozen"
        if filled[slot.at] >= slot.count:
            return "headcount"
        rule, _ = refusal(index, person, slot, held.get(person.at, ()))
    return rule


def kept_seats(index: Index, fixed: Iterable[Seat]) -> tuple[Seat, ...]:
    """The fixed seats, and all of the previous roster's that can stand beside them: only the ill give up theirs."""
    previous, frozen = index.problem.previous, frozen_slots(index)
    standing = dict.fromkeys(fixed)
    held: dict[int, list[Slot]] = {}
    filled: Counter[int] = Counter()
    for seat in standing:
        _take(index, seat, held, filled)
    for seat in previous.assignments if previous else ():
        slot, person = index.slot_of.get((seat.duty, seat.position)), index.person_of.get(seat.staff)
        if slot is None or person is None or seat in standing or slot.at in frozen or filled[slot.at] >= slot.count:
            continue
        if refusal(index, person, slot, held.get(person.at, ()))[0] is None:
            standing[seat] = None
            _take(index, seat, held, filled)
    return tuple(standing)
