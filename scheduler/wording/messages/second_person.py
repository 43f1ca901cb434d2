"""Texts about acts that need a second person: kind → (gaps, gaps that it must have, Chinese, English)."""

from scheduler.wording.messages.to_people import END_EN, END_ZH

TEXTS: dict[str, tuple[str, str, tuple[str, str], tuple[str, str]]] = {
    "second_asked": (
        "person other act why link",
        "act link",
        (
            "等您复核：{act}",
            f"""{{person}}，您好：

{{other}}申请：{{act}}

理由：{{why}}

须另一位管理员同意才会执行，72 小时内有效：{{link}}

{END_ZH}""",
        ),
        (
            "A second administrator is needed: {act}",
            f"""Dear {{person}},

{{other}} asks for this: {{act}}

Reason: {{why}}

It is done once another administrator agrees, within 72 hours: {{link}}

{END_EN}""",
        ),
    ),
    "second_decided": (
        "person other act answer why link",
        "act answer",
        (
            "{answer}：{act}",
            f"""{{person}}，您好：

您申请的“{{act}}”：{{answer}}（{{other}}）。

说明：{{why}}

{{link}}

{END_ZH}""",
        ),
        (
            "{answer}: {act}",
            f"""Dear {{person}},

what you asked for, “{{act}}”: {{answer}} ({{other}}).

Note: {{why}}

{{link}}

{END_EN}""",
        ),
    ),
}
