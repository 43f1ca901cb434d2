"""Units as a tree, the people in them, and their days away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from scheduler import accounts, database, people
from scheduler.audit import SYSTEM, Actor
from scheduler.database import Database, IntegrityError, rows, update, value
from scheduler.errors import Conflict, Invalid, NotFound, Refusal
from tests import builders
from tests.conftest import SHANGHAI

AN = Actor(None, "安宁")


def tree(db: Database, now: datetime) -> dict[str, int]:
    """Two trees: 市分行 with 办公室 and 江北支行 (which has a 营业室), and 市公司."""
    ids = {"市分行": builders.unit(db, now, "市分行")}
    ids["办公室"] = builders.unit(db, now, "办公室", ids["市分行"])
    ids["江北支行"] = builders.unit(db, now, "江北支行", ids["市分行"], kind="outlet")
    ids["营业室"] = builders.unit(db, now, "营业室", ids["江北支行"])
    ids["市公司"] = builders.unit(db, now, "市公司")
    return ids


def codes(refused: pytest.ExceptionInfo[Refusal]) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.field) for problem in refused.value.problems]


def above(db: Database) -> set[tuple[int, int, int]]:
    return {tuple(row.values()) for row in rows(db, "SELECT unit_id, above_id, depth FROM unit_above")}


def climbed(db: Database) -> set[tuple[int, int, int]]:
    """What unit_above should hold, found by climbing parent by parent."""
    parent = {row["id"]: row["parent_id"] for row in rows(db, "SELECT id, parent_id FROM unit")}
    pairs = set()
    for unit_id in parent:
        step: int | None = unit_id
        depth = 0
        while step is not None:
            pairs.add((unit_id, step, depth))
            step, depth = parent[step], depth + 1
    return pairs


# units


def test_units_come_in_tree_order_with_their_depth(db, now):
    ids = tree(db, now)

    assert [(row["name"], row["depth"]) for row in people.units(db)] == [
        ("市分行", 0), ("办公室", 1), ("江北支行", 1), ("营业室", 2), ("市公司", 0),
    ]  # fmt: skip
    assert [(row["name"], row["depth"]) for row in people.units(db, ids["江北支行"])] == [
        ("江北支行", 0),
        ("营业室", 1),
    ]


def test_a_unit_counts_its_own_people_and_all_below_but_not_who_has_left(db, now):
    ids = tree(db, now)
    builders.person(db, now, ids["市分行"], "01", "甘棠")
    builders.person(db, now, ids["营业室"], "02", "白芷")
    builders.person(db, now, ids["营业室"], "03", "黄芪", left_on=date(2026, 1, 31))

    counted = {row["name"]: (row["people"], row["people_below"]) for row in people.units(db, on=date(2026, 2, 28))}

    assert counted == {"市分行": (1, 2), "办公室": (0, 0), "江北支行": (0, 1), "营业室": (1, 1), "市公司": (0, 0)}
    assert people.units(db, ids["营业室"], on=date(2026, 1, 31))[0]["people"] == 2


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"name": "  "}, ("required", "name")),
        ({"name": "办公室"}, ("unit_name_taken", "name")),
        ({"name": "办\u200b公室"}, ("bad_characters", "name")),
        ({"name": "长" * 61}, ("too_long", "name")),
        ({"kind": "ministry"}, ("bad_choice", "kind")),
        ({"parent_id": 999}, ("unknown_unit", "parent_id")),
    ],
)
def test_a_wrong_unit_is_refused_at_its_field(db, now, wrong, problem):
    ids = tree(db, now)
    given = {"name": "保卫部", "kind": "department", "parent_id": ids["市分行"]} | wrong

    with pytest.raises(Invalid) as refused:
        people.add_unit(db, **given, by=SYSTEM, now=now)

    assert codes(refused) == [problem]
    assert len(people.units(db)) == 5


def test_two_trees_cannot_have_one_name(db, now):
    tree(db, now)

    with pytest.raises(Invalid) as refused:
        people.add_unit(db, name="市公司", kind="organisation", by=SYSTEM, now=now)

    assert codes(refused) == [("unit_name_taken", "name")]


def test_a_moved_unit_takes_all_below_it_along(db, now):
    ids = tree(db, now)
    outlet = people.unit(db, ids["江北支行"])

    people.change_unit(
        db, ids["江北支行"], version=outlet["version"], name="江北支行", kind="outlet", district="巴州区",
        parent_id=ids["办公室"], by=SYSTEM, now=now,
    )  # fmt: skip

    assert above(db) == climbed(db)
    assert people.paths(db, ids["营业室"]) == {ids["营业室"]: ["市分行", "办公室", "江北支行", "营业室"]}
    assert people.unit(db, ids["江北支行"])["district"] == "巴州区"


def test_a_unit_moves_to_another_tree_or_becomes_one(db, now):
    ids = tree(db, now)
    for parent_id in (ids["市公司"], None):
        people.change_unit(
            db, ids["江北支行"], version=people.unit(db, ids["江北支行"])["version"], name="江北支行", kind="outlet",
            district="", parent_id=parent_id, by=SYSTEM, now=now,
        )  # fmt: skip

        assert above(db) == climbed(db)


@pytest.mark.parametrize("target", ["江北支行", "营业室"])
def test_a_unit_cannot_move_below_itself(db, now, target):
    ids = tree(db, now)
    before = above(db)

    with pytest.raises(Conflict) as refused:
        people.change_unit(
            db, ids["江北支行"], version=1, name="江北支行", kind="outlet", district="",
            parent_id=ids[target], by=SYSTEM, now=now,
        )  # fmt: skip

    assert codes(refused) == [("unit_below_itself", "parent_id")]
    assert above(db) == before


def test_the_schema_itself_carries_a_move_and_refuses_a_ring(db, now):
    ids = tree(db, now)

    update(db, "unit", ids["江北支行"], parent_id=ids["办公室"])
    with pytest.raises(IntegrityError, match="unit_below_itself"):
        update(db, "unit", ids["市分行"], parent_id=ids["营业室"])

    assert above(db) == climbed(db)


def test_of_two_moves_that_would_make_a_ring_one_is_refused(tmp_path, now):
    first, second = (database.connect(tmp_path / "a.sqlite3", SHANGHAI) for _ in range(2))
    database.migrate(first)
    ids = tree(first, now)
    places = [(first, ids["办公室"], "办公室", ids["江北支行"]), (second, ids["江北支行"], "江北支行", ids["办公室"])]

    def move(place: tuple[Database, int, str, int]) -> str:
        db, unit_id, name, parent_id = place
        try:
            people.change_unit(
                db, unit_id, version=1, name=name, kind="team", district="", parent_id=parent_id, by=SYSTEM, now=now
            )
        except Conflict as refusal:
            return refusal.code
        return "moved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(move, places)) == ["moved", "unit_below_itself"]
    assert above(first) == climbed(first)


def test_a_change_from_an_old_form_names_who_was_first(db, now):
    ids = tree(db, now)
    change = {"kind": "department", "district": "", "parent_id": ids["市分行"], "now": now}
    people.change_unit(db, ids["办公室"], version=1, name="综合办公室", by=AN, **change)

    with pytest.raises(Conflict) as refused:
        people.change_unit(db, ids["办公室"], version=1, name="行政办公室", by=SYSTEM, **change)

    assert refused.value.problems[0].facts == {"who": "安宁", "when": "2026-02-28 09:00"}
    assert people.unit(db, ids["办公室"])["name"] == "综合办公室"


# people


def test_a_person_is_stored_as_given(db, now, town):
    person_id = people.add(
        db, staff_no=" 00103 ", name="王　磊", unit_id=town.office, role="deputy", party=True,
        skills=["普通话", "急救", "急救", " "], email="wang.lei@branch.example", mobile="0827-526 1234",
        lang="en", joined_on=date(2020, 1, 1), left_on=date(2026, 12, 31), max_per_week=2, by=SYSTEM, now=now,
    )  # fmt: skip

    found = people.person(db, person_id)
    assert len(found.pop("key")) == 16
    assert found == {
        "id": person_id, "staff_no": "00103", "name": "王磊", "unit_id": town.office, "unit": "办公室",
        "role": "deputy", "party": 1, "email": "wang.lei@branch.example", "mobile": "0827-526 1234", "lang": "en",
        "joined_on": "2020-01-01", "left_on": "2026-12-31", "max_per_week": 2, "version": 1,
        "skills": ["急救", "普通话"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"staff_no": ""}, ("required", "staff_no")),
        ({"staff_no": "0003"}, ("staff_no_taken", "staff_no")),
        ({"staff_no": "０００３"}, ("staff_no_taken", "staff_no")),
        ({"staff_no": "00 03"}, ("bad_staff_no", "staff_no")),
        ({"staff_no": '="0103"'}, ("bad_staff_no", "staff_no")),
        ({"staff_no": "1" * 33}, ("too_long", "staff_no")),
        ({"name": ""}, ("required", "name")),
        ({"name": "王\u202e磊"}, ("bad_characters", "name")),
        ({"name": "王\x07磊"}, ("bad_characters", "name")),
        ({"unit_id": 999}, ("unknown_unit", "unit_id")),
        ({"role": "boss"}, ("bad_choice", "role")),
        ({"email": "wang@branch"}, ("bad_email", "email")),
        ({"email": "a@b.cn, c@d.cn"}, ("bad_email", "email")),
        ({"email": "a@b.cn\nBcc: c@d.cn"}, ("bad_characters", "email")),
        ({"mobile": "1" * 41}, ("too_long", "mobile")),
        ({"skills": ["技" * 31]}, ("too_long", "skills")),
        ({"skills": [str(number) for number in range(21)]}, ("too_many_skills", "skills")),
        ({"lang": "fr"}, ("bad_choice", "lang")),
        ({"left_on": date(2019, 12, 31)}, ("left_before_joined", "left_on")),
        ({"max_per_week": 15}, ("out_of_range", "max_per_week")),
    ],
)
def test_a_wrong_person_is_refused_at_the_field(db, now, town, wrong, problem):
    given = {"staff_no": "0103", "name": "王磊", "unit_id": town.office, "joined_on": date(2020, 1, 1)} | wrong
    before = value(db, "SELECT COUNT(*) FROM person")

    with pytest.raises(Invalid) as refused:
        people.add(db, **given, by=SYSTEM, now=now)

    assert problem in codes(refused)
    assert {field for _, field in codes(refused)} == {problem[1]}
    assert value(db, "SELECT COUNT(*) FROM person") == before


def test_every_wrong_field_is_named_at_once(db, now, town):
    with pytest.raises(Invalid) as refused:
        people.add(db, staff_no="", name="", unit_id=0, role="", joined_on=date(2020, 1, 1), by=SYSTEM, now=now)

    assert [field for _, field in codes(refused)] == ["staff_no", "name", "role", "unit_id"]


def test_a_person_that_is_not_there_is_not_found(db):
    with pytest.raises(NotFound):
        people.person(db, 999)


@pytest.mark.parametrize("name", ["阿依古丽·买买提", "Li Na", "𠮷野", "\ue81a明"])
def test_names_of_every_kind_are_kept(db, now, town, name):
    assert people.person(db, builders.person(db, now, town.office, "0103", name))["name"] == name


def test_a_change_touches_only_what_is_given(db, now, town):
    people.change(db, town.party, version=1, by=AN, now=now, mobile="15480426473", skills=["急救"])

    changed = people.person(db, town.party)
    assert (changed["name"], changed["mobile"], changed["skills"], changed["version"]) == (
        "吕莉", "15480426473", ["急救"], 2,
    )  # fmt: skip
    assert people.history(db, town.party)[0]["facts"] == {
        "changed": {"mobile": ["", "15480426473"], "skills": [[], ["急救"]]}
    }


def test_a_staff_number_may_be_kept_but_not_taken_from_another(db, now, town):
    people.change(db, town.party, version=1, by=SYSTEM, now=now, staff_no="0003")

    with pytest.raises(Invalid) as refused:
        people.change(db, town.party, version=2, by=SYSTEM, now=now, staff_no="0004")
    assert codes(refused) == [("staff_no_taken", "staff_no")]


def test_of_two_changes_from_one_version_the_second_is_refused(db, now, town):
    people.change(db, town.party, version=1, by=AN, now=now, role="deputy")

    with pytest.raises(Conflict) as refused:
        people.change(db, town.party, version=1, by=SYSTEM, now=now, role="head")

    assert (refused.value.code, refused.value.problems[0].facts["who"]) == ("stale", "安宁")
    assert people.person(db, town.party)["role"] == "deputy"


def test_of_sixteen_who_save_the_same_form_at_once_one_wins(tmp_path, now):
    db = database.connect(tmp_path / "a.sqlite3", SHANGHAI)
    database.migrate(db)
    town = builders.town(db, now)

    def save(number: int) -> str:
        own = database.connect(tmp_path / "a.sqlite3", SHANGHAI)
        try:
            people.change(own, town.lan, version=1, by=SYSTEM, now=now, mobile=str(number))
        except Conflict as refusal:
            return refusal.code
        finally:
            own.close()
        return "saved"

    with ThreadPoolExecutor(16) as pool:
        assert sorted(pool.map(save, range(16))) == ["saved"] + ["stale"] * 15
    assert people.person(db, town.lan)["version"] == 2


def test_a_change_of_a_field_that_people_do_not_have_is_our_bug(db, now, town):
    with pytest.raises(TypeError):
        people.change(db, town.party, version=1, by=SYSTEM, now=now, salary=1)


def newcomers(town: builders.Town, *staff_nos: str) -> list[dict[str, object]]:
    return [
        {"staff_no": number, "name": "新人", "unit_id": town.office, "joined_on": date(2026, 1, 1)}
        for number in staff_nos
    ]


def test_many_are_added_in_their_order_as_one_act(db, now, town):
    acts = value(db, "SELECT COUNT(*) FROM audit")

    ids = people.add_many(db, newcomers(town, "0103", "0101", "0102"), by=SYSTEM, now=now)

    assert [people.person(db, person_id)["staff_no"] for person_id in ids] == ["0103", "0101", "0102"]
    assert value(db, "SELECT COUNT(*) FROM audit") == acts + 1
    assert people.history(db, ids[1])[0]["act"] == "import"


def test_of_many_all_or_none_are_added_and_each_problem_names_its_row(db, now, town):
    with pytest.raises(Invalid) as refused:
        people.add_many(db, newcomers(town, "0101", "0003", "01 02"), by=SYSTEM, now=now)

    assert [(problem.code, problem.row) for problem in refused.value.problems] == [
        ("staff_no_taken", 2), ("bad_staff_no", 3),
    ]  # fmt: skip
    assert people.by_staff_no(db, ["0101"]) == {}


def test_a_number_twice_among_many_names_the_first_row(db, now, town):
    with pytest.raises(Invalid) as refused:
        people.add_many(db, newcomers(town, "0101", "0102", "0101"), by=SYSTEM, now=now)

    assert [(problem.code, problem.row, problem.facts["row"]) for problem in refused.value.problems] == [
        ("staff_no_twice", 3, 1)
    ]


def test_what_was_changed_among_many_stands_in_each_ones_history(db, now, town):
    people.store_many(db, [], {town.lan: {"role": "deputy"}, town.min: {"party": True}}, by=AN, now=now)

    assert people.history(db, town.lan, limit=1)[0]["facts"] == {"changed": {"role": ["staff", "deputy"]}}
    assert people.history(db, town.min, limit=1)[0]["facts"] == {"changed": {"party": [0, 1]}}
    assert [act["act"] for act in people.history(db, town.bo)] == ["add"]


# a page of the list


def names(found: tuple[list[dict[str, object]], int]) -> list[object]:
    return [row["name"] for row in found[0]]


def test_the_list_shows_units_in_order_and_leaders_first(db, now, town):
    assert names(people.found(db, below=[town.branch])) == ["何远山", "杜明月", "吕莉", "兰草", "闵行", "薄荷"]
    assert names(people.found(db, below=[town.office])) == ["吕莉", "兰草", "闵行", "薄荷"]
    assert people.found(db, below=[]) == ([], 0)


def test_a_page_of_the_list_names_the_whole_count(db, now, town):
    page, count = people.found(db, below=[town.branch], limit=2, offset=4)

    assert ([row["name"] for row in page], count) == (["闵行", "薄荷"], 6)
    assert people.found(db, below=[town.branch], limit=2, offset=8) == ([], 6)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"text": "兰"}, ["兰草"]),
        ({"text": "0005"}, ["闵行"]),
        ({"text": "急救"}, ["薄荷"]),
        ({"text": "%"}, []),
        ({"text": "_"}, []),
        ({"role": "deputy"}, ["杜明月"]),
        ({"party": False}, ["闵行", "薄荷"]),
        ({"role": "staff", "party": True}, ["吕莉", "兰草"]),
        ({"present_on": date(2026, 2, 1)}, ["何远山", "杜明月", "吕莉", "兰草", "薄荷"]),
        ({"present_on": date(2026, 1, 31), "party": False}, ["闵行", "薄荷"]),
    ],
)
def test_the_list_is_searched_and_filtered(db, now, town, asked, expected):
    people.change(db, town.bo, version=1, by=SYSTEM, now=now, skills=["急救"])
    people.change(db, town.min, version=1, by=SYSTEM, now=now, left_on=date(2026, 1, 31))

    assert names(people.found(db, below=[town.branch], **asked)) == expected
    assert people.skills(db, [town.branch]) == ["急救"]


# days away


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def test_days_away_are_noted_shown_and_taken_back(db, now, town):
    first = people.add_away(db, town.lan, kind="sick", starts_at=at(9), ends_at=at(11), note="住院", by=SYSTEM, now=now)
    people.add_away(db, town.lan, kind="leave", starts_at=at(2), ends_at=at(3), by=SYSTEM, now=now)

    assert [(row["kind"], row["note"]) for row in people.aways(db, town.lan)] == [("leave", ""), ("sick", "住院")]
    assert [row["kind"] for row in people.aways(db, town.lan, since=at(3))] == ["sick"]
    people.remove_away(db, first, by=SYSTEM, now=now)
    assert [row["kind"] for row in people.aways(db, town.lan)] == ["leave"]
    assert [act["act"] for act in people.history(db, town.lan)] == ["remove_away", "add_away", "add_away", "add"]


def test_days_away_that_meet_others_are_refused_and_adjacent_ones_are_not(db, now, town):
    people.add_away(db, town.lan, kind="sick", starts_at=at(9), ends_at=at(11), by=SYSTEM, now=now)

    with pytest.raises(Conflict) as refused:
        people.add_away(db, town.lan, kind="leave", starts_at=at(10), ends_at=at(12), by=SYSTEM, now=now)
    people.add_away(db, town.lan, kind="leave", starts_at=at(11), ends_at=at(12), by=SYSTEM, now=now)

    assert refused.value.problems[0].facts == {"away_kind": "sick", "day": date(2026, 3, 9)}
    assert len(people.aways(db, town.lan)) == 2


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"kind": "party"}, ("bad_choice", "kind")),
        ({"ends_at": at(9)}, ("end_before_start", "ends")),
        ({"note": "长" * 201}, ("too_long", "note")),
    ],
)
def test_wrong_days_away_are_refused_at_the_field(db, now, town, wrong, problem):
    given = {"kind": "sick", "starts_at": at(9), "ends_at": at(11)} | wrong

    with pytest.raises(Invalid) as refused:
        people.add_away(db, town.lan, **given, by=SYSTEM, now=now)

    assert codes(refused) == [problem]


def test_days_away_of_nobody_and_unknown_ones_are_not_found(db, now, town):
    with pytest.raises(NotFound):
        people.add_away(db, 999, kind="sick", starts_at=at(9), ends_at=at(11), by=SYSTEM, now=now)
    with pytest.raises(NotFound):
        people.remove_away(db, 999, by=SYSTEM, now=now)


def test_nobody_redirects_the_mail_of_one_who_may_more(db: Database, town: builders.Town, now: datetime):
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
    coordinator, administrator = (accounts.actor(db, person_id) for person_id in (town.party, town.head))

    with pytest.raises(Invalid) as refused:
        people.change(db, town.head, version=1, email="mine@branch.example", by=coordinator, now=now)
    with pytest.raises(Invalid):
        people.store_many(db, [], {town.head: {"email": "mine@branch.example"}}, by=coordinator, now=now)

    assert codes(refused) == [("email_above_own_rights", "email")]
    people.change(db, town.head, version=1, mobile="0827-1", by=coordinator, now=now)
    people.change(db, town.head, version=2, email="own@branch.example", by=administrator, now=now)
    people.change(db, town.lan, version=1, email="lan@branch.example", by=coordinator, now=now)
