"""What happened at a shift: who was present, who absent; confirming it writes the ledger."""

from scheduler.attendance.confirming import confirm, mark_absent, mark_present, sheet, waiting
from scheduler.attendance.overdue import close_overdue
from scheduler.attendance.supplementing import others, supplement, take_back

__all__ = [
    "close_overdue",
    "confirm",
    "mark_absent",
    "mark_present",
    "others",
    "sheet",
    "supplement",
    "take_back",
    "waiting",
]
