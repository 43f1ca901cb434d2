"""Solve a problem: the engine behind it is loaded only when it is asked."""

from collections.abc import Callable, Iterable

from scheduler.rotation.policy import Policy
from scheduler.rotation.problem import Problem, Seat
from scheduler.rotation.proposal import Budget, Proposal

DEFAULT = Budget()


def solve(
    problem: Problem,
    *,
    policy: Policy | None = None,
    budget: Budget = DEFAULT,
    progress: Callable[[str, float | None, float | None], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Proposal:
    """The best roster within the budget, with a bound that no roster can beat.

    A policy replaces the problem's own weights and rest. The same problem and budget give the
    same roster on any machine. `progress` gets the stage, the price of the roster so far and
    the bound; when `cancelled` turns true, the best roster so far comes back. The numeric
    libraries are heavy, and a process that only asks about single seats should not carry
    them: hence the import inside.
    """
    from scheduler.rotation.engine import propose

    return propose(policy.applied(problem) if policy else problem, budget, progress, cancelled)


def stand_ins(problem: Problem, leaving: Iterable[Seat]) -> tuple[Seat, ...]:
    """Who takes over the seats of those who leave, at the least price, nobody else moved.

    All others must be pinned, or in `previous`, and stay. A seat that nobody may take is in none of the answers.
    `solve` begins with the same wherever there is a `previous`.
    """
    from scheduler.rotation.engine import stand_ins as found

    return found(problem, leaving)
