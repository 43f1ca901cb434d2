"""Large exports: asked for, made in the background, fetched by who asked, forgotten after a week."""

from scheduler.handouts.desk import KINDS, LARGE, ask, drop, file, handout, handouts, is_large, prune
from scheduler.handouts.making import CPU_SECONDS, MEMORY_MOST, WALL_SECONDS, failed, give_back, is_due, make_one

__all__ = [
    "CPU_SECONDS",
    "KINDS",
    "LARGE",
    "MEMORY_MOST",
    "WALL_SECONDS",
    "ask",
    "drop",
    "failed",
    "file",
    "give_back",
    "handout",
    "handouts",
    "is_due",
    "is_large",
    "make_one",
    "prune",
]
