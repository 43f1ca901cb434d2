"""What is said of swaps and cover: group → word → (Chinese, English)."""

SWAPS: dict[str, dict[str, tuple[str, str]]] = {
    "swap_kind": {"swap": ("换班", "Swap"), "cover": ("替班", "Cover")},
    "swap_state": {
        "asked": ("等答复", "Asked"),
        "accepted": ("等排班员批准", "Waits for approval"),
        "approved": ("已生效", "Done"),
        "declined": ("没有人答应", "Declined"),
        "refused": ("未批准", "Not approved"),
        "withdrawn": ("已撤回", "Withdrawn"),
        "lapsed": ("已过期", "Lapsed"),
        "obsolete": ("已作废", "Obsolete"),
    },
    "swap_reply": {
        "asked": ("等答复", "No answer yet"),
        "accepted": ("同意", "Yes"),
        "declined": ("不同意", "No"),
        "settled": ("不用答复了", "Need not answer"),
    },
    "swap_answer": {
        "yes": ("同意", "Yes"),
        "waits": ("同意，等排班员批准", "Yes; a coordinator has to approve"),
        "no": ("不同意", "No"),
    },
    "swap_news": {
        "taken": ("已有人答应，您不用再答复", "somebody else has said yes; you need not answer"),
        "accepted": ("对方同意了，等排班员批准", "the other has said yes; a coordinator has to approve"),
        "declined": ("没有人答应，这一班还是您值", "nobody has said yes; the duty is still yours"),
        "refused": ("排班员没有批准，一切照旧", "a coordinator has not approved; nothing changes"),
        "withdrawn": ("请求已撤回，您不用再答复", "it was taken back; you need not answer"),
        "lapsed": (
            "到开始仍没有定下来，这一班还是您值",
            "nothing was settled before the start; the duty is still yours",
        ),
        "unsuited": (
            "这一班改了时间，您现在不能值，不用再答复",
            "the duty was moved and you cannot stand it now; you need not answer",
        ),
        "obsolete": ("值班已另作安排，请求作废", "the duties were changed meanwhile; this is void"),
    },
}
