"""Rosters and tallies as workbooks and CSV."""

from scheduler.exports.audits import audit_csv, audit_workbook
from scheduler.exports.problems import problems_csv, problems_workbook, reports_csv, reports_workbook
from scheduler.exports.quotas import quotas_csv, quotas_workbook
from scheduler.exports.rankings import ranking_csv, ranking_workbook
from scheduler.exports.rosters import roster_workbook
from scheduler.exports.samples import sample
from scheduler.exports.tallies import (
    file_name,
    put_tallies_workbook,
    put_trips_csv,
    put_trips_workbook,
    tallies_csv,
    tallies_workbook,
    trips_csv,
    trips_workbook,
)
from scheduler.exports.targets import Target

__all__ = [
    "Target",
    "audit_csv",
    "audit_workbook",
    "file_name",
    "problems_csv",
    "problems_workbook",
    "put_tallies_workbook",
    "put_trips_csv",
    "put_trips_workbook",
    "quotas_csv",
    "quotas_workbook",
    "ranking_csv",
    "ranking_workbook",
    "reports_csv",
    "reports_workbook",
    "roster_workbook",
    "sample",
    "tallies_csv",
    "tallies_workbook",
    "trips_csv",
    "trips_workbook",
]
