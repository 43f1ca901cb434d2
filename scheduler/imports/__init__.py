"""People, places and opening balances from workbooks and CSV."""

from scheduler.imports.leave import leave_counts, read_leave, store_leave
from scheduler.imports.people import counts, read_people, store_people
from scheduler.imports.rosters import Difference, read_roster, store_roster

__all__ = [
    "Difference",
    "counts",
    "leave_counts",
    "read_leave",
    "read_people",
    "read_roster",
    "store_leave",
    "store_people",
    "store_roster",
]
