"""Refusals of seats that are opened for sign-up."""

OPENINGS: dict[str, tuple[str, str]] = {
    "opening_of_a_draft": (
        "排班表还是草稿，发布以后才能开放报名。",
        "This roster is a draft: publish it before opening seats for sign-up.",
    ),
    "opening_has_no_room": (
        "开放名额须在 {low} 至 {high} 之间：已报上的不能少，空着的才能开放。",
        "Open from {low} to {high} seats: not fewer than are taken, and only those that are unfilled.",
    ),
    "opening_is_full": (
        "{place} {day} 的名额已满。",
        "Every seat at {place} on {day} is taken.",
    ),
    "opening_has_begun": (
        "{place} {day} 的班次已经开始。",
        "The duty at {place} on {day} has begun.",
    ),
    "opening_is_over": (
        "{place} {day} 的报名已结束（截止 {closes}）。",
        "Signing up for {place} on {day} is over (until {closes}).",
    ),
    "opening_is_closed": (
        "{place} {day} 的报名已经关闭。",
        "Signing up for {place} on {day} is closed already.",
    ),
    "opening_is_open": (
        "{place} {day} 正在报名，不用重新开放。",
        "{place} on {day} is open already.",
    ),
    "opening_was_changed": (
        "{who}刚刚改过这次报名。请看过再改。",
        "{who} has changed this meanwhile. Look again.",
    ),
    "bad_deadline": (
        "截止时间须晚于现在，不晚于班次开始。",
        "The deadline has to be after now, and no later than the duty begins.",
    ),
    "unknown_team": (
        "没有人属于“{text}”。请先在人员页给队员加上这项技能。",
        "Nobody is in “{text}”: give its people that skill on their pages first.",
    ),
    "call_up_is_over": (
        "这个时间已经过去，不能临时征集。",
        "That time is past: nobody can be called up for it.",
    ),
    "already_signed_up": (
        "{person}已经报名 {place} {day}。",
        "{person} has signed up for {place} on {day} already.",
    ),
    "too_late_to_leave": (
        "{place} {day} 的报名 {closes} 已截止，不能自行退出，请联系排班员。",
        "Signing up for {place} on {day} ended at {closes}: ask a coordinator to take you out.",
    ),
    "seat_is_being_changed": (
        "排班员正在调整 {place} {day}，请稍后再看，或联系排班员。",
        "A coordinator is changing {place} on {day}: look again later, or ask them.",
    ),
    "busy_in_a_draft": (
        "{person}这段时间另有安排，请联系排班员。",
        "{person} is planned for something else at that time: ask a coordinator.",
    ),
    "rule_speaks_against": (
        "离另一项安排太近，或本周安排已满。",
        "Too close to something else that is planned, or the week is full.",
    ),
    "sign_up_does_not_wait": (
        "{person}不在候补名单里了。",
        "{person} is not on the waiting list any more.",
    ),
    "sign_up_is_not_seated": (
        "{person}已经不在这一班里了。",
        "{person} has no seat in it any more.",
    ),
    "opening_is_no_call_up": (
        "{day} {place}不是临时征集的班次，不能在这里取消。",
        "The duty at {place} on {day} was not called up, so it cannot be cancelled here.",
    ),
    "step_is_a_sign_up": (
        "这一步是{person}自己报名、退出或已被撤下并通知的，不能撤销；确要调整，请直接撤下或排入，本人会收到通知。",
        "{person} took or left this seat, or was taken out and told: it cannot be undone. Release or seat them.",
    ),
    "opening_is_not_for_them": (
        "这次报名不面向此人。",
        "This is not open to that person.",
    ),
}
