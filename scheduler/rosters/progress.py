"""How far a running fill is, for those who wait; and whether they still do."""

from __future__ import annotations

import json
from collections.abc import Callable
from time import monotonic
from typing import Any

from scheduler.database import Database, run, value, write
from scheduler.errors import Busy

EVERY_SECONDS = 0.5  # quick enough to follow, and never a burden on whoever works meanwhile
MOST_POINTS = 120  # of the chart; of more, every second one is dropped
STAGES = ("read", "first", "improve", "prove", "write")
STAGE_OF = {"flow": "first", "sweep": "improve", "chains": "improve", "prove": "prove", "done": "write"}

Point = tuple[float, float, float]  # seconds, price, bound


OF_FILL = (
    "UPDATE roster SET fill_progress = :told WHERE id = :id AND fill_state = 'running'",
    "SELECT fill_cancel <> '' FROM roster WHERE id = :id",
)
# A scenario keeps it all in its facts; one that was thrown away is filled for nobody.
OF_SCENARIO = (
    "UPDATE scenario SET facts = json_set(facts, '$.progress', json(:told)) WHERE id = :id AND state = 'running'",
    "SELECT NOT EXISTS (SELECT 1 FROM scenario WHERE id = :id AND facts ->> '$.stop' IS NULL)",
)


class Watch:
    """Notes the stages and prices of one fill with its roster (or scenario), and asks there whether it was cancelled.

    `of` are the two statements that do it: what is told, and whether somebody has had enough.
    """

    def __init__(
        self, db: Database, id: int, tick: Callable[[], float] = monotonic, *, of: tuple[str, str] = OF_FILL
    ) -> None:
        self._db, self._id, self._tick, self._of = db, id, tick, of
        self._began = tick()
        self._stages: dict[str, float] = {"read": 0.0}
        self._points: list[Point] = []
        self._written_at = self._asked_at = -EVERY_SECONDS
        self._cancel = False

    def told(self, stage: str, price: float | None, bound: float | None) -> None:
        """Take what the engine tells; it is written at once for a new stage, else at most twice a second."""
        at = round(self._tick() - self._began, 2)
        word = STAGE_OF[stage]
        is_new = word not in self._stages
        self._stages.setdefault(word, at)
        is_due = is_new or at - self._written_at >= EVERY_SECONDS
        if price is not None and bound is not None and is_due:
            self._points.append((at, round(price, 2), round(bound, 2)))
        if is_due:
            self._written_at = at
            self._write()

    def is_cancelled(self) -> bool:
        """Whether somebody asked for an end; looked up at most twice a second."""
        at = self._tick() - self._began
        if at - self._asked_at >= EVERY_SECONDS:
            self._asked_at = at
            self._cancel = bool(value(self._db, self._of[1], id=self._id))
        return self._cancel

    def _write(self) -> None:
        if len(self._points) > MOST_POINTS:
            self._points = [*self._points[:-1:2], self._points[-1]]
        told = json.dumps({"stages": self._stages, "points": self._points})
        try:
            with write(self._db):
                run(self._db, self._of[0], told=told, id=self._id)
        except Busy:  # somebody writes for long: they may, and the next report comes soon
            pass


def progress(roster: dict[str, Any]) -> dict[str, Any]:
    """How far the roster's fill is (or was): stages as (word, when it began, done | now | later), points, gap.

    `seconds` is when it was last heard of; gap is None before the first complete roster.
    """
    return told_of(json.loads(roster["fill_progress"]), is_over=roster["fill_state"] == "done")


def told_of(told: dict[str, Any], *, is_over: bool) -> dict[str, Any]:
    """The same of what a watch has written."""
    began, points = told.get("stages", {}), [tuple(point) for point in told.get("points", ())]
    last = max((STAGES.index(word) for word in began), default=-1)
    stages = [
        (word, began.get(word), "done" if at < last or is_over else "now" if at == last else "later")
        for at, word in enumerate(STAGES)
    ]
    price, bound = points[-1][1:] if points else (None, None)
    return {
        "stages": stages,
        "done": len(STAGES) if is_over else last + 1,
        "points": points,
        "price": price,
        "bound": bound,
        "gap": None if price is None or bound is None else (price - bound) / max(1.0, abs(bound)),
        "seconds": max([*began.values(), *(point[0] for point in points)], default=0.0),
    }
