"""What leaders and units owe a week or period, and whether they met it."""

from scheduler.quotas.board import Leader, attainment, board, figures
from scheduler.quotas.owing import months, weeks
from scheduler.quotas.setting import (
    MOST,
    PERIODS,
    ROLES,
    add,
    change,
    end,
    least_workdays,
    listed,
    quota,
    set_least_workdays,
)
from scheduler.quotas.units import (
    BASES,
    TARGET_PERIODS,
    add_target,
    behind,
    end_target,
    progress,
    results,
    spans,
    target,
    targets,
)
from scheduler.quotas.waiving import cell, take_back, waive, waiver, waivers

__all__ = [
    "BASES",
    "MOST",
    "PERIODS",
    "ROLES",
    "TARGET_PERIODS",
    "Leader",
    "add",
    "add_target",
    "attainment",
    "behind",
    "board",
    "cell",
    "change",
    "end",
    "end_target",
    "figures",
    "least_workdays",
    "listed",
    "months",
    "progress",
    "quota",
    "results",
    "set_least_workdays",
    "spans",
    "take_back",
    "target",
    "targets",
    "waive",
    "waiver",
    "waivers",
    "weeks",
]
