"""What keeps one person out of one slot: the rules in the order in which they are asked."""

from collections.abc import Sequence

from scheduler.rotation.index import Index, Person, Slot, clash
from scheduler.rotation.problem import Requirement, Staff


def unmet(needs: Requirement, staff: Staff) -> str | None:
    """The first requirement that the person does not meet, or None."""
    if needs.party and not staff.party:
        return "party"
    if not needs.skills <= staff.skills:
        return "skill"
    if needs.roles and staff.role not in needs.roles:
        return "role"
    if needs.units and staff.unit not in needs.units:
        return "unit"
    return None


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


def _clash_refusal(index: Index, person: Person, slot: Slot, held: Sequence[Slot]) -> tuple[str, str | None] | None:
    """An overlap before a short rest: the coordinator should hear of the worse one."""
    rest, asked = index.problem.min_rest_minutes, (slot.start, slot.end)
    spans: list[tuple[int, int, str | None]] = [(s.start, s.end, s.duty) for s in held]
    spans += [(start, end, None) for start, end in person.carried]
    found = {clash(rest, asked, (start, end)): duty for start, end, duty in reversed(spans)}
    for rule in ("booked", "rest"):
        if rule in found:
            return rule, found[rule]
    return None


def _cap_refusal(person: Person, slot: Slot, held: Sequence[Slot]) -> str | None:
    in_week = sum(other.week == slot.week for other in held)
    if in_week + person.carried_weeks.get(slot.week, 0) >= person.staff.max_per_week:
        return "week_cap"
    cap = person.staff.max_per_period
    return "period_cap" if cap is not None and len(held) >= cap else None
