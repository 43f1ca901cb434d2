"""Texts to coordinators, leaders, heads and administrators: kind → (gaps, those it must have, Chinese, English)."""

from scheduler.wording.messages.to_people import END_EN, END_ZH

TEXTS: dict[str, tuple[str, str, tuple[str, str], tuple[str, str]]] = {
    "understaffed": (
        "person count shifts link",
        "shifts",
        (
            "{count} 个班次 48 小时内缺人",
            f"""{{person}}，您好：

下面的班次 48 小时内开始，还缺人：

{{shifts}}

排班表：{{link}}

{END_ZH}""",
        ),
        (
            "Short of people within 48 hours: {count}",
            f"""Dear {{person}},

these shifts begin within 48 hours and are short of people:

{{shifts}}

Rosters: {{link}}

{END_EN}""",
        ),
    ),
    "silent": (
        "person count silent link",
        "silent",
        (
            "{count} 次值班还没有回复“收到”",
            f"""{{person}}，您好：

下面的值班快到了，本人收到通知后还没有回复“收到”：

{{silent}}

排班表：{{link}}

{END_ZH}""",
        ),
        (
            "Not acknowledged yet: {count}",
            f"""Dear {{person}},

these duties are near, and whoever is to stand them was told and has not answered:

{{silent}}

Rosters: {{link}}

{END_EN}""",
        ),
    ),
    "unconfirmed": (
        "person count shifts link",
        "shifts",
        (
            "{count} 个班次的到岗还没有确认",
            f"""{{person}}，您好：

下面的班次已经结束，到岗还没有确认。到期不确认，将按全部到岗记入台账：

{{shifts}}

去确认：{{link}}

{END_ZH}""",
        ),
        (
            "Attendance to confirm: {count}",
            f"""Dear {{person}},

these shifts are over and nobody has confirmed who attended. If nobody does in time, all are entered as present:

{{shifts}}

Confirm: {{link}}

{END_EN}""",
        ),
    ),
    "quota_risk": (
        "person week visits link",
        "visits",
        (
            "{week}：您还有走访没有安排",
            f"""{{person}}，您好：

{{week}}还没有安排够：

{{visits}}

请联系排班员安排。本周指标：{{link}}

{END_ZH}""",
        ),
        (
            "Visits of yours are not planned yet, {week}",
            f"""Dear {{person}},

not planned in full yet for {{week}}:

{{visits}}

Please ask your coordinator. This week's quotas: {{link}}

{END_EN}""",
        ),
    ),
    "quota_risks": (
        "person week count leaders link",
        "leaders",
        (
            "{week}：{count} 位领导的走访还没有安排够",
            f"""{{person}}，您好：

{{week}}还没有安排够的：

{{leaders}}

指标：{{link}}

{END_ZH}""",
        ),
        (
            "Leaders' visits not planned, {week}: {count}",
            f"""Dear {{person}},

not planned in full yet for {{week}}:

{{leaders}}

Quotas: {{link}}

{END_EN}""",
        ),
    ),
    "digest": (
        "person week gap_count shifts waiting_count waiting unanswered leave leaders behind away failed unreachable "
        "link",
        "shifts waiting",
        (
            "{week}排班周报",
            f"""{{person}}，您好：

本周空缺（{{gap_count}} 个名额）：
{{shifts}}

待确认到岗（{{waiting_count}} 个班次）：
{{waiting}}

本周还没有回复“收到”的值班：{{unanswered}} 班

待审批的请假：
{{leave}}

本周走访还没有安排够：
{{leaders}}

人次任务落后的单位：
{{behind}}

本周请假或不可排：
{{away}}

没有发出的消息：{{failed}} 条

通知不到的人（没有邮箱，也没有群机器人）：{{unreachable}}

排班表：{{link}}

{END_ZH}""",
        ),
        (
            "Rosters, {week}",
            f"""Dear {{person}},

slots unfilled this week: {{gap_count}}
{{shifts}}

Shifts whose attendance is to be confirmed: {{waiting_count}}
{{waiting}}

Duties of this week not acknowledged yet: {{unanswered}}

Leave asked for:
{{leave}}

Leaders' visits not planned in full this week:
{{leaders}}

Units behind on the person-trips they owe:
{{behind}}

Away this week:
{{away}}

Messages that failed: {{failed}}

Reached by no way, so not told: {{unreachable}}

Rosters: {{link}}

{END_EN}""",
        ),
    ),
    "monthly": (
        "person unit month before total activities link",
        "total",
        (
            "{month} {unit}志愿服务月报",
            f"""{{person}}，您好：

{{unit}}（含下级单位）{{month}}，括号内为{{before}}：
{{total}}

按活动类型：
{{activities}}

明细：{{link}}

{END_ZH}""",
        ),
        (
            "{unit}: {month}",
            f"""Dear {{person}},

{{unit}} and the units below it, {{month}} ({{before}} in brackets):
{{total}}

By activity:
{{activities}}

In detail: {{link}}

{END_EN}""",
        ),
    ),
    "calendar_missing": (
        "person year link",
        "year",
        (
            "{year} 年节假日安排还没有录入",
            f"""{{person}}，您好：

{{year}} 年的节假日和调休安排还没有录入，{{year}} 年的班次暂按周一至周五为工作日生成。

国务院办公厅的通知发布后，请升级程序，或从 1 月 1 日起逐日录入：{{link}}

{END_ZH}""",
        ),
        (
            "The holidays of {year} are not loaded yet",
            f"""Dear {{person}},

the holidays and make-up workdays of {{year}} are not known yet; until then Monday to Friday count as workdays.

Once the State Council's notice is out, upgrade the program, or enter the days by hand, from 1 January on: {{link}}

{END_EN}""",
        ),
    ),
    "text_broken": (
        "person texts link",
        "texts",
        (
            "消息文字用不了，已改用内置文字",
            f"""{{person}}，您好：

这些消息的文字用不了，暂时按内置文字发送：

{{texts}}

请改正或恢复内置文字：{{link}}

{END_ZH}""",
        ),
        (
            "A message text cannot be used; the built-in one is sent",
            f"""Dear {{person}},

the texts of these messages cannot be used; the built-in ones are sent instead:

{{texts}}

Mend them, or go back to the built-in text: {{link}}

{END_EN}""",
        ),
    ),
}
