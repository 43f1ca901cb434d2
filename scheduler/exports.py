"""Rosters and tallies as workbooks and CSV."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.database import Row


def tallies_csv(rows: Sequence[Row], lang: str) -> bytes:
    """CSV with a BOM, so that Excel reads Chinese."""
    raise NotImplementedError
