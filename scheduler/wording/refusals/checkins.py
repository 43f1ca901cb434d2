"""Refusals of checking in and of shift reports."""

CHECK_INS: dict[str, tuple[str, str]] = {
    "wrong_code": (
        "签到码不对，或已经更换：请看现在显示的码。还可以试 {left} 次。",
        "That is not the code, or it has changed: look at the one shown now. Tries left: {left}.",
    ),
    "too_many_codes": (
        "输错太多次，{again} 以后再试；也可以请排班员点名。",
        "Too many wrong codes. Try again after {again}, or ask the coordinator to call the roll.",
    ),
    "check_in_not_open": ("{opens} 起可以签到。", "Check-in opens at {opens}."),
    "check_in_is_over": (
        "签到已经截止，请联系排班员点名。",
        "It is too late to check in; ask the coordinator to call the roll.",
    ),
    "check_in_is_evidence": ("签到记录不能修改。", "A check-in is never altered."),
    "check_in_is_void": ("{who}已注明这次签到不算。", "{who} has already said that this check-in does not count."),
    "check_in_is_not_doubted": (
        "只有点名为缺勤的人，签到才可能不算。",
        "A check-in can be set aside only where its person was marked absent.",
    ),
    "not_checked_in": ("还没有签到。", "You have not checked in yet."),
    "not_a_photo": ("这不是 JPEG、PNG 或 WebP 照片。", "That is not a JPEG, PNG or WebP photo."),
    "photo_is_heic": (
        "这是 HEIC（高效）格式的照片，这里读不了。请在手机上截图后上传，"
        "或在“设置 › 相机 › 格式”选“兼容性最佳”再拍一张。",
        "This photo is in HEIC format, which cannot be read here. Send a screenshot of it, or choose “Most Compatible” "
        "under Settings › Camera › Formats and take another.",
    ),
    "photo_too_large": (
        "照片太大：最多 {most} MB、6000 万像素（PNG、WebP 1600 万）。请缩小或截图后再传。",
        "The photo is too large: {most} MB and 60 megapixels at most (PNG and WebP 16). Make it smaller, or send a "
        "screenshot of it.",
    ),
    "nothing_to_report": (
        "班次 {starts} 开始后才能写日志。",
        "The report can be written once the shift begins at {starts}.",
    ),
    "too_many_problems": ("一班最多记 {most} 个问题。", "A shift's report holds {most} problems at most."),
    "problem_is_closed": ("{who} 已在 {when} 办结。", "{who} closed it at {when}."),
}
