"""Refusals of signing in and of rights."""

ACCESS: dict[str, tuple[str, str]] = {
    "signed_out": (
        "登录已过期，没有保存任何内容。请重新登录。",
        "You are signed out; nothing was saved. Sign in again.",
    ),
    "too_many_tries": (
        "尝试太频繁，请约 {minutes} 分钟后再试。",
        "Too many tries: please try again in about {minutes} min.",
    ),
    "link_is_spent": (
        "这个登录链接无效、已用过或已过期，请重新申请。",
        "This sign-in link is not valid, was used already, or has expired: ask for a new one.",
    ),
    "unknown_staff_no": (
        "没有工号 {staff_no}，或不在您管理的单位。",
        "Nobody has staff number {staff_no} in the units that you administer.",
    ),
    "email_above_own_rights": (
        "{person}的权限比您大，登录链接会发到其邮箱，您不能改。",
        "{person} may more than you do, and sign-in links go to that address: it is not yours to change.",
    ),
    "link_above_own_rights": (
        "此人的权限大于您的，请由管理员发登录链接。",
        "This person may do more than you: an administrator has to make the link.",
    ),
    "person_has_left": ("此人已离岗，不能登录。", "This person has left and cannot sign in."),
    "reads_only": (
        "您只能查看，不能更改。",
        "You may look at this, and change nothing.",
    ),
    "day_is_over": ("这一天已经过去。", "That day is over."),
    "grant_overlaps": (
        "此人从{day}起已有这项权限。先结束它，或另选日期。",
        "They hold this already, from {day} on: end that first, or choose other days.",
    ),
    "grant_has_ended": ("这项权限已经结束。", "This grant is over already."),
    "last_administrator": (
        "这是该单位的最后一位管理员，不能撤销；请先授权另一位。",
        "This is the unit's last administrator: grant another one first.",
    ),
}
