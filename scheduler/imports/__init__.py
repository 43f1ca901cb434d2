"""What people bring as workbooks and CSV: staff lists, leave, opening balances, rosters, duty sheets off the wall."""

from scheduler.imports.balances import Balances, kind_of, read_balances, store_balances
from scheduler.imports.leave import leave_counts, read_leave, store_leave
from scheduler.imports.organisation import list_report, store_list
from scheduler.imports.people import counts, prepared, read_people, store_people
from scheduler.imports.reports import (
    Report,
    balances_report,
    leave_report,
    people_report,
    roster_report,
    sentence,
)
from scheduler.imports.rosters import Difference, read_roster, store_roster
from scheduler.imports.wall import Answers, WallReading, read_wall
from scheduler.imports.wall.storing import Planned, store_wall, undo_wall

__all__ = [
    "Answers",
    "Balances",
    "Difference",
    "Planned",
    "Report",
    "WallReading",
    "balances_report",
    "counts",
    "kind_of",
    "leave_counts",
    "leave_report",
    "list_report",
    "people_report",
    "prepared",
    "read_balances",
    "read_leave",
    "read_people",
    "read_roster",
    "read_wall",
    "roster_report",
    "sentence",
    "store_balances",
    "store_leave",
    "store_list",
    "store_people",
    "store_roster",
    "store_wall",
    "undo_wall",
]
