"""Where one name ends and the next begins, in a text without marks between them."""

from __future__ import annotations

from functools import cache

from scheduler.imports.wall.people import People
from scheduler.imports.wall.words import squeezed


def rejoined(parts: list[str]) -> list[str]:
    """Single characters beside one another belong together: a padded name among whole ones."""
    joined: list[str] = []
    pad = ""
    for part in parts:
        if len(part) == 1:
            pad += part
            if len(pad) == 2:
                joined.append(pad)
                pad = ""
        else:
            joined += [pad] if pad else []
            pad = ""
            joined.append(part)
    return joined + ([pad] if pad else [])


def parted(text: str, people: People) -> list[str]:
    """The one way to part a text into known names, 和 and the like between them or nothing; empty if there is none.

    Two ways are none: then it is asked. White space is a border where it must be, and padding where it may be.
    """
    if len(squeezed(text)) > 60:
        return []
    bounds = {0}
    whole = ""
    for part in text.split():
        whole += part
        bounds.add(len(whole))

    @cache
    def ways(at: int) -> tuple[tuple[str, ...], ...]:
        if at == len(whole):
            return ((),)
        found: list[tuple[str, ...]] = []
        starts = [at]
        if at and whole[at] in "和及与·":
            starts.append(at + 1)
        for start in starts:
            for end in range(start + 2, min(start + 8, len(whole)) + 1):
                if whole[start:end] in people.by_name:
                    found += [(whole[start:end], *rest) for rest in ways(end)]
        return tuple(found[:8])

    found = list(dict.fromkeys(ways(0)))
    if len(found) > 1:
        along = [way for way in found if _keeps(way, whole, bounds)]
        found = along if len(along) == 1 else []
    return list(found[0]) if found else []


def _keeps(way: tuple[str, ...], whole: str, bounds: set[int]) -> bool:
    """Whether every name of the way ends where white space was."""
    at = 0
    for name in way:
        at = whole.index(name, at) + len(name)
        if at not in bounds:
            return False
    return True
