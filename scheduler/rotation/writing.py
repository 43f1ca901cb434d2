"""A proposal as the roster document of the file format, and back."""

from typing import Any

from scheduler.rotation.problem import BadProblem, Problem, Seat
from scheduler.rotation.proposal import PinConflict, Proposal, Uncovered

FORMAT = "roster/1"


def write_proposal(problem: Problem, proposal: Proposal) -> dict[str, Any]:
    """The document: assignments, what is uncovered and why, conflicts, price, bound and gap."""
    return {
        "format": FORMAT,
        "instance": problem.id,
        "assignments": [_triple(seat) for seat in proposal.seats],
        "uncovered": [
            {
                "duty": hole.duty,
                "position": hole.position,
                "missing": hole.missing,
                "reasons": dict(hole.reasons),
                **({"frozen": True} if hole.frozen else {}),
            }
            for hole in proposal.uncovered
        ],
        "conflicts": [
            {"kind": conflict.kind, **_triple(conflict), "reason": conflict.reason} for conflict in proposal.conflicts
        ],
        "objective": proposal.objective,
        "bound": proposal.bound,
        "gap": proposal.gap,
        "proven": proposal.proven,
    }


def read_proposal(document: dict[str, Any]) -> Proposal:
    """The proposal that a document holds; a roster of assignments alone is one too."""
    try:
        return Proposal(
            seats=tuple(Seat(**_fields(row)) for row in document["assignments"]),
            uncovered=tuple(
                Uncovered(
                    str(row["duty"]),
                    str(row["position"]),
                    int(row["missing"]),
                    {str(rule): int(count) for rule, count in row.get("reasons", {}).items()},
                    bool(row.get("frozen", False)),
                )
                for row in document.get("uncovered", ())
            ),
            conflicts=tuple(
                PinConflict(str(row["kind"]), **_fields(row), reason=str(row["reason"]))
                for row in document.get("conflicts", ())
            ),
            objective=float(document.get("objective", 0.0)),
            bound=float(document.get("bound", 0.0)),
            gap=float(document.get("gap", 0.0)),
            proven=bool(document.get("proven", False)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise BadProblem([("roster", f"{type(fault).__name__}: {fault}")]) from fault


def _triple(seat: Seat | PinConflict) -> dict[str, str]:
    return {"duty": seat.duty, "position": seat.position, "staff": seat.staff}


def _fields(row: dict[str, Any]) -> dict[str, str]:
    return {name: str(row[name]) for name in ("duty", "position", "staff")}
