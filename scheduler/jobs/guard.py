"""One thing's failure must not end the others."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)


def guarded(name: str, act: Callable[[], object]) -> None:
    """Do it, whatever happens: one job's failure, or a full disk, must not end the others.

    The one broad catch of the core. The log names the error's class and place, never its text: that may
    hold a person's name or address.
    """
    try:
        act()
    except Exception as error:  # noqa: BLE001
        at = traceback.extract_tb(error.__traceback__)[-1]
        log.error("%s failed: %s at %s:%s", name, type(error).__name__, Path(at.filename).name, at.lineno)
