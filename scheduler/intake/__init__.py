"""Files that were handed in: read in the background, asked about, looked at, stored as one act, undone as one."""

from scheduler.intake.columns import VOCABULARIES
from scheduler.intake.desk import KINDS, answer, ask_store, ask_undo, drop, hand_in, intake, intakes, prune
from scheduler.intake.direct import store_now, undo_now
from scheduler.intake.questions import place_names
from scheduler.intake.working import (
    CPU_SECONDS,
    MEMORY_MOST,
    WALL_SECONDS,
    failed,
    give_back,
    is_due,
    work_one,
)

__all__ = [
    "CPU_SECONDS",
    "KINDS",
    "MEMORY_MOST",
    "VOCABULARIES",
    "WALL_SECONDS",
    "answer",
    "ask_store",
    "ask_undo",
    "drop",
    "failed",
    "give_back",
    "hand_in",
    "intake",
    "intakes",
    "is_due",
    "place_names",
    "prune",
    "store_now",
    "undo_now",
    "work_one",
]
