"""Refusals of swaps and cover."""

SWAPS: dict[str, tuple[str, str]] = {
    "swap_is_obsolete": (
        "值班已另作安排，这个请求作废。",
        "The duties were changed meanwhile: this is void.",
    ),
    "swap_has_moved": (
        "这一班刚改了时间或地点，马上按新的安排再问一次。",
        "The duty was moved just now: the question will be put again as it is now.",
    ),
    "swap_duty_has_begun": (
        "{place} {day} 的班次已经开始，不能再换。",
        "The duty at {place} on {day} has begun: it cannot change hands any more.",
    ),
    "swap_is_settled": (
        "{person}已经先答应了 {place} {day} 的请求。",
        "{person} was first to say yes for {place} on {day}.",
    ),
    "swap_is_over": (
        "{place} {day} 的请求已由{person}结束。",
        "{person} has ended the request for {place} on {day}.",
    ),
    "swap_is_answered": (
        "{person}已经答复过 {place} {day} 的请求。",
        "{person} has answered about {place} on {day} already.",
    ),
    "swap_is_asked_already": (
        "{place} {day} 这一班已经在问人了；要改问别人，请先撤回。",
        "People are asked about {place} on {day} already: withdraw that first to ask others.",
    ),
    "swap_cannot_be_asked": (
        "所选的人里有人现在不能值，名单已更新，请重新选。",
        "Somebody you chose cannot stand it as things are: the list is up to date now, choose again.",
    ),
    "swap_asks_nobody": (
        "请至少选一个人。",
        "Choose at least one person.",
    ),
    "swap_asks_too_many": (
        "一次最多问 {count} 个人。",
        "Ask {count} people at most.",
    ),
    "swap_fits_no_more": (
        "现在排不进去了：与其他安排、请假或排班规则冲突。请联系排班员。",
        "It does not fit any more: other plans, leave or a rule speak against it. Ask a coordinator.",
    ),
    "swap_does_not_wait": (
        "{place} {day} 的请求不在等批准。",
        "The request for {place} on {day} does not wait for approval.",
    ),
}
