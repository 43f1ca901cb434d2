"""Refusals where a second person has to agree."""

APPROVALS: dict[str, tuple[str, str]] = {
    "needs_second_person": (
        "本机构规定此事须由第二位管理员同意：请在页面上提出申请。",
        "A second administrator has to agree to this: ask for it on its page.",
    ),
    "no_second_person": (
        "没有另一位管理员可以同意：请先授权一位。",
        "There is no other administrator who could agree: grant the role to one first.",
    ),
    "approval_waits": (
        "{who}已经申请，正等第二位管理员同意。",
        "{who} has asked for this already; it waits for a second administrator.",
    ),
    "approval_is_your_own": (
        "自己的申请要由另一位管理员决定。",
        "You asked for this: another administrator has to decide.",
    ),
    "approval_has_lapsed": (
        "这个申请已超过 72 小时，作废了；需要的话请重新申请。",
        "This request lapsed after 72 hours: ask again if it is still needed.",
    ),
    "approval_is_over": ("这个申请已经有了结果。", "This request was decided already."),
    "approval_is_over_by": ("{who}已经处理了这个申请。", "{who} has dealt with this request already."),
    "approval_is_kept": ("申请记录不改也不删。", "The record of a request is neither altered nor removed."),
    "second_person_is_on": ("已经是须两人同意。", "A second person is asked for already."),
    "second_person_is_off": (
        "本机构没有要求第二位管理员同意。",
        "No second administrator is asked for here.",
    ),
    "second_person_is_of_the_top": (
        "这项规定由最上级单位统一设定。",
        "This is set for a whole organisation, at its top.",
    ),
    "restore_needs_second_person": (
        "恢复备份须由第二位管理员同意：请他在网页“双人复核”生成恢复码，再加上 --approved-by 工号 运行，并输入该码。",
        "A second administrator has to agree to a restore: have them make a code on the page “Second person”, "
        "run this again with --approved-by STAFF_NO, and enter the code.",
    ),
    "restore_code_is_wrong": (
        "恢复码不对、已过期或已用过，或此人无权同意。",
        "The code is wrong, over or used, or is not theirs to give.",
    ),
}
