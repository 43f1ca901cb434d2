"""Messages about leave, in Chinese and English: subject and text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from scheduler.wording.dates import day_text
from scheduler.wording.messages import DutyLine
from scheduler.wording.plain import one_line, plain
from scheduler.wording.states import STATES


@dataclass(frozen=True, slots=True)
class LeaveFacts:
    """What a message about leave may say: never the note, which may be of somebody's health."""

    reader: str
    person: str
    kind: str
    state: str
    starts: datetime
    ends: datetime
    reason: str
    duties: Sequence[DutyLine]
    link: str


def filed(facts: LeaveFacts, lang: Literal["zh", "en"]) -> tuple[str, str]:
    """To a coordinator: leave that waits for a decision, or that meets duties of a published roster."""
    chinese, when, kind = lang == "zh", span_text(facts.starts, facts.ends, lang), _kind(facts, lang)
    is_waiting = facts.state == "asked"
    if chinese:
        subject = f"{facts.person}{'申请' if is_waiting else ''}{kind}：{when}"
        head = f"{facts.person}{'申请' if is_waiting else ''}{kind}，{when}{'，等您审批' if is_waiting else ''}。"
    else:
        subject = f"{facts.person} {'asks for' if is_waiting else 'is away'}: {kind}, {when}"
        head = f"{facts.person} {'asks for leave' if is_waiting else 'is away'} ({kind}), {when}."
        head += " It waits for your decision." if is_waiting else ""
    hits = (
        f"已发布的班次中受影响 {len(facts.duties)} 个："
        if chinese
        else f"Published duties that it meets: {len(facts.duties)}"
    )
    lines = ["", hits, *(f"- {duty.text(lang)}" for duty in facts.duties)] if facts.duties else []
    what = ("审批" if is_waiting else "看谁能替") if chinese else ("Decide" if is_waiting else "Who could stand in")
    return one_line(subject), plain(_letter(facts, head, lines, what, lang))


def decided(facts: LeaveFacts, lang: Literal["zh", "en"]) -> tuple[str, str]:
    """To the person: what was decided."""
    chinese, when, kind = lang == "zh", span_text(facts.starts, facts.ends, lang), _kind(facts, lang)
    is_approved = facts.state == "approved"
    if chinese:
        subject = f"{kind}{'已批准' if is_approved else '未批准'}：{when}"
        head = f"您的{kind}（{when}）{'已批准' if is_approved else '未批准'}。"
    else:
        subject = f"{kind} {'approved' if is_approved else 'declined'}: {when}"
        head = f"your leave ({kind}, {when}) was {'approved' if is_approved else 'declined'}."
    why = [f"{'理由：' if chinese else 'Reason: '}{facts.reason}"] if facts.reason else []
    return one_line(subject), plain(_letter(facts, head, why, "我的请假" if chinese else "My leave", lang))


def span_text(starts: datetime, ends: datetime, lang: Literal["zh", "en"]) -> str:
    """`3月2日 周一`, `3月2日 周一–3月4日 周三`, or with hours where it is not whole days."""
    if starts.time() == ends.time() == time(0):
        last = ends - timedelta(days=1)
        first, until = day_text(starts.date(), lang), day_text(last.date(), lang)
        return first if first == until else f"{first}–{until}"
    first, until = f"{day_text(starts.date(), lang)} {starts:%H:%M}", f"{ends:%H:%M}"
    if ends.time() == time(0):
        ends, until = ends - timedelta(days=1), "24:00"
    return f"{first}–{until}" if starts.date() == ends.date() else f"{first}–{day_text(ends.date(), lang)} {until}"


def _kind(facts: LeaveFacts, lang: Literal["zh", "en"]) -> str:
    return STATES["away_kind"][facts.kind][lang == "en"]


def _letter(facts: LeaveFacts, head: str, lines: Sequence[str], what: str, lang: Literal["zh", "en"]) -> str:
    chinese = lang == "zh"
    return (
        "\n".join(
            [
                f"{facts.reader}，您好：" if chinese else f"Dear {facts.reader},",
                "",
                head,
                *lines,
                "",
                f"{what}{'：' if chinese else ': '}{facts.link}",
                "",
                "本邮件由系统自动发出，请勿回复。"
                if chinese
                else "This mail was sent automatically; please do not reply.",
            ]
        )
        + "\n"
    )
