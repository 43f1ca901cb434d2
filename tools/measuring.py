"""What all benchmarks share: CPU time of a call, the statements that it makes, a line of the report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median

from scheduler.database import Database


def cpu(does: Callable[[], object], times: int) -> float:
    """Seconds of this process's CPU for one call, the mean of `times`."""
    began = time.process_time()
    for _ in range(times):
        does()
    return (time.process_time() - began) / times


def by_turns(spend: Sequence[Callable[[], float]], rounds: int = 9) -> list[float]:
    """The median of what each spends, measured turn by turn: what else runs here meanwhile slows all of them alike."""
    spent = [[each() for each in spend] for _ in range(rounds)]
    return [median(turns) for turns in zip(*spent, strict=True)]


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    """The statements that the block makes, with their values in them, so that they can be made again alone."""
    seen: list[str] = []
    db.conn.set_trace_callback(seen.append)
    try:
        yield seen
    finally:
        db.conn.set_trace_callback(None)


def tell(name: str, spent: float, against: float) -> None:
    """One line: the time, and how many times less it is than what it is held against."""
    ratio = against / spent if spent else float("inf")
    print(f"  {name:<50}{1000 * spent:10.2f} ms CPU   {'' if spent == against else f'1/{ratio:,.0f}'}")


def tell_times(name: str, spent: float, floor: float) -> None:
    """One line: the time, and how many times the least it could be."""
    print(f"  {name:<50}{1000 * spent:10.2f} ms CPU   {spent / floor:,.1f} times")
