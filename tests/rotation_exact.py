"""The best price of a small problem, by a plain CP-SAT model that shares nothing with the engine's own."""

from collections import defaultdict
from datetime import timedelta

from ortools.sat.python import cp_model

PARTS = 10_000  # of a point: targets of two decimals are squared


def best_price(town):
    """The least price in points of any roster without a hard breach; for problems without pins."""
    model = cp_model.CpModel()
    stands = {}
    for duty in town.duties:
        for position in duty.positions:
            for who in town.staff:
                if may_stand(town, who, duty, position):
                    stands[duty.id, position.id, who.id] = model.new_bool_var("")
    rules(town, model, stands)
    past(town, model, stands)
    model.minimize(sum(prices(town, model, stands)))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    return solver.objective_value / PARTS


def may_stand(town, who, duty, position):
    needs = position.requires
    return (
        (who.party or not needs.party)
        and needs.skills <= who.skills
        and (not needs.roles or who.role in needs.roles)
        and (not needs.units or who.unit in needs.units)
        and (who.unit, duty.place) in town.travel
        and not any(a.staff == who.id and a.start < duty.end and duty.start < a.end for a in town.leave)
        and not any(c.staff == who.id and too_close(town, c, duty) for c in town.carry_in)
    )


def too_close(town, one, two):
    rest = timedelta(minutes=town.min_rest_minutes)
    return one.start < two.end + rest and two.start < one.end + rest


def monday(day):
    return day - timedelta(days=day.weekday())


def rules(town, model, stands):
    duties = {duty.id: duty for duty in town.duties}
    for duty in town.duties:
        for position in duty.positions:
            model.add(sum(v for (d, p, _), v in stands.items() if (d, p) == (duty.id, position.id)) <= position.count)
    for who in town.staff:
        own = [(duties[d], v) for (d, _, s), v in stands.items() if s == who.id]
        for at, (one, first) in enumerate(own):
            for two, second in own[at + 1 :]:
                if too_close(town, one, two):
                    model.add(first + second <= 1)
        weeks = defaultdict(list)
        for one, v in own:
            weeks[monday(one.start.date())].append(v)
        for week, held in weeks.items():
            before = sum(c.staff == who.id and monday(c.start.date()) == week for c in town.carry_in)
            model.add(sum(held) <= max(0, who.max_per_week - before))
        if who.max_per_period is not None:
            model.add(sum(v for _, v in own) <= who.max_per_period)


def past(town, model, stands):
    """What starts before the frozen moment stands as it was."""
    if town.previous is None or town.previous.frozen_before is None:
        return
    starts = {duty.id: duty.start for duty in town.duties}
    before = {(s.duty, s.position, s.staff) for s in town.previous.assignments}
    for key, stand in stands.items():
        if starts[key[0]] < town.previous.frozen_before:
            model.add(stand == (key in before))


def changes(town, stands):
    """The price of each assignment taken away from, or added to, the previous roster."""
    if town.previous is None:
        return
    before = {(s.duty, s.position, s.staff) for s in town.previous.assignments}
    price = round(PARTS * town.weights.change)
    yield price * len(before - stands.keys())
    for key, stand in stands.items():
        yield price * (1 - stand) if key in before else price * stand


def prices(town, model, stands):
    """The terms of the price, in whole parts of a point."""
    yield from changes(town, stands)
    weights, duties = town.weights, {duty.id: duty for duty in town.duties}
    for duty in town.duties:
        for position in duty.positions:
            filled = sum(v for (d, p, _), v in stands.items() if (d, p) == (duty.id, position.id))
            yield round(PARTS * weights.uncovered * duty.weight) * (position.count - filled)
    for (d, _, s), v in stands.items():
        who = next(w for w in town.staff if w.id == s)
        yield round(PARTS * single_price(town, who, duties[d])) * v
    for who in town.staff:
        trips = sum(v for (_, _, s), v in stands.items() if s == who.id)
        yield fairness(town, model, who, trips)
        yield from missed(town, model, stands, who)


def single_price(town, who, duty):
    price = town.weights.travel_minute * town.travel[who.unit, duty.place]
    if duty.start.date() in {day.date for day in town.calendar if day.type in ("weekend", "holiday")}:
        ahead = int(abs(who.offday_turn) + 0.5) * (1 if who.offday_turn > 0 else -1)
        price += town.weights.offday * max(-5, min(5, ahead))
    for wish in town.preferences:
        match = wish.match
        if (
            wish.staff == who.id
            and match.place in (None, duty.place)
            and match.kind in (None, duty.kind)
            and match.weekday in (None, duty.start.weekday())
            and match.date in (None, duty.start.date())
        ):
            price += wish.weight * (town.weights.avoid if wish.kind == "avoid" else -town.weights.want)
    return price


def fairness(town, model, who, trips):
    """A table over the number of trips."""
    most = len(town.duties)
    count = model.new_int_var(0, most, "")
    model.add(count == trips)
    table = [
        round(PARTS * town.weights.fairness * (who.history.trips + n - who.target_trips) ** 2) for n in range(most + 1)
    ]
    price = model.new_int_var(0, max(table), "")
    model.add_element(count, table, price)
    return price


def missed(town, model, stands, who):
    duties = {duty.id: duty for duty in town.duties}
    for quota in town.quotas:
        if who.role not in quota.roles:
            continue
        for week in sorted({monday(day.date) for day in town.calendar}):
            workdays = [d.date for d in town.calendar if monday(d.date) == week and d.type in ("workday", "makeup")]
            need = quota.min_per_week - quota.credits.count((who.id, week))
            if need <= 0 or (who.id, week) in quota.waived:
                continue
            if sum(present(town, who, day) for day in workdays) >= quota.exempt_below_days:
                visits = sum(
                    v
                    for (d, _, s), v in stands.items()
                    if s == who.id and duties[d].kind == quota.kind and monday(duties[d].start.date()) == week
                )
                short = model.new_int_var(0, need, "")
                model.add(short >= need - visits)
                yield round(PARTS * town.weights.quota) * short


def present(town, who, day):
    return not any(
        a.staff == who.id
        and (a.start.date() < day or (a.start.date() == day and a.start.hour < 18))
        and (a.end.date() > day or (a.end.date() == day and (a.end.hour, a.end.minute) > (8, 0)))
        for a in town.leave
    )
