"""The words of a list of leave, and its kind where a title says it instead of a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scheduler.imports import heads, unsaid
from scheduler.imports.heads import Vocabulary
from scheduler.imports.sheets import Line

WORDS = {
    "staff_no": heads.WORDS["staff_no"],
    "name": f"{heads.WORDS['name']} 请假人 请假人姓名 请假人员 申请人 申请人姓名 休假人 休假人员 员工 人员 employee "
    "staff",
    "unit": heads.WORDS["unit"],
    "kind": "类别 请假类别 请假类型 类型 假别 假种 种类 休假类别 休假类型 假期类型 请假种类 休假种类 假期种类 请假性质 "
    "休假性质 kind type leavetype leavecategory absencetype",
    "starts": "开始日期 开始时间 起始日期 起始时间 请假开始 请假开始时间 请假开始日期 休假开始时间 休假开始日期 "
    "开始 起始 起 自 第一天 from start startdate starttime fromdate datefrom firstday",
    "ends": "结束日期 结束时间 终止日期 终止时间 截止日期 请假结束 请假结束时间 请假结束日期 休假结束时间 休假结束日期 "
    "结束 终止 截止 止 至 最后一天 to until end enddate endtime todate dateto lastday",
    "span": "请假时间 起止日期 起止时间 请假日期 请假起止时间 请假起止日期 休假时间 休假日期 休假起止时间 请假期间 "
    "起讫日期 起止 期间 日期 时间 period dates",
    "days": "天数 请假天数 合计天数 休假天数 共计天数 假期天数 days totaldays numberofdays",
    "half": "时段 上午/下午 上下午 半天 half",
    "note": "备注 说明 事由 请假事由 原因 note remark reason",
}
KIND_WORDS = {
    "leave": "请假 年休假 年休 年假 休假 公休 公休假 带薪年假 带薪年休假 事假 婚假 产假 陪产假 护理假 陪护假 "
    "育儿假 哺乳假 丧假 探亲假 调休 补休 轮休 倒休 leave annual annualleave",
    "sick": "病假 病休 sick sickleave",
    "travel": "出差 公务出差 因公出差 公出 公差 外出 travel businesstrip",
    "training": "培训 学习 脱产学习 外出学习 外出培训 参加培训 training",
    "other": "不可排 不排 不能值班 不排班 其他 notavailable other",
}
ALL_KINDS = frozenset(word for words in KIND_WORDS.values() for word in words.split())


def _completed(lines: Sequence[Line], line: Line, columns: Mapping[str, list[int]]) -> list[Line] | None:
    """A list without a kind at a head: a column whose cells are kinds, or the kind that the title says of all."""
    both = {"starts", "ends"} <= columns.keys()
    if "kind" in columns or "name" not in columns or not (both or "span" in columns):
        return None
    taken = {column for held in columns.values() for column in held}
    if (column := unsaid.column_of(lines, line, taken, ALL_KINDS)) is not None:
        return unsaid.renamed(lines, line, column, "类别")
    title = unsaid.over(lines, line) + " ".join(str(cell) for cell in line.cells)
    said = kinds_in(title)
    if len(said) > 1 or not (said or both):
        return None
    word = max((word for word in ALL_KINDS if word in title and _is_of(word, said)), key=len, default="请假")
    return unsaid.filled(lines, line, "类别", word, columns["name"])


def kinds_in(text: str) -> set[str]:
    """The kinds of leave whose Chinese words a text holds."""
    return {kind for kind, words in KIND_WORDS.items() for word in words.split() if not word.isascii() and word in text}


def _is_of(word: str, kinds: set[str]) -> bool:
    return any(word in KIND_WORDS[kind].split() for kind in kinds)


LEAVE_LIST = Vocabulary(
    WORDS, ("name", "kind", "starts", "ends"), ("starts", "ends", "unit"), "leave_head_not_found",
    has_groups=True, instead={"span": ("starts", "ends")}, completed=_completed,
)  # fmt: skip
