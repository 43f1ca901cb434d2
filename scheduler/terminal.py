"""What every command needs: the installation, its language, a sentence for whoever reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime

from scheduler import backups, config, wording
from scheduler.config import Settings
from scheduler.database import Database
from scheduler.errors import Refusal


def settings() -> Settings:
    """The settings of the instance folder, both made where they are missing."""
    folder = config.instance_folder()
    config.prepare(folder)
    return config.load(folder)


@contextmanager
def installation(*, now: datetime) -> Iterator[tuple[Settings, Database]]:
    """The settings and the open database, at the newest schema."""
    known = settings()
    with backups.in_use(known), closing(backups.opened(known, now=now)) as db:
        yield known, db


def language() -> wording.Lang:
    """The installation's language; Chinese where there is none yet, or its settings cannot be read."""
    try:
        return config.load(config.instance_folder()).site.language
    except Refusal:
        return "zh"


def say(chinese: str, english: str, /, **facts: object) -> None:
    """Print a sentence in the installation's language."""
    print((chinese if language() == "zh" else english).format_map(facts))
