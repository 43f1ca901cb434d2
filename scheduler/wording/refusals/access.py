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
    "session_has_ended": ("这次登录已经结束。", "This session has ended already."),
    "password_is_wrong": ("工号或密码不对。", "Staff number or password is wrong."),
    "password_too_short": ("密码至少 {least} 个字符。", "A password has at least {least} characters."),
    "password_too_long": ("密码最多 {most} 个字符。", "A password has at most {most} characters."),
    "password_holds_name": (
        "密码里不要有自己的姓名、工号、邮箱、手机号或单位名称。",
        "Leave your name, staff number, e-mail, mobile number and units' names out of your password.",
    ),
    "password_is_common": (
        "这个密码太容易猜到。可以用几个不相干的词连起来。",
        "This password is too easily guessed. A few unrelated words in a row are better.",
    ),
    "passwords_differ": ("两次输入的密码不一样。", "The two passwords differ."),
    "passwords_are_off": (
        "本系统不用密码登录，请用一次性登录链接。",
        "Passwords are not used here: sign in by a one-time link.",
    ),
    "signin_is_busy": (
        "同时登录的人太多，请几秒后再试。",
        "Too many people are signing in right now: try again in a few seconds.",
    ),
    "claim_is_nobodys": (
        "单位账号里没有对应的本系统人员，请联系管理员。",
        "Your organisation's account belongs to nobody in Lunzhi: ask an administrator.",
    ),
    "provider_refused": (
        "单位账号登录没有完成，请重试，或用其他方式登录。",
        "Signing in by your organisation's account did not work: try again, or sign in another way.",
    ),
    "oidc_not_installed": (
        "settings.toml 里设了 [oidc]，但没有安装 Authlib：请按 requirements-oidc.txt 安装。",
        "settings.toml has an [oidc] issuer, but Authlib is missing: install requirements-oidc.txt.",
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
    "is_of_all": (
        "这一项全机构共用，只有管理整个机构的管理员能改。",
        "This is the same for everybody: only administrators of the whole organisation change it.",
    ),
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
