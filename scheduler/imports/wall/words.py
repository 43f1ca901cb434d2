"""Words of duty sheets: a cell without its padding, what is no duty, clock times, what heads call their columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

OFF = re.compile(
    r"(?:[调轮公周双]?休(?:息|班)?|放假|无|无班|不值班|不排班|停业|[/\\|.·—–―_~×xX-]+"
    r"|.{0,4}(?:元旦|春节|清明|劳动节|端午|中秋|国庆)节?(?:放假|假期|休息|休)?|off|rest|closed|none|n/?a)",
    re.IGNORECASE,
)
AWAY = re.compile(
    r"(?:公务|因公|因私|因病|因事)?(?:请假|出差|外出|公出|开会|会议|学习|培训|借调|住院|在外|不在岗?|离岗)(?:中|未归)?"
    r"|(?:年休?|事|病|婚|产|陪产|丧|探亲|护理|育儿|公|带薪)假|休产假|休年假|年休|休假"
)
EMPTY = re.compile(r"待[定排补安]排?|待通知|另行(?:通知|安排)|暂[缺无定空]|空缺|空岗|缺岗?|未定|未排|[?？]+")
CROWD = re.compile(
    r".*(?:全体|全员|所有|其他|其余|相关|在岗|各[支网部单科]|轮流|机动|志愿者|党员|干部|中层|人员|同志们|值班室|办公室值班"
    r"|班子成员|员工|职工|领导班子).*"
)
DITTO = re.compile(r"〃|″|”|“|\"|''|同上|同左|同前|上同|〞")
SESSIONS = {
    "上午": "上午", "早上": "上午", "am": "上午", "下午": "下午", "pm": "下午", "晚上": "晚上", "晚间": "晚上",
    "夜间": "夜间", "夜晚": "夜间", "中午": "中午", "午间": "中午", "全天": "全天", "白天": "白天", "凌晨": "凌晨",
    "morning": "上午", "afternoon": "下午", "evening": "晚上", "night": "夜间", "allday": "全天",
}  # fmt: skip
DAY_MARKS = {"白": "白班", "夜": "夜班", "早": "早班", "中": "中班", "晚": "晚班"}
SHIFTS = {"dayshift": "白班", "nightshift": "夜班", "morningshift": "早班", "eveningshift": "晚班"}
DUTY_MARKS = {"√", "✓", "✔", "●", "值", "班", "值班", "上班", "在岗"}
STANDBY = re.compile(r"备[班勤用岗值]|替补|候补|听班|后备|备份|备岗|预备")
STAND_IN = re.compile(r"代替|代班|替班|顶替|顶班|换班|调班|代值|替值|替换|代|替|顶|→|->|=>")

CLOCK = r"(?:(上午|早上|早|下午|晚上|晚|中午|凌晨)?(\d{1,2})(?::(\d{2})|[点时](?:(\d{1,2})分?|(半))?)(?::00)?)"
SPAN = re.compile(rf"{CLOCK}\s*(?:-+|—+|–+|―+|~+|至|到|〜|→)\s*(次日|翌日|第二[天日]|次晨|隔日|当日|明日)?\s*{CLOCK}")
NEXT_DAY = {"次日", "翌日", "第二天", "第二日", "次晨", "隔日", "明日"}

BRACKETED = re.compile(r"[(\[【〔<《{]([^()\[\]【】〔〕<>《》{}]*)[)\]】〕>》}]")
PHONE = re.compile(r"(?<![\dA-Za-z])(?:\+?86[ -]?)?1\d{2}[ -]?\d{4}[ -]?\d{4}(?!\d)|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)")

DATE_HEAD = re.compile(
    r"日期|时间|值班日期|值守日期|服务日期|排班日期|日|号|date|day|dutydate|月日|日期/星期|日期星期|日期\(星期\)",
    re.IGNORECASE,
)
NO_DATE_HEAD = re.compile(
    r".*(?:开始|结束|起始|终止|截止|请假|休假|出生|生日|入职|入党|参加工作|入行|到岗|任职|序号|编号|制表|填报|登记|更新|离职).*|no\.?|№|birthday|joined",
    re.IGNORECASE,
)
NOT_DUTY_HEAD = re.compile(
    r".*(?:备注|说明|电话|手机|联系方式|短号|座机|合计|小计|总计|累计|天数|次数|班数|签名|签字|签到|审核|审批|联系人|联络员|"
    r"序号|农历|节气|天气|制表|填表|事由|任务|内容|要求|工作安排|交接|检查情况|监督|车牌|责任领导|分管领导|工作量|工时|"
    r"身份证|年龄|性别|(?<!值班)(?<!当班)(?<!带班)(?<!值守)(?<!现场)负责人|政治面貌|职务|职称|楼层|房间|地址|周次|网格).*|no\.?|\d+|人数|应到|实到|总人数|时长|代班|替班|换班|月份?"
    r"|remarks?|notes?|(?:tele)?phone|tel|mobile|contact|total|e-?mail",
    re.IGNORECASE,
)
NOTE_HEAD = re.compile(r".*(?:备注|说明|调班|换班|代班|替班).*|remarks?|notes?", re.IGNORECASE)
DUTY_TITLE = re.compile(
    r"值|轮|班|服务|安排|执勤|志愿|巡查|走访|到岗|包保|驻点|排休|duty|roster|rota\b|shift", re.IGNORECASE
)
OTHER_TITLE = re.compile(
    r"生日|考试|会议|请假|休假|年假|培训|花名册|通讯录|报销|工资|体检|leave|birthday", re.IGNORECASE
)
WEEKDAY_HEAD = re.compile(r"星期|周|礼拜|周几|weekday|dayofweek|星期几", re.IGNORECASE)
PLACE_HEAD = re.compile(
    r".*(?:网点|地点|社区|支行|点位|营业厅|场所|村|站点|机构|值班点|值守点|服务点|分理处|卡点|学校|位置|小区).*"
    r"|place|location|site|outlet|branch|community|venue",
    re.IGNORECASE,
)
TIME_HEAD = re.compile(r".*(?:时段|时间|班次|班别|班种|时间段|上下午).*|time|hours|shift", re.IGNORECASE)
STARTS_HEAD = re.compile(r"(?:值班|值守|服务)?(?:开始|起始|上班|上岗|到岗)时间|start|starttime|from", re.IGNORECASE)
ENDS_HEAD = re.compile(r"(?:值班|值守|服务)?(?:结束|终止|截止|下班|离岗)时间|end|endtime|to", re.IGNORECASE)
PERSON_HEAD = re.compile(r".*(?:姓名|名字|员工|人员|name).*|staff|person", re.IGNORECASE)
NUMBER_HEAD = re.compile(
    r".*(?:工号|员工编号|人员编号|职工编号|职工号|员工号).*|(?:staff|employee)(?:no|number|id)\.?", re.IGNORECASE
)
UNIT_HEAD = re.compile(r".*(?:部门|单位|科室|所属|处室|所在|条线|团队).*|department|dept\.?|unit", re.IGNORECASE)
COUNT_HEAD = re.compile(r"人数|应到|值班人数|总人数|每班人数|实到")
ROLE_HEAD = re.compile(r"角色|岗位|职责|类别|分工|班组|岗位类别|人员类别|值班类别|项目|role|post", re.IGNORECASE)
ORDINARY = re.compile(
    r"(?:值班|值守|服务|当班|在岗|轮值|参加|参与|执勤|志愿|志愿服务|厅堂服务|上岗|排班|安排|当值|一般|普通|工作|带?)?"
    r"(?:人员?|员|者|人姓名|人员姓名|姓名|职工|员工|党员|名单|同志|干部|志愿者|安排|情况|组|组别|小组|班组)|姓名|值班|值守|值勤"
    r"|人员安排|党员姓名|分组|(?:staff|person|people|persons)?on-?duty|duty(?:staff|person|officer)?|(?:staff)?names?|staff|personnel",
    re.IGNORECASE,
)
ROLE_LIKE = re.compile(
    r".*(?:值|班|岗|员|领导|长|司机|主|副|服务|负责|志愿|组|队|干部|安保|保安|引导|A角|B角|角|leader|shift|driver|guard).*",
    re.IGNORECASE,
)
NTH = re.compile(r"[\dA-D①-⑨一二三四甲乙丙丁]$")  # 值班人员1, 值班员甲
GROUP = re.compile(r"第?(?P<nth>[一二三四五六七八九十]{1,2}|\d{1,2}|[A-Za-z甲乙丙丁戊己])[小大]?(?P<sort>[组班队])")
HALF_DAY_CLOCK = re.compile(r"(?<![\d:])(\d{1,2})(:\d{2})?\s*([ap])\.?m\b\.?", re.IGNORECASE)
HEADCOUNT = re.compile(r"(?:每班|每天|每日|各|共|需|应)?(\d{1,2})[人名](?:/[班天日])?")
TITLE_WORDS = (
    "行长 副行长 书记 副书记 纪委书记 主任 副主任 经理 副经理 总经理 副总经理 总 "
    "副总 科长 副科长 处长 副处长 部长 副部长 主管 会计主管 组长 班长 队长 站长 "
    "所长 局长 总监 董事长 老师 师傅 同志 工程师 厅长 主席 委员 客户经理 大堂经理 "
    "理财经理 柜员 柜台经理 网格员 支书 党委书记 工会主席 巡视员 调研员 专员 主办 "
    "值班员 先生 女士 常委 带班 值班 主班 副班"
)
TITLES = sorted(TITLE_WORDS.split(), key=len, reverse=True)
NICK = re.compile(
    rf"(?:[小老大阿](?P<after>\w))|(?P<before>\w{{1,2}})(?:{'|'.join(TITLES)}|哥|姐|工|叔|姨|局|行|处|科|主|经|老|师)"
)


def plain(value: object) -> str:
    """A cell as it reads: full-width digits and marks made narrow, spaces of every kind one, no zero-width ones."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dict):
        return str(value["date"])
    text = unicodedata.normalize("NFKC", str(value)).replace("\r\n", "\n").replace("\r", "\n")
    if "m" in text or "M" in text:
        text = HALF_DAY_CLOCK.sub(_of_24, text)
    return re.sub(r"[\u200b-\u200f\u202a-\u202e\ufeff\u2060]", "", text).replace("\t", " ").strip()


