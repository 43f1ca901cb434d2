"""A long computation, given up as soon as nobody waits for its result."""

from collections.abc import Callable
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")

EVERY_SECONDS = 0.1  # how often it is asked whether somebody still waits


class Abandoned(Exception):
    """Nobody waits any more: the computation ends by itself some time, and its result is thrown away."""


def awaited(work: Callable[[], Result], is_cancelled: Callable[[], bool] | None) -> Result:
    """What the work gives; `Abandoned` once the wait is cancelled.

    The solvers cannot be stopped from outside, so the work goes on in a thread of its own, and may touch nothing
    that is used afterwards. Where nobody can cancel, no thread is needed.
    """
    if is_cancelled is None:
        return work()
    done: list[Result] = []
    thread = Thread(target=lambda: done.append(work()), daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(EVERY_SECONDS)
        if thread.is_alive() and is_cancelled():
            raise Abandoned
    return done[0] if done else work()  # what went wrong there goes wrong here again, where it is heard
