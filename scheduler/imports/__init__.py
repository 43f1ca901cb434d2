"""People, places and opening balances from workbooks and CSV."""

from scheduler.imports.balances import Balances, kind_of, read_balances, store_balances
from scheduler.imports.leave import leave_counts, read_leave, store_leave
from scheduler.imports.people import counts, read_people, store_people
from scheduler.imports.rosters import Difference, read_roster, store_roster

__all__ = [
    "Balances",
    "Difference",
    "counts",
    "kind_of",
    "leave_counts",
    "read_balances",
    "read_leave",
    "read_people",
    "read_roster",
    "store_balances",
    "store_leave",
    "store_people",
    "store_roster",
]
