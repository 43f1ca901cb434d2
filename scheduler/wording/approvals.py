"""What a second person is asked to agree to, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

APPROVALS: dict[str, dict[str, tuple[str, str]]] = {
    "approval": {
        "asked": ("等第二位管理员", "Waits for a second administrator"),
        "approved": ("已同意并执行", "Approved and done"),
        "refused": ("未同意", "Refused"),
        "withdrawn": ("已撤回", "Withdrawn"),
        "lapsed": ("已过期", "Lapsed"),
    },
    "approval_act": {
        "reopen_month": ("重新打开月份", "Reopen a month"),
        "reverse_batch": ("整批冲销结转", "Take balances back"),
        "second_person_off": ("取消双人复核", "Do without a second person"),
    },
}
WHAT: dict[str, tuple[str, str]] = {
    "reopen_month": (
        "重新打开{unit} {month}（关账时 {trips} 人次）",
        "Reopen {month} of {unit} (person-trips at the close: {trips})",
    ),
    "reverse_batch": (
        "整批冲销{unit}的结转“{file}”（{trips} 人次）",
        "Take back the opening balances “{file}” of {unit} (person-trips: {trips})",
    ),
    "second_person_off": (
        "{unit}：危险操作不再要求第二位管理员同意",
        "{unit}: let dangerous acts do without a second administrator",
    ),
}


def what(act: str, facts: Mapping[str, Any], lang: Literal["zh", "en"]) -> str:
    """The act with what it concerns."""
    return WHAT[act][lang == "en"].format_map({name: str(held) for name, held in facts.items()})
