"""A rule of a ladder as people say it: two hours before, the day before at 17:00."""

from __future__ import annotations

from scheduler.wording import Lang


def rule_words(rule: str, lang: Lang) -> str:
    """`minutes:120`, `days:3`, `days:1@17:00` or `workday@17:00` in words."""
    before, _, at = rule.partition("@")
    kind, _, count = before.partition(":")
    chinese, english = _words(kind, int(count or 0), at)
    return chinese if lang == "zh" else english


def _words(kind: str, n: int, at: str) -> tuple[str, str]:
    if kind == "workday":
        return f"前一个工作日 {at}", f"last workday before, {at}"
    if kind == "minutes" and n % 60:
        return f"{n} 分钟前", f"{n} minutes before"
    if kind == "minutes":
        return f"{n // 60} 小时前", f"{n // 60} hour{'s' if n > 60 else ''} before"
    if not at:
        return f"{n} 天前同一时刻", f"{n} day{'s' if n > 1 else ''} before, same hour"
    return {0: (f"当天 {at}", f"same day, {at}"), 1: (f"前一天 {at}", f"day before, {at}")}.get(
        n, (f"提前 {n} 天 {at}", f"{n} days before, {at}")
    )
