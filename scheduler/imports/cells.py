"""What stands in one cell, as the field that it is for, or a refusal of that cell."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from typing import Any, TypeVar

from scheduler.errors import Invalid

Meaning = TypeVar("Meaning")


def _meanings(words: dict[Meaning, str]) -> dict[str, Meaning]:
    return {word: meaning for meaning, known in words.items() for word in known.split()}


DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))")
FIRST_DAY, SERIALS = date(1899, 12, 30), range(36_526, 73_051)  # how a spreadsheet counts the days of 2000 to 2099
EARLIEST, LATEST = 1900, 2100
SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
MOBILE = re.compile(r"1\d{10}")
BRACKETS = re.compile(r"\([^()]*\)")
HAN, LATIN = re.compile(r"[\u3400-\u9fff]"), re.compile("[A-Za-z]")

ROLE_WORDS = _meanings({
    "head": "一把手 行长 主要负责人 单位负责人 head",
    "deputy": "分管领导 分管行领导 副行长 副总经理 副职 纪委书记 deputy",
    "staff": "员工 职员 科员 柜员 综合柜员 大堂经理 客户经理 理财经理 办事员 专员 主办 经办 "
    "工作人员 普通员工 一般员工 营业员 坐席 坐席员 会计 出纳 保安 驾驶员 管理员 staff",
})  # fmt: skip
# A probationary member (预备党员) wears the badge and takes the turns of a member.
PARTY_WORDS = _meanings({
    True: "是 党员 中共党员 正式党员 预备党员 中共预备党员 √ ✓ y yes true 1 party",
    False: "否 非党员 群众 团员 共青团员 无党派 无党派人士 民主党派 民革党员 民盟盟员 民建会员 民进会员 农工党党员 "
    "致公党党员 九三学社社员 台盟盟员 入党积极分子 积极分子 发展对象 × n no false 0",
})  # fmt: skip
LANGUAGE_WORDS = _meanings({"zh": "中文 汉语 普通话 chinese zh zh-cn", "en": "英文 英语 english en"})


def text(cell: Any) -> str:
    """A cell as text; a whole number without its point."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dict):
        return str(cell["date"])
    return str(cell).strip()


def staff_no(cell: Any) -> str:
    """A staff number. One that a spreadsheet holds as a number is refused: its zeros are already lost."""
    if isinstance(cell, float) or SCIENTIFIC.fullmatch(text(cell)):
        raise Invalid("staff_no_is_a_number", text=text(cell))
    return text(cell)


def name(cell: Any) -> str:
    """A name without its padding (王　磊) and what stands in brackets behind it; between Latin words one space."""
    written = text(cell)
    if written.isalpha():  # the usual one, of which a list may have 100,000
        return written
    written = " ".join(unicodedata.normalize("NFKC", written).split())
    bare = BRACKETS.sub("", written).strip() or written
    return "".join(bare.split()) if HAN.search(bare) and not LATIN.search(bare) else bare


def mobile(cell: Any) -> str:
    """A telephone number. A mobile may be held as a number, since none begins with a zero."""
    if (isinstance(cell, float) and not MOBILE.fullmatch(text(cell))) or SCIENTIFIC.fullmatch(text(cell)):
        raise Invalid("mobile_is_a_number", text=text(cell))
    written = unicodedata.normalize("NFKC", text(cell))
    plain = re.sub(r"[\s-]", "", written)
    return plain if MOBILE.fullmatch(plain) else written


def role(cell: Any) -> str:
    """Head, deputy or staff, by the usual titles; a title that does not tell is refused, not guessed."""
    return _meant(ROLE_WORDS, text(cell), "unknown_role")


def party(cell: Any) -> bool:
    """Whether it says party member."""
    return _meant(PARTY_WORDS, text(cell), "unknown_party")


def language(cell: Any) -> str:
    """`zh` or `en`."""
    return _meant(LANGUAGE_WORDS, text(cell), "unknown_language")


def skills(cell: Any) -> list[str]:
    """Skills, parted by 、 ， , ； ; or a new line."""
    return [skill for skill in (part.strip() for part in re.split(r"[、，,；;\n]", text(cell))) if skill]


def day(cell: Any) -> date:
    """A date cell, a workbook's number for one, or 2026-03-02, 2026/3/2, 2026.3.2, 2026年3月2日, 20260302."""
    written = text(cell)
    if isinstance(cell, float) and cell in SERIALS:  # a date that lost its form
        return FIRST_DAY + timedelta(days=int(cell))
    found = DATE.fullmatch(written.replace(" ", ""))
    if found is None:
        raise Invalid("bad_date", text=written)
    try:
        given = date(*(int(part) for part in found.groups() if part))
    except ValueError as error:
        raise Invalid("bad_date", text=written) from error
    if not EARLIEST <= given.year <= LATEST:
        raise Invalid("bad_date", text=written)
    return given


def week(cell: Any) -> int:
    """A whole number of duties a week."""
    written = text(cell)
    if not (written.isascii() and written.isdigit() and len(written) <= 4):
        raise Invalid("bad_number", text=written)
    return int(written)


def _meant(words: dict[str, Meaning], written: str, code: str) -> Meaning:
    try:
        return words[written.lower()]
    except KeyError as error:
        raise Invalid(code, text=written) from error