def _of_24(match: re.Match[str]) -> str:
    """5:30 pm as 17:30."""
    hour = int(match[1])
    if not 1 <= hour <= 12:
        return match[0]
    return f"{hour % 12 + 12 * (match[3] in 'pP')}{match[2] or ':00'}"


def squeezed(value: object) -> str:
    """The same without any white space."""
    return "".join(plain(value).split())


def untitled(name: str, known: Container[str]) -> str:
    """A name without the title behind it, where it is known without: 甲乙行长."""
    if name in known:
        return name
    return next((own for title in TITLES if (own := name.removesuffix(title)) != name and own in known), name)


def bare(text: str) -> str:
    """A squeezed text without what stands in brackets."""
    return BRACKETED.sub("", text)


@dataclass(frozen=True, slots=True)
class Span:
    """From one clock time to another, perhaps of the next morning."""

    start: time
    end: time
    next_day: bool

    def on(self, day: date) -> tuple[str, str]:
        """When it begins and ends on this day, as local time."""
        first = datetime.combine(day, self.start)
        last = datetime.combine(day + timedelta(days=int(self.next_day)), self.end)
        return first.isoformat(timespec="minutes"), last.isoformat(timespec="minutes")


def spans(text: str) -> list[Span]:
    """The spans of clock time that a plain text says, each once, in its order."""
    found = [span for match in SPAN.finditer(text) if (span := _span(match))]
    return list(dict.fromkeys(found))


