"""Texts of tallies that are mailed on a schedule: kind → (gaps, gaps that it must have, Chinese, English)."""

from scheduler.wording.messages.to_people import END_EN, END_ZH

TEXTS: dict[str, tuple[str, str, tuple[str, str], tuple[str, str]]] = {
    "mailed_tally": (
        "person report span file link",
        "report span link",
        (
            "{report}：{span}",
            f"""{{person}}，您好：

《{{report}}》{{span}}的统计：

{{file}}

在网页上看：{{link}}

{END_ZH}""",
        ),
        (
            "{report}: {span}",
            f"""Dear {{person}},

“{{report}}”, {{span}}:

{{file}}

On the page: {{link}}

{END_EN}""",
        ),
    ),
    "mailed_tally_ended": (
        "person report link",
        "report",
        (
            "定时统计已停止：{report}",
            f"""{{person}}，您好：

您设置的定时统计《{{report}}》已停止：您已不再管理这个单位，或者这样的问题已经不能再问。收件人不会再收到它。

仍然需要的，请现在管理这个单位的人重新设置：{{link}}

{END_ZH}""",
        ),
        (
            "Mailed tally ended: {report}",
            f"""Dear {{person}},

“{{report}}”, which you had mailed on a schedule, has ended: you no longer coordinate the unit, or it can
no longer be asked so. Nobody will be sent it again.

Where it is still wanted, whoever coordinates the unit now can set it up: {{link}}

{END_EN}""",
        ),
    ),
}
