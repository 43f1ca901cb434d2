"""What stored words are called: group → word → (Chinese, English)."""

STATES: dict[str, dict[str, tuple[str, str]]] = {
    "role": {"head": ("一把手", "Head"), "deputy": ("分管领导", "Deputy"), "staff": ("员工", "Staff")},
    "access": {
        "staff": ("员工", "Staff"),
        "coordinator": ("排班员", "Coordinator"),
        "administrator": ("管理员", "Administrator"),
    },
    "unit_kind": {
        "organisation": ("机构", "Organisation"),
        "branch": ("分支机构", "Branch"),
        "department": ("部门", "Department"),
        "county": ("县公司", "County company"),
        "centre": ("营销中心", "Marketing centre"),
        "outlet": ("网点 / 支局", "Outlet or sub-branch"),
        "team": ("小组", "Team"),
    },
    "place_kind": {
        "outlet": ("网点", "Outlet"),
        "community": ("社区", "Community"),
        "village": ("村", "Village"),
        "school": ("学校", "School"),
        "other": ("其他", "Other"),
    },
    "away_kind": {
        "leave": ("请假", "Leave"),
        "sick": ("病假", "Sick leave"),
        "travel": ("出差", "Travel"),
        "training": ("培训", "Training"),
        "other": ("不可排", "Not available"),
    },
    "days": {
        "workday": ("每个工作日", "Every workday"),
        "restday": ("每个休息日", "Every off day"),
        "every": ("每天", "Every day"),
        "weekdays": ("按星期", "By weekday"),
    },
    "roster": {
        "draft": ("草稿", "Draft"),
        "published": ("已发布", "Published"),
        "closed": ("已归档", "Closed"),
    },
    "assignment": {
        "planned": ("已安排", "Planned"),
        "present": ("已到岗", "Present"),
        "absent": ("缺勤", "Absent"),
        "released": ("已撤下", "Released"),
    },
    "source": {
        "check_in": ("签到", "Check-in"),
        "roll_call": ("点名", "Roll call"),
        "default": ("默认到岗", "Default"),
        "carried_forward": ("结转", "Carried forward"),
        "supplemented": ("补录", "Supplemented"),
    },
    "message": {
        "due": ("等待", "Waiting"),
        "sending": ("正在发送", "Sending"),
        "sent": ("已发", "Sent"),
        "failed": ("失败", "Failed"),
        "obsolete": ("已作废", "Obsolete"),
    },
}
