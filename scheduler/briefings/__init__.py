"""Briefings: from a period and a unit a paragraph and a one-page report, each number with the question behind it."""

from scheduler.briefings.paragraph import briefing
from scheduler.briefings.pieces import Briefing, Figure, Piece
from scheduler.briefings.report import Note, Report, report, report_text

__all__ = ["Briefing", "Figure", "Note", "Piece", "Report", "briefing", "report", "report_text"]
