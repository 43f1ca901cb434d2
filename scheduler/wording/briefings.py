"""The sentences of a briefing, in Chinese and English; a gap in braces is a figure or a name."""

from __future__ import annotations

BRIEFINGS: dict[str, tuple[str, str]] = {
    "whole": (
        "{period}，{unit}累计派遣{who} {trips}{does}，参与{who} {people}，共 {sessions}、{hours} 小时。",
        "In {period}, {unit} sent {who} on {trips}{does}: {people} took part, in {sessions}, for {hours} hours in all.",
    ),
    "so_far": ("{period}（截至{today}）", "{period} (up to {today})"),
    "nothing": ("{period}，{unit}台账上没有人次。", "In {period}, {unit}: no person-trips in the ledger."),
    "activities": ("其中：{list}。", "By activity: {list}."),
    "one_activity": ("{activity} {trips}（{people}）", "{activity} {trips} ({people})"),
    "carried": ("其中期初结转 {trips}，不知场次。", "Of these {trips} carried forward, of no known sessions."),
    "quota_week": ("{role}走访达标 {met} 周", "{role} met {met} weeks"),
    "quota_month": ("{role}走访达标 {met} 个月", "{role} met {met} months"),
    "quotas": ("{list}。", "Visits owed: {list}."),
    "units": ("单位任务完成 {met} 项。", "Unit targets met: {met}."),
    "attended": ("到岗率 {rate}，缺勤 {absent}。", "Attendance was {rate}, with {absent}."),
    "all_attended": ("到岗率 100%，无人缺勤。", "Attendance was 100%: nobody was absent."),
    "supplemented": ("已补录 {trips}。", "Supplemented afterwards: {trips}."),
    "corrected": ("已更正 {count}。", "Corrected: {count}."),
    "corrected_late": (
        "已更正 {count}，其中关账后更正 {late}。",
        "Corrected: {count}, {late} after the month was closed.",
    ),
    "compared": ("较{when}（{before}）{change}。", "{change} {when} ({before})."),
    "compared_none": ("{when}没有人次。", "There were none {when}."),
    "waiting": (
        "另有 {shifts}已结束、未确认到岗，不在上述数字里。",
        "Not in these figures: {shifts} not confirmed yet.",
    ),
}

# How the counted are called: one, many.
COUNTED: dict[str, tuple[str, str, str]] = {
    "trips": ("人次", "person-trip", "person-trips"),
    "people": ("名", "person", "people"),
    "sessions": ("场", "session", "sessions"),
    "absent": ("人次", "absence", "absences"),
    "corrections": ("条", "entry", "entries"),
    "shifts": ("班", "shift that is over", "shifts that are over"),
}

# By the kind of period, and whether it is still running: the one before, the same a year before.
BEFORE: dict[str, tuple[str, str]] = {
    "year": ("上年", "than in the year before"),
    "quarter": ("上季度", "than in the quarter before"),
    "month": ("上月", "than in the month before"),
    "own": ("此前同样天数", "than in as many days before"),
    "year_so_far": ("上年同期", "than in the same days of the year before"),
    "quarter_so_far": ("上季度同期", "than in the same days of the quarter before"),
    "month_so_far": ("上月同期", "than in the same days of the month before"),
    "year_ago": ("去年同期", "than a year earlier"),
}
NONE_BEFORE: dict[str, str] = {
    "year": "in the year before",
    "quarter": "in the quarter before",
    "month": "in the month before",
    "own": "in as many days before",
    "year_so_far": "in the same days of the year before",
    "quarter_so_far": "in the same days of the quarter before",
    "month_so_far": "in the same days of the month before",
    "year_ago": "a year earlier",
}
CHANGES: dict[str, tuple[str, str]] = {
    "more": ("增加 {n}（{share}）", "That is {n} ({share}) more"),
    "fewer": ("减少 {n}（{share}）", "That is {n} ({share}) fewer"),
    "same": ("持平", "That is no more and no fewer"),
}
# Where an activity of the house's own is all that is asked about: what they were sent to do.
DOES: dict[str, tuple[str, str]] = {
    "": ("开展值班服务", " of duty and service"),
    "community": ("轮班到社区值班", " to stand duty in communities by turns"),
    "lobby": ("到网点厅堂服务", " to serve in outlet lobbies"),
    "own": ("参加{activity}", " of {activity}"),
}
ROLES: dict[str, tuple[str, str]] = {
    "head": ("一把手", "the head"),
    "deputy": ("分管领导", "the deputies"),
    "staff": ("员工", "staff"),
}
EVERY = ("全部单位", "all units")  # where a house has several trees, and none is chosen
WHO: dict[str, tuple[str, str]] = {
    "": ("员工", "staff"),
    "party": ("党员", "party members"),
    "no_party": ("非党员员工", "staff who are no party members"),
    "head": ("一把手", "heads"),
    "deputy": ("分管领导", "deputies"),
    "staff": ("普通员工", "staff of no office"),
}
