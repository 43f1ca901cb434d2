"""What is said of seats that are open for sign-up: group → word → (Chinese, English)."""

OPENINGS: dict[str, dict[str, tuple[str, str]]] = {
    "opening_rule": {
        "first_come": ("先到先得", "First come"),
        "by_rotation": ("截止后按轮值次序", "By rotation at the deadline"),
    },
    "opening": {
        "open": ("报名中", "Open"),
        "settled": ("已按轮值次序排定", "Drawn"),
        "closed": ("已关闭", "Closed"),
        "over": ("报名已截止", "Over"),
    },
    "sign_up": {
        "seated": ("已报上", "Seated"),
        "waiting": ("候补", "Waiting"),
        "left": ("已退出", "Left"),
        "released": ("已撤下", "Taken out"),
    },
    "sign_up_answer": {
        "waiting": (
            "这次没有排上，您在候补名单里，有人退出时依次递补",
            "no seat this time; you are on the waiting list and get one when it comes free",
        ),
        "closed": ("报名已关闭，没有排上", "it was closed, and you have no seat"),
        "freed": ("排班员把您从这一班撤下了，不用去了", "a coordinator took you out of it: you need not go"),
        "called_off": ("这一班已取消，不用去了", "this duty is cancelled: you need not go"),
    },
}
