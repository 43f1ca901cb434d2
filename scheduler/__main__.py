"""Command line: init, work, run one job, link, import, export, back up, restore, verify, examine, dump, solve."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(given: Sequence[str] | None = None) -> int:
    """Carry out one command: 0 if it did, 1 with a message in words if not; wrong use leaves with 2."""
    words = list(sys.argv[1:] if given is None else given)
    if words[:1] == ["solve"]:
        # needs no installation, and loading everything that the others need takes longer than a small roster
        from scheduler import solving

        return solving.main(words[1:])
    from scheduler import commands

    return commands.main(words)


if __name__ == "__main__":
    sys.exit(main())
