"""Rosters and tallies as workbooks and CSV."""

from scheduler.exports.rosters import roster_workbook
from scheduler.exports.tallies import file_name, tallies_csv, tallies_workbook, trips_csv, trips_workbook

__all__ = ["file_name", "roster_workbook", "tallies_csv", "tallies_workbook", "trips_csv", "trips_workbook"]
