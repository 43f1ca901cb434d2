"""How far a long list is: told as its lines are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Progress = Callable[[int, int], None]  # lines done, of all
EVERY = 5_000  # lines between two tellings: a second of work or less


def silent(done: int, of: int) -> None:
    """For whoever is not asked how far it is."""


def counted(lines: Sequence[Item], progress: Progress) -> Iterator[Item]:
    """The lines; before the first, and after every few thousand of them, it is told how many are done."""
    for first in range(0, len(lines), EVERY):
        progress(first, len(lines))
        yield from lines[first : first + EVERY]