def _span(match: re.Match[str]) -> Span | None:
    start = _clock(*match.groups()[:5])
    end = _clock(*match.groups()[6:])
    if start is None or end is None:
        return None
    next_day = match[6] in NEXT_DAY
    if match[1] in ("下午", "晚上", "晚") and not match[7] and not next_day and int(match[2]) < end[0] < 12:
        end = (end[0] + 12, end[1])  # 下午2:30-5:30
    if end == (24, 0):
        end, next_day = (0, 0), True
    if start[0] > 23 or end[0] > 23:
        return None
    return Span(time(*start), time(*end), next_day or end <= start)


def _clock(
    half: str | None, hour: str, minute: str | None, minute_zh: str | None, thirty: str | None
) -> tuple[int, int] | None:
    number = int(hour)
    minutes = 30 if thirty else int(minute or minute_zh or 0)
    if half in ("下午", "晚上", "晚") and 1 <= number < 12:
        number += 12
    if not (number <= 23 or (number, minutes) == (24, 0)) or minutes > 59:
        return None
    return number, minutes


def session(text: str) -> str:
    """上午, 下午 … where a squeezed text is that and nothing else, brackets and times aside."""
    left = SPAN.sub("", text)
    left = re.sub(r"[()\[\]【】:,、]", "", bare(left))
    return SESSIONS.get(left.lower().removesuffix("班"), "")


def role_of(head: str) -> str:
    """The role that a head of names means: 带班领导, or the head's own word; 值班人员 for those that only say names."""
    word = HEADCOUNT.sub("", bare(head)).strip(":、/").replace("員", "员")
    word = SHIFTS.get(word.lower(), word)
    if "带班" in word and not STANDBY.search(word):
        return "带班领导"
    if not word or ORDINARY.fullmatch(word) or ORDINARY.fullmatch(NTH.sub("", word) or "-"):
        return "值班人员"
    return word
