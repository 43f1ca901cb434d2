"""Amounts as they are read: counts, hours, shares, intervals, telephone numbers."""

from __future__ import annotations

from flask import g


def dialled(phone: str) -> str:
    """A telephone number as a link dials it: digits and a leading plus only."""
    digits = "".join(sign for sign in phone if sign.isascii() and sign.isdigit())
    return f"+{digits}" if phone.strip().startswith("+") else digits


def number(count: int) -> str:
    """A count with its thousands parted: `1,219`."""
    return f"{count:,}"


def as_hours(minutes: int) -> str:
    """Minutes as hours, to one decimal where there is one: `8.5`, `30`."""
    return f"{minutes / 60:,.1f}".removesuffix(".0")


def measured(held: float | None, kind: str) -> str:
    """A figure of a tally: a count `1,219`, hours or a ratio `25.5`, a share `97%`; `–` for a rate of nothing."""
    if held is None:
        return "–"
    if kind == "share":
        return f"{100 * held:.0f}%"
    return f"{held:,.0f}" if kind == "count" else f"{held:,.1f}".removesuffix(".0" if kind == "hours" else "")


def every(seconds: int) -> str:
    """An interval: `每 10 分钟`, `10 min`."""
    for size, chinese, english in ((86400, "天", "d"), (3600, "小时", "h"), (60, "分钟", "min")):
        if seconds % size == 0:
            count = seconds // size
            return f"每{f' {count} ' if count > 1 else ''}{chinese}" if g.lang == "zh" else f"{count} {english}"
    return f"每 {seconds} 秒" if g.lang == "zh" else f"{seconds} s"


def took(milliseconds: int) -> str:
    """How long something took: `14 毫秒`, `2.3 s`, `12 分钟`."""
    if milliseconds < 1000:
        return f"{milliseconds} {'毫秒' if g.lang == 'zh' else 'ms'}"
    if milliseconds < 600_000:
        return f"{milliseconds / 1000:,.1f} {'秒' if g.lang == 'zh' else 's'}"
    return f"{milliseconds // 60_000:,} {'分钟' if g.lang == 'zh' else 'min'}"
