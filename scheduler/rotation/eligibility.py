"""What keeps one person out of one slot: the rules in the order in which they are asked."""

from collections.abc import Iterator, Sequence

from scheduler.rotation.index import Index, Person, Slot, clash
from scheduler.rotation.problem import Requirement, Staff


def unmet(needs: Requirement, staff: Staff) -> str | None:
    """The first requirement that the person does not meet, or None."""
    return next(_unmet(needs, staff), None)


def _unmet(needs: Requirement, staff: Staff) -> Iterator[str]:
    if needs.party and not staff.party:
        yield "party"
    if not needs.skills <= staff.skills:
        yield "skill"
    if needs.roles and staff.role not in needs.roles:
        yield "role"
    if needs.units and staff.unit not in needs.units:
        yield "unit"


def static_refusal(index: Index, person: Person, slot: Slot) -> str | None:
    """The first rule that keeps the person out of the slot on any day, or None."""
    rule = unmet(slot.requires, person.staff)
    if rule is None and (person.staff.unit, slot.place) not in index.problem.travel:
        return "reach"
    return rule


def is_away(person: Person, slot: Slot) -> bool:
    """Whether any leave touches the slot."""
    return any(start < slot.end and slot.start < end for start, end in person.leave)


def refusal(index: Index, person: Person, slot: Slot, held: Sequence[Slot]) -> tuple[str | None, str | None]:
    """The first rule against a person who stands `held` taking the slot too, and the other duty.

    `held` must not contain the seat that is being asked about. The other duty is None where
    it was stood before the period, or where the rule is not a clash.
    """
    rule = static_refusal(index, person, slot)
    if rule is None and is_away(person, slot):
        rule = "leave"
    if rule is not None:
        return rule, None
    return _clash_refusal(index, person, slot, held) or (_cap_refusal(person, slot, held), None)


def obstacles(index: Index, person: Person, slot: Slot, held: Sequence[Slot]) -> list[str]:
    """All the rules against a person who stands `held` taking the slot too, in their order."""
    found = list(_unmet(slot.requires, person.staff))
    if (person.staff.unit, slot.place) not in index.problem.travel:
        found.append("reach")
    if is_away(person, slot):
        found.append("leave")
    found += [rule for rule in ("booked", "rest") if rule in _clashes(index, person, slot, held)]
    return [*found, *_caps(person, slot, held)]


def _clash_refusal(index: Index, person: Person, slot: Slot, held: Sequence[Slot]) -> tuple[str, str | None] | None:
    """An overlap before a short rest: the coordinator should hear of the worse one."""
    found = _clashes(index, person, slot, held)
    for rule in ("booked", "rest"):
        if rule in found:
            return rule, found[rule]
    return None


def _clashes(index: Index, person: Person, slot: Slot, held: Sequence[Slot]) -> dict[str | None, str | None]:
    """By kind of clash, None among them: a duty that has it; None for one before the period."""
    rest, asked = index.problem.min_rest_minutes, (slot.start, slot.end)
    spans: list[tuple[int, int, str | None]] = [(s.start, s.end, s.duty) for s in held]
    spans += [(start, end, None) for start, end in person.carried]
    return {clash(rest, asked, (start, end)): duty for start, end, duty in reversed(spans)}


def _cap_refusal(person: Person, slot: Slot, held: Sequence[Slot]) -> str | None:
    return next(_caps(person, slot, held), None)


def _caps(person: Person, slot: Slot, held: Sequence[Slot]) -> Iterator[str]:
    in_week = sum(other.week == slot.week for other in held)
    if in_week + person.carried_weeks.get(slot.week, 0) >= person.staff.max_per_week:
        yield "week_cap"
    cap = person.staff.max_per_period
    if cap is not None and len(held) >= cap:
        yield "period_cap"
