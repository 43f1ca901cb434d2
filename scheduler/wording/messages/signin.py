"""The mail with a sign-in link: the one text that nobody edits, since it carries a secret."""

from __future__ import annotations

from typing import Literal

from scheduler.wording.plain import plain


def signin_link(person: str, link: str, lang: Literal["zh", "en"]) -> tuple[str, str]:
    """The subject and the text that carry a one-time sign-in link, good for an hour."""
    if lang == "zh":
        text = f"""{person}，您好：

请用下面的链接登录轮值系统。链接一小时内有效，只能用一次：

{link}

如果不是您本人申请的，请不要理会，也不要转发。"""
        return "轮值：您的登录链接", plain(text)
    text = f"""Dear {person},

sign in to Lunzhi by this link. It is good for one hour and works once:

{link}

If you did not ask for it, ignore this message and do not pass it on."""
    return "Lunzhi: your sign-in link", plain(text)


def password_link(person: str, link: str, lang: Literal["zh", "en"]) -> tuple[str, str]:
    """The subject and the text that carry a one-time link to set a new password, good for an hour."""
    if lang == "zh":
        text = f"""{person}，您好：

请用下面的链接设置新密码。链接一小时内有效，只能用一次；设好后其他地方的登录都会退出：

{link}

如果不是您本人申请的，请不要理会，也不要转发；现在的密码不变。"""
        return "轮值：设置新密码", plain(text)
    text = f"""Dear {person},

set a new password by this link. It is good for one hour and works once; you will be signed out everywhere else:

{link}

If you did not ask for it, ignore this message and do not pass it on: your password stays as it is."""
    return "Lunzhi: set a new password", plain(text)
