"""Refusals of seats: who may not stand where, and why; steps and drags that were overtaken."""

SEATS: dict[str, tuple[str, str]] = {
    # seats
    "shift_is_in_no_roster": (
        "{place} {day} 的班次还不在任何排班表里。",
        "The shift at {place} on {day} is in no roster yet.",
    ),
    "shift_is_cancelled": ("{place} {day} 的班次已取消。", "The shift at {place} on {day} is cancelled."),
    "shift_is_held": (
        "{place} {day} 的班次已确认到岗，不能再改；有误请在台账更正。",
        "The attendance at {place} on {day} is confirmed; correct the ledger instead.",
    ),
    "shift_is_full": (
        "{place} {day} 的 {headcount} 个名额已满：{people}。",
        "All {headcount} slots at {place} on {day} are filled, by {people}.",
    ),
    "double_booking": (
        "{person} {day} {hours} 已在{place}值班，时间重叠。",
        "{person} already stands at {place} on {day}, {hours}; the times overlap.",
    ),
    "already_stands_it": (
        "{person}已在{place} {day} 的这个班次里。",
        "{person} already stands this shift at {place} on {day}.",
    ),
    "person_is_away": (
        "{person} {first} 至 {last} {away_kind}。",
        "{person} is away from {first} to {last} ({away_kind}).",
    ),
    "not_of_the_roster": (
        "{person}不属于{unit}及其下级单位。",
        "{person} belongs neither to {unit} nor to a unit below it.",
    ),
    "not_yet_joined": ("{person} {day} 才到岗。", "{person} joins only on {day}."),
    "has_left": ("{person} {day} 已离岗。", "{person} left on {day}."),
    "not_in_the_party": (
        "{person}不是党员，这个班次只排党员。",
        "{person} is not a party member, which this shift asks for.",
    ),
    "wrong_role": ("这个班次不由“{role}”值（{person}）。", "This shift is not for {person}'s role ({role})."),
    "lacks_skill": ("{person}没有所需技能：{skill}。", "{person} lacks a skill that is asked for: {skill}."),
    "wrong_unit": (
        "{person}所在的{unit}不在可值单位之内。",
        "{person}'s unit, {unit}, is not one that may stand this shift.",
    ),
    "already_released": ("{person}已撤下。", "{person} has been released already."),
    "too_many_scenarios": (
        "最多同时试 {most} 个方案，先丢弃一个。",
        "At most {most} are compared at a time: throw one away first.",
    ),
    "scenario_is_not_ready": ("这个方案还没有算完。", "This one is not filled yet."),
    "scenario_is_overtaken": (
        "试排之后草稿、请假或人员又有改动。没有写入，请重新计算。",
        "The draft, leave or people changed since this was tried. Nothing was written: try it again.",
    ),
    "nothing_to_undo": ("没有可以撤销的步骤。", "There is no step of yours to undo."),
    "nothing_to_redo": ("没有可以重做的步骤。", "There is no step of yours to redo."),
    "step_is_undone": ("这一步已由{who}撤销。", "{who} has undone this step already."),
    "step_is_not_undone": (
        "这一步没有撤销，或之后又有别的改动，不能重做。",
        "This step is not undone, or other changes came after it: it cannot be done again.",
    ),
    "step_is_published": (
        "这一步已经发布，不能撤销；请直接改动，再发布一次。",
        "This step has been published and cannot be undone: change the roster and publish again.",
    ),
    "step_is_overtaken": (
        "{place} {day} 之后又改过：{person}已不在那个名额上。没有撤销任何改动。",
        "{place} on {day} was changed since: {person} no longer stands that slot. Nothing was undone.",
    ),
    "step_is_overtaken_by_lock": (
        "{place} {day} {person}的锁定之后又改过。没有撤销任何改动。",
        "Somebody has since fixed or unfixed {person} at {place} on {day}. Nothing was undone.",
    ),
    "step_shift_is_taken": (
        "{place} {day} 的班次已排了{person}，不能撤掉这个班次。",
        "{person} stands the shift at {place} on {day} by now: it cannot be taken out again.",
    ),
    "slot_is_taken": (
        "{place} {day} 的第 {slot} 个名额已由{person}值班。",
        "{person} already stands slot {slot} at {place} on {day}.",
    ),
    "shift_has_no_such_slot": (
        "{place} {day} 只有 {headcount} 个名额，没有第 {slot} 个。",
        "{place} on {day} has {headcount} slots; there is no slot {slot}.",
    ),
    "shift_of_another_roster": (
        "{place} {day} 的班次在另一张排班表里。",
        "The shift at {place} on {day} is in another roster.",
    ),
    "swap_with_oneself": ("两处都是{person}，不用互换。", "{person} stands both: there is nothing to swap."),
    # told, not refused
    "short_rest": (
        "与 {day} {place} {hours} 只隔 {between} 小时。",
        "Only {between} hours from the duty at {place} on {day}, {hours}.",
    ),
    "week_is_full": (
        "{monday} 这一周将有 {count} 班，上限 {cap} 班。",
        "That makes {count} duties in the week of {monday}; the cap is {cap}.",
    ),
    "custom_restdays": (
        "连着两周占休息日：{other_day} 也在{other}值班。",
        "An off day two weeks running: there is a duty at {other} on {other_day} too.",
    ),
    "custom_night": ("晚班之后，{after} 要上班。", "A late duty before a workday, {after}."),
    "custom_far": ("跨区：人在{home}，地点在{there}。", "Another district: from {home} to {there}."),
    "custom_same_unit": (
        "这一班已有同单位（{unit}）的{other}。",
        "{other}, also of {unit}, stands it already.",
    ),
    "batch_needs_a_reason": (
        "有 {count} 处会有提示。仍要这样排，请写明理由：",
        "{count} of these call for a warning. To plan them all the same, give the reason:",
    ),
    # drags, and two coordinators at once
    "slot_was_taken": (
        "{place} {day} 第 {slot} 个名额：您看到的是空缺，现在是{after}（{who} {when} 改的）。请看过再改。",
        "{place} on {day}, slot {slot}: you saw it unfilled, now {after} stands there ({who}, {when}). Look again.",
    ),
    "slot_was_freed": (
        "{place} {day} 第 {slot} 个名额：您看到的是{before}，现在是空缺（{who} {when} 改的）。请看过再改。",
        "{place} on {day}, slot {slot}: you saw {before}, now it is unfilled ({who}, {when}). Look again.",
    ),
    "slot_was_changed": (
        "{place} {day} 第 {slot} 个名额：您看到的是{before}，现在是{after}（{who} {when} 改的）。请看过再改。",
        "{place} on {day}, slot {slot}: you saw {before}, now {after} stands there ({who}, {when}). Look again.",
    ),
    "slot_is_empty": ("这个名额现在是空缺，没有人可以移动。", "This slot is unfilled now: there is nobody to move."),
    "bad_drop": ("没有说明把谁放到哪里。", "It was not said who goes where."),
    "drop_refused": ("{person}不能排在这里：{refusal}。", "{person} cannot stand here: {refusal}."),
    "drop_warned": (
        "{person}排在这里要写明理由：{refusal}。",
        "{person} can stand here with a reason only: {refusal}.",
    ),
    # rules with a level
    "rule_blocks": (
        "本单位规定不得这样排{person}：",
        "Your organisation does not allow {person} to be seated like this:",
    ),
    "needs_a_reason": (
        "排{person}会有下面的提示。仍要排入，请写明理由：",
        "Seating {person} calls for a warning. To seat them all the same, give the reason:",
    ),
}
