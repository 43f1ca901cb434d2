"""Messages that leave the house, in Chinese and English: subject and text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from scheduler.wording.dates import dates_text, day_text, hours_text
from scheduler.wording.plain import one_line, plain


@dataclass(frozen=True, slots=True)
class DutyFacts:
    """What a message about one duty may say; `starts` and `ends` are on the local clock."""

    person: str
    activity: str
    place: str
    starts: datetime
    ends: datetime
    address: str
    contact: str
    phone: str
    tasks: str
    procedure: str
    link: str


def reminder(duty: DutyFacts, lang: Literal["zh", "en"]) -> tuple[str, str]:
    """The subject and the text that remind a person of one duty.

    They name the date and never "tomorrow": a reminder that was held up for hours must still be true.
    """
    when = f"{day_text(duty.starts.date(), lang)} {hours_text(duty.starts, duty.ends, lang)}"
    subject = f"值班提醒：{when} {duty.place}" if lang == "zh" else f"Duty reminder: {when}, {duty.place}"
    return one_line(subject), plain(_text(duty, when, lang))


def _text(duty: DutyFacts, when: str, lang: Literal["zh", "en"]) -> str:
    chinese = lang == "zh"
    lines = [
        f"{duty.person}，您好：" if chinese else f"Dear {duty.person},",
        "",
        "请按时到岗。" if chinese else "this is a reminder of your duty.",
        "",
        *(
            f"{label_zh}：{words}" if chinese else f"{label_en}: {words}"
            for label_zh, label_en, words in (
                ("活动", "Activity", duty.activity),
                ("时间", "When", when),
                ("地点", "Place", duty.place),
                ("地址", "Address", duty.address),
                ("联系人", "Contact", " ".join(filter(None, (duty.contact, duty.phone)))),
            )
            if words
        ),
        *_block("任务" if chinese else "Tasks", duty.tasks, "：" if chinese else ":"),
        *_block("工作流程" if chinese else "Procedure", duty.procedure, "：" if chinese else ":"),
        "",
        f"我的值班：{duty.link}" if chinese else f"My duties: {duty.link}",
        "",
        "本邮件由系统自动发出，请勿回复。" if chinese else "This mail was sent automatically; please do not reply.",
    ]
    return "\n".join(lines) + "\n"


def _block(label: str, words: str, colon: str) -> list[str]:
    return ["", f"{label}{colon}", words.strip()] if words.strip() else []


def signin_link(person: str, link: str, lang: Literal["zh", "en"]) -> tuple[str, str]:
    """The subject and the text that carry a one-time sign-in link, good for an hour."""
    if lang == "zh":
        text = f"""{person}，您好：

请用下面的链接登录轮值系统。链接一小时内有效，只能用一次：

{link}

如果不是您本人申请的，请不要理会，也不要转发。"""
        return "轮值：您的登录链接", plain(text)
    text = f"""Dear {person},

sign in to Lunzhi by this link. It is good for one hour and works once:

{link}

If you did not ask for it, ignore this message and do not pass it on."""
    return "Lunzhi: your sign-in link", plain(text)


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One duty in a list; `starts` and `ends` are on the local clock."""

    starts: datetime
    ends: datetime
    place: str
    activity_zh: str
    activity_en: str

    def text(self, lang: Literal["zh", "en"]) -> str:
        """`3月2日 周一 08:30–17:00 江北支行（厅堂服务）` or `Mon 2 Mar 08:30–17:00, 江北支行 (Lobby service)`."""
        when = f"{day_text(self.starts.date(), lang)} {hours_text(self.starts, self.ends, lang)}"
        return (
            f"{when} {self.place}（{self.activity_zh}）"
            if lang == "zh"
            else f"{when}, {self.place} ({self.activity_en})"
        )


@dataclass(frozen=True, slots=True)
class Changed:
    """What a publication changes for one person: pairs of the duty they lose and the duty they get."""

    person: str
    first: date
    last: date
    number: int
    lines: Sequence[tuple[DutyLine | None, DutyLine | None]]
    note: str
    link: str


def published(facts: Changed, lang: Literal["zh", "en"]) -> tuple[str, str]:
    """The subject and the text that tell a person of their duties when a roster is first published."""
    chinese, period = lang == "zh", dates_text(facts.first, facts.last, lang)
    count = len(facts.lines)
    subject = f"{period} 值班安排：您有 {count} 次" if chinese else f"Your duties, {period}: {count}"
    head = (
        f"{period}的排班表已发布，您有 {count} 次值班："
        if chinese
        else f"the roster of {period} is published. You have:"
    )
    return one_line(subject), plain(_letter(facts, head, lang))


def changed(facts: Changed, lang: Literal["zh", "en"]) -> tuple[str, str]:
    """The subject and the text that tell a person what a later version of the roster changes for them."""
    chinese, period = lang == "zh", dates_text(facts.first, facts.last, lang)
    subject = (
        f"您的值班有变动（{period} 第 {facts.number} 版）"
        if chinese
        else f"Your duties have changed ({period}, version {facts.number})"
    )
    return one_line(subject), plain(
        _letter(facts, "您的值班有变动：" if chinese else "your duties have changed:", lang)
    )


def _letter(facts: Changed, head: str, lang: Literal["zh", "en"]) -> str:
    chinese = lang == "zh"
    lines = [
        f"{facts.person}，您好：" if chinese else f"Dear {facts.person},",
        "",
        head,
        "",
        *(line for pair in facts.lines for line in _changed_lines(*pair, lang)),
        *_block("附言" if chinese else "Note", facts.note, "：" if chinese else ":"),
        "",
        f"我的值班：{facts.link}" if chinese else f"My duties: {facts.link}",
        "订阅的日历会自动更新。" if chinese else "Calendars that you subscribe to follow by themselves.",
        "",
        "本邮件由系统自动发出，请勿回复。" if chinese else "This mail was sent automatically; please do not reply.",
    ]
    return "\n".join(lines) + "\n"


def _changed_lines(old: DutyLine | None, new: DutyLine | None, lang: Literal["zh", "en"]) -> Iterator[str]:
    chinese = lang == "zh"
    if old is not None:
        yield f"－ 取消：{old.text(lang)}" if chinese else f"- no longer: {old.text(lang)}"
    if new is not None and old is not None:
        yield f"＋ 改为：{new.text(lang)}" if chinese else f"+ instead: {new.text(lang)}"
    elif new is not None:
        yield f"＋ {new.text(lang)}" if chinese else f"+ {new.text(lang)}"
