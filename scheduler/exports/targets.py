"""Where an export is written: into memory, or into a file while somebody watches how far it is."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO, Any

Watch = Callable[[Iterable[Any]], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Target:
    """`file` is written from its beginning; `folder` holds what is written on the way; `watch` sees each trip pass."""

    file: IO[bytes]
    folder: str | None = None
    watch: Watch = iter


def in_memory(put: Callable[[Target], None]) -> bytes:
    """What is put into a target, for an answer at once."""
    file = io.BytesIO()
    put(Target(file))
    return file.getvalue()
