"""Refusals about rosters: their state, their policy, what stands against publishing them."""

ROSTERS: dict[str, tuple[str, str]] = {
    # rosters
    "roster_overlaps": (
        "{unit}已有 {first} 至 {last} 的排班表（{roster}），时间不能重叠。",
        "{unit} already has a roster from {first} to {last} ({roster}); periods may not overlap.",
    ),
    "roster_is_not_a_draft": (
        "这张排班表{roster}，只有草稿可以这样做。",
        "This roster is {roster}; only a draft can be changed in this way.",
    ),
    "roster_is_not_published": ("这张排班表还没有发布。", "This roster is not published."),
    "roster_is_closed": ("排班表已归档，不能再改。", "The roster is closed and cannot be changed."),
    "roster_is_empty": (
        "这张排班表没有任何班次，先设好值班模板再发布。",
        "This roster has no shifts. Set up duty templates before publishing it.",
    ),
    "roster_changed": (
        "您打开页面之后，这张排班表又有改动。请看过最新内容再发布。",
        "This roster has changed since you opened the page. Look at it once more, then publish.",
    ),
    "gaps_not_agreed": (
        "还有 {count} 个空缺。确认就这样发布，请勾选“仍有 {count} 个空缺，照此发布”。",
        "Unfilled slots: {count}. To publish it so, tick “Publish with {count} unfilled”.",
    ),
    "nothing_to_publish": (
        "没有要发布的改动。",
        "There is nothing to publish: nothing changed since the last version.",
    ),
    # the policy
    "policy_is_of_the_top": (
        "权重由“{unit}”统一设定，下级单位沿用。",
        "The weights are set for the whole of {unit}; units below it keep to them.",
    ),
    "empty_seat_too_cheap": (
        "空缺的代价太低：宁可让一个人多值 {count} 班，也不应留空。请提高空缺的代价，或降低公平的代价。",
        "An empty slot is too cheap: somebody should rather stand {count} duties more than leave it empty. "
        "Raise its price, or lower that of unfairness.",
    ),
    "nobody_to_stand_in_for": (
        "没有要补位的班次：之后的班没有人请假。",
        "There is nobody to stand in for: nobody is away on a duty to come.",
    ),
    "fill_is_asked_already": ("自动排班已在进行。", "The draft is being filled already."),
    "fill_was_cancelled": ("自动排班已取消，草稿保持原样。", "The fill was cancelled; the draft is as it was."),
    "fill_is_not_running": ("没有正在进行的自动排班。", "No fill is running."),
    "changed_while_filling": (
        "自动排班期间有人改动了排班表、请假或人员，为避免覆盖，没有写入。请再排一次。",
        "Somebody changed the roster, leave or people while it was being filled; to keep their change, "
        "nothing was written. Fill it again.",
    ),
    "shifts_not_confirmed": (
        "还有 {count} 个班次没有确认到岗，最早的是 {day}。",
        "{count} shifts have not been confirmed yet, the first on {day}.",
    ),
    # what stands against publishing
    "breach_leave": (
        "{person} {day} 请假或不可排，却排在{place}。",
        "{person} is away on {day} but stands at {place}.",
    ),
    "breach_double_booking": (
        "{person} {day} 在{place}值班时，另一张排班表里也有班。",
        "{person} stands at {place} on {day}, and at the same time in another roster.",
    ),
    "breach_double_booking_within": (
        "{person} {day} 同时排在{place}和{other}。",
        "{person} stands at {place} and at {other} at the same time on {day}.",
    ),
    "breach_duplicate": (
        "{person}在{place} {day} 的班次里排了两次。",
        "{person} is in the shift at {place} on {day} twice.",
    ),
    "breach_over_headcount": ("{place} {day} 排的人多于需要。", "{place} has more people than it needs on {day}."),
    "breach_not_eligible": (
        "{person}不符合{place} {day} 的要求：{refusal}。",
        "{person} does not meet what {place} asks for on {day}: {refusal}.",
    ),
    # rules that a roster may break knowingly
    "breach_rest_gap": (
        "{person} {day} 在{place}值班，与其他排班表中的一班间隔过短。",
        "{person}'s duty at {place} on {day} is too close to one in another roster.",
    ),
    "breach_rest_gap_within": (
        "{person} {day} 在{place}值班，与 {other_day} {other}的一班间隔过短。",
        "{person}'s duty at {place} on {day} is too close to the one at {other} on {other_day}.",
    ),
    "breach_max_per_week": (
        "{person} {day} 在{place}的这一班超过每周上限。",
        "{person}'s duty at {place} on {day} is above the weekly cap.",
    ),
    "breach_max_per_period": (
        "{person} {day} 在{place}的这一班超过本期上限。",
        "{person}'s duty at {place} on {day} is above the period's cap.",
    ),
    "breach_avoid": (
        "{person} {day} 在 {place} 的班是本人不愿意值的。",
        "{person} wished to avoid the duty at {place} on {day}.",
    ),
    "breach_frozen_changed": (
        "{place} {day} 的班已经开始，{person} 的安排不能再改。",
        "The duty at {place} on {day} has begun: who stands it cannot change any more ({person}).",
    ),
    "breach_pin_missing": (
        "{person} 锁定在 {day} 的 {place}，但没有排在那里。",
        "{person} is fixed at {place} on {day}, and does not stand there.",
    ),
    "breach_unknown_reference": (
        "{person} {day} 在 {place} 的安排对应的班次或人员已经不存在。",
        "{person} at {place} on {day}: the shift or the person is not there any more.",
    ),
    "breach_restdays": (
        "{person} {day} 在{place}值班，{other_day} 的休息日已在{other}值班：连着两周占休息日。",
        "{person}'s duty at {place} on {day} takes an off day two weeks running: also {other} on {other_day}.",
    ),
    "breach_night": (
        "{person} {day} 在{place}值晚班，第二天 {after} 要上班。",
        "{person} is on duty late at {place} on {day}, and {after} is a workday.",
    ),
    "breach_far": (
        "{person}（{home}）{day} 跨区到{place}（{there}）值班。",
        "{person} ({home}) is on duty in another district on {day}: {place} ({there}).",
    ),
    "breach_same_unit": (
        "{person}和{other}同属{unit}，{day} 同在{place}值班。",
        "{person} and {other}, both of {unit}, stand at {place} on {day}.",
    ),
    "breach_quota": (
        "{person}在 {monday} 这一周还差 {count} 次走访。",
        "{person} still owes {count} of the visits of the week of {monday}.",
    ),
}
