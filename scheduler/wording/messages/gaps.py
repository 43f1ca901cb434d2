"""What each gap of a message stands for, in Chinese and English: shown beside the text that an administrator edits."""

GAPS: dict[str, tuple[str, str]] = {
    "person": ("收件人姓名", "the receiver's name"),
    "link": ("对应页面的链接", "the link to the page"),
    # one duty
    "activity": ("活动类型", "the activity"),
    "day": ("日期", "the day"),
    "hours": ("起止时间", "from when to when"),
    "place": ("地点", "the place"),
    "address": ("地址", "its address"),
    "contact": ("联系人和电话", "whom to ask there, with telephone"),
    "tasks": ("任务清单", "the tasks"),
    "procedure": ("工作流程", "the working procedure"),
    "acknowledge": ("“收到”的链接", "the link that says “seen”"),
    # a publication
    "period": ("排班表起止日期", "the roster's days"),
    "number": ("第几版", "the version's number"),
    "count": ("几条", "how many"),
    "duties": ("值班清单，每行一次", "the duties, one a line"),
    "places": ("各地点的地址、联系人、流程", "each place's address, contact, procedure"),
    "note": ("发布人的附言", "the publisher's note"),
    # swaps and cover
    "asker": ("提出请求的人", "who asked"),
    "other": ("另一位同事", "the other person"),
    "offered": ("对方拿出的班", "the duty that is offered"),
    "wanted": ("对方想要的班", "the duty that is asked for"),
    "answer": ("答复", "the answer"),
    # open duties
    "seats": ("需要几人", "how many are wanted"),
    "closes": ("报名截止时间", "until when one may sign up"),
    # problems found on duty
    "finding": ("发现的问题", "the problem that was found"),
    "outcome": ("处理结果", "what became of it"),
    # leave
    "absence": ("请假类别", "the kind of leave"),
    "days": ("请假起止", "from when to when it is"),
    "reason": ("不批准的理由", "why it is declined"),
    "problem": ("为什么读不了", "why it cannot be read"),
    # a second person
    "act": ("要做的事", "what is to be done"),
    "why": ("理由", "the reason"),
    # to coordinators, leaders, heads, administrators
    "shifts": ("班次清单，每行一个", "the shifts, one a line"),
    "silent": ("没有回复的值班和可替班的人", "the duties that nobody answered, and who could stand in"),
    "leaders": ("领导和还差几次，每行一位", "the leaders and what they still owe, one a line"),
    "behind": ("落后的单位，每行一个", "the units that are behind, one a line"),
    "visits": ("还差的走访，每行一项", "the visits still owed, one a line"),
    "week": ("哪一周", "the week"),
    "gap_count": ("空缺数", "how many slots are unfilled"),
    "waiting_count": ("待确认班次数", "how many shifts wait to be confirmed"),
    "waiting": ("待确认的班次", "the shifts that wait to be confirmed"),
    "unanswered": ("本周还没有回复“收到”的班数", "how many duties of the week are not acknowledged"),
    "leave": ("待审批的请假", "leave that is asked for"),
    "away": ("本周请假的人", "who is away this week"),
    "failed": ("没有发出的消息数", "how many messages failed"),
    "unreachable": ("没有任何方式能通知到的人", "whom no way reaches"),
    "unit": ("单位", "the unit"),
    "month": ("月份", "the month"),
    "before": ("上一个月", "the month before"),
    "total": ("合计：人次、人数、场次", "the total: person-trips, people, sessions"),
    "activities": ("按活动类型，每行一类", "by activity, one a line"),
    "report": ("定时统计的名称", "the name of the mailed tally"),
    "span": ("统计的期间", "the period that is counted"),
    "file": ("附件，或为什么没有", "the file that goes along, or why there is none"),
    "year": ("年份", "the year"),
    "texts": ("用不了的消息文字", "the texts that cannot be used"),
}

# What is for the receiver alone, and what stands in its place where others read along: anybody in a group could open
# the link, and why somebody is away is nobody's business there.
IN_A_GROUP: dict[str, tuple[str, str]] = {
    "acknowledge": ("", ""),
    "absence": ("请假", "leave"),
    "reason": ("", ""),
    "problem": ("见链接。", "see the link."),  # it may quote an event
    "why": ("", ""),
    "leave": ("", ""),  # of others, in the digest
    "away": ("", ""),
}
