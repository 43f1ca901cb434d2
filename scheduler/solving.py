"""The rotation engine on files: problem.json in, roster.json out."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scheduler.rotation import BadProblem, Budget, Proposal, read_problem, solve, write_proposal

DOES = "单独求解 · let the rotation engine solve a problem file"


def main(given: Sequence[str]) -> int:
    """The `solve` command by itself, with what stands after its name; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m scheduler solve", description=DOES)
    add_arguments(parser)
    return run(parser.parse_args(given))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `solve` is told: IN, -o OUT, --prove."""
    parser.add_argument("problem", metavar="IN")
    parser.add_argument("-o", dest="output", metavar="OUT", required=True)
    parser.add_argument("--prove", action="store_true", help="直到证明最优 · go on until proven optimal")


def run(asked: argparse.Namespace) -> int:
    """Solve as asked: 0, or 2 and each fault of the file by object and field, or 1 where OUT cannot be written."""
    try:
        print(*solve_file(Path(asked.problem), Path(asked.output), prove=asked.prove), sep="\n")
    except BadProblem as fault:
        print(*(f"{path}: {message}" for path, message in fault.errors), sep="\n", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{asked.output}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def solve_file(source: Path, target: Path, *, prove: bool = False) -> list[str]:
    """Solve the problem in a file, write the roster, and give the lines to print.

    `prove` goes on until no better roster can exist. A file that cannot be read, is not JSON
    or does not state a sound problem raises `BadProblem`; nothing is then written.
    """
    problem = read_problem(_document(source))
    proposal = solve(problem, budget=Budget(prove=prove))
    text = json.dumps(write_proposal(problem, proposal), ensure_ascii=False, indent=1)
    target.write_text(text + "\n", encoding="utf-8")
    return _summary(proposal)


def _document(source: Path) -> dict[str, Any]:
    try:
        document = json.loads(source.read_text(encoding="utf-8"))
    except OSError as fault:
        raise BadProblem([(str(source), fault.strerror or "cannot be read")]) from fault
    except ValueError as fault:  # not UTF-8, or not JSON: both say where
        raise BadProblem([(str(source), f"is not JSON: {fault}")]) from fault
    if not isinstance(document, dict):
        raise BadProblem([(str(source), "is not a JSON object")])
    return document


def _summary(proposal: Proposal) -> list[str]:
    empty = sum(hole.missing for hole in proposal.uncovered)
    lines = [
        f"objective {proposal.objective:.2f}",
        f"bound {proposal.bound:.2f}",
        f"gap {100 * proposal.gap:.3f} %" + (" (proven optimal)" if proposal.proven else ""),
        f"assigned {len(proposal.seats)}, uncovered {empty}",
    ]
    lines += [f"conflict: {c.kind} {c.duty} {c.position} {c.staff}: {c.reason}" for c in proposal.conflicts]
    return lines
