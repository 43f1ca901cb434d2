"""Gaps of a message's text: what is wrong with a text, and the text with its gaps filled."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from scheduler.errors import Problem
from scheduler.wording.plain import one_line, plain

GAP = re.compile(r"\{([a-z_]+)\}")
BRACED = re.compile(r"\{([^{}\n]*)\}")
SUBJECT_MOST, BODY_MOST = 120, 4000  # of a text, in characters
FILLED_SUBJECT_MOST, FILLED_BODY_MOST = 200, 20_000  # of a message: what fills a gap may be long


def faults(field: str, text: str, known: Collection[str]) -> list[Problem]:
    """Every brace of a text that is not one of the known gaps, with its line. There is nothing else in braces:
    no attribute, no format, no way to write a brace."""
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        for name in BRACED.findall(line):
            if name not in known:
                facts = {"gap": name[:40], "line": number, "known": " ".join(f"{{{one}}}" for one in known)}
                found.append(Problem("unknown_gap", field, facts=facts))
        if re.search(r"[{}]", BRACED.sub("", line)):
            found.append(Problem("stray_brace", field, facts={"line": number, "text": line.strip()[:40]}))
    return found


def names_in(text: str) -> set[str]:
    """The gaps that a text has."""
    return set(GAP.findall(text))


def subject_of(text: str, gaps: Mapping[str, str]) -> str:
    """A subject with its gaps filled: one line, nothing hidden in it, so that it can stand in a header."""
    return _cut(one_line(GAP.sub(lambda gap: gaps[gap[1]], text)), FILLED_SUBJECT_MOST)


def body_of(text: str, gaps: Mapping[str, str]) -> str:
    """A body with its gaps filled. A line, or a whole paragraph, all of whose gaps are empty is left out."""
    paragraphs = (_paragraph(part, gaps) for part in re.split(r"\n\s*\n", plain(text).strip()))
    return _cut(plain("\n\n".join(part for part in paragraphs if part)), FILLED_BODY_MOST) + "\n"


def _paragraph(text: str, gaps: Mapping[str, str]) -> str:
    if _is_void(text, gaps):
        return ""
    lines = (line.rstrip() for line in text.split("\n") if not _is_void(line, gaps))
    return "\n".join(GAP.sub(lambda gap: gaps[gap[1]].strip(), line) for line in lines)


def _is_void(text: str, gaps: Mapping[str, str]) -> bool:
    names = names_in(text)
    return bool(names) and not any(gaps[name].strip() for name in names)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
