"""The telecom company: a second tree, deep and wide, and what its volunteers and inspectors do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from functools import partial
from itertools import islice, product

from scheduler import accounts, duties, people, places
from scheduler.audit import SYSTEM
from scheduler.database import Database, Row
from scheduler.demo.cast import CAST, TELECOM_COORDINATOR, crew
from scheduler.demo.scene import Scene

DEPARTMENTS = ("综合部", "市场部", "政企部", "网络部", "渠道部")
COUNTIES = {"通江县公司": "通江县", "南江县公司": "南江县", "平昌县公司": "平昌县", "恩阳区公司": "恩阳区"}
CENTRES = {"巴州营销中心": "巴州区", "江南营销中心": "巴州区", "江北营销中心": "巴州区"}
SUB_BRANCHES = {"通江县公司": 12, "南江县公司": 11, "平昌县公司": 12, "恩阳区公司": 7, "巴州营销中心": 6}  # 48 in all
COMMUNITIES = ("文昌社区", "金桂社区", "龙泉社区", "北湖社区", "南池社区", "东兴社区")

# Sub-branches and agent outlets are named by what is found in every township.
FIRST, SECOND = "青白石双长龙凤金银柏松桂", "溪坪河滩岭坝"
CORNERS = ("场口", "老街", "车站", "学校", "桥头", "新街", "市场", "卫生院", "河边", "路口", "茶馆")  # 11 a sub-branch
STREETS = tuple(f"{name}{kind}" for name, kind in product("文化建设和平光明朝晖", ("路", "街", "巷")))  # 30 a centre

TEAM = "创文志愿服务队"  # across units: whoever is in it signs up for what is opened to it
DEPARTMENT_SIZE = 6
COMPANY_SIZE = 9
SUB_BRANCH_SIZE = 3


@dataclass(frozen=True, slots=True)
class Telecom:
    """What the company's duties are hung on."""

    root: int
    companies: dict[str, int]  # county companies and marketing centres, by name
    agents: dict[str, list[int]]  # agent outlets by the company above them
    communities: list[int]


def found(db: Database, scene: Scene) -> Telecom:
    """Units, people, places and duty templates of the company; gives what the history needs to know."""
    when = scene.at(scene.began - timedelta(days=20), 10)
    root = people.add_unit(db, name="巴中市分公司", kind="branch", district="巴州区", by=SYSTEM, now=when)
    departments = [
        people.add_unit(db, name=name, kind="department", parent_id=root, by=SYSTEM, now=when) for name in DEPARTMENTS
    ]
    companies = {
        name: people.add_unit(db, name=name, kind=kind, parent_id=root, district=district, by=SYSTEM, now=when)
        for kind, named in (("county", COUNTIES), ("centre", CENTRES))
        for name, district in named.items()
    }
    sub_branches = _sub_branches(db, companies, scene)
    _staff(db, scene, root, departments, list(companies.values()), [unit for _, _, unit in sub_branches])
    telecom = Telecom(root, companies, _agents(db, companies, sub_branches, scene), _communities(db, root, scene))
    _ask_for_duties(db, telecom, scene)
    return telecom


def _sub_branches(db: Database, companies: dict[str, int], scene: Scene) -> list[tuple[str, str, int]]:
    """The 48 rural sub-branches: company, own name, unit id."""
    when = scene.at(scene.began - timedelta(days=20), 11)
    called = (first + second for first, second in product(FIRST, SECOND))
    return [
        (company, name, people.add_unit(
            db, name=f"{name}支局", kind="outlet", parent_id=companies[company], by=SYSTEM, now=when
        ))
        for company, count in SUB_BRANCHES.items()
        for name in islice(called, count)
    ]  # fmt: skip


def _staff(
    db: Database, scene: Scene, root: int, departments: list[int], companies: list[int], sub_branches: list[int]
) -> None:
    hired = partial(crew, scene.chance, scene.called, party=0.4, domain="telecom.example", began=scene.began)
    staff: list[Row] = []
    for letter, size, units in (
        ("0", DEPARTMENT_SIZE, departments), ("1", COMPANY_SIZE, companies), ("2", SUB_BRANCH_SIZE, sub_branches)
    ):  # fmt: skip
        for at, unit_id in enumerate(units, start=1):
            staff += hired(unit_id=unit_id, prefix=f"T{letter}{at:02d}", size=size)
    for member in staff[::4]:
        member["skills"] = [TEAM]
    ids = people.add_many(db, staff, by=SYSTEM, now=scene.at(scene.began - timedelta(days=19), 10))
    numbered = dict(zip((row["staff_no"] for row in staff), ids, strict=True))
    when = scene.at(scene.began - timedelta(days=19), 11)
    accounts.grant(db, numbered[TELECOM_COORDINATOR], "coordinator", root, by=SYSTEM, now=when)
    bank_administrator = people.by_staff_no(db, [CAST["administrator"]])[CAST["administrator"]]["id"]
    accounts.grant(db, bank_administrator, "administrator", root, by=SYSTEM, now=when)


def _agents(
    db: Database, companies: dict[str, int], sub_branches: list[tuple[str, str, int]], scene: Scene
) -> dict[str, list[int]]:
    """More than 600 agent outlets: eleven at each sub-branch, thirty at each marketing centre."""
    districts = COUNTIES | CENTRES
    wanted = [
        (company, _place(f"{name}{corner}代办点", unit_id, districts[company]))
        for company, name, unit_id in sub_branches
        for corner in CORNERS
    ]
    wanted += [
        (centre, _place(f"{street}代办点", companies[centre], districts[centre]))
        for centre in CENTRES
        for street in STREETS
    ]
    when = scene.at(scene.began - timedelta(days=18), 10)
    ids = places.add_many(db, [row for _, row in wanted], by=SYSTEM, now=when)
    agents: dict[str, list[int]] = {}
    for (company, _), place_id in zip(wanted, ids, strict=True):
        agents.setdefault(company, []).append(place_id)
    return agents


def _communities(db: Database, root: int, scene: Scene) -> list[int]:
    rows = [_place(name, root, "巴州区", "community") for name in COMMUNITIES]
    return places.add_many(db, rows, by=SYSTEM, now=scene.at(scene.began - timedelta(days=18), 11))


def _place(name: str, unit_id: int, district: str, kind: str = "outlet") -> Row:
    return {
        "name": name,
        "kind": kind,
        "unit_id": unit_id,
        "district": district,
        "address": f"巴中市{district}{name.removesuffix('代办点')}",
    }


def _ask_for_duties(db: Database, telecom: Telecom, scene: Scene) -> None:
    _cleaning(db, telecom, scene)
    _inspections(db, telecom, scene)


def _cleaning(db: Database, telecom: Telecom, scene: Scene) -> None:
    """The volunteer team for the city's campaign: Saturday mornings, three people at each community."""
    duties.add_template(
        db, unit_id=telecom.root, name="创文志愿服务", activity="community", places=telecom.communities,
        days="weekdays", weekdays=[5], starts=time(8, 30), ends=time(10, 30), headcount=3, roles=["staff"],
        tasks="清扫街面\n宣传文明公约", valid_from=scene.began,
        by=SYSTEM, now=scene.at(scene.began - timedelta(days=16), 10),
    )  # fmt: skip


def _inspections(db: Database, telecom: Telecom, scene: Scene) -> None:
    """Each company inspects two of its agent outlets a week; which ones changes by the month."""
    when = scene.at(scene.began - timedelta(days=16), 11)
    for at, month in enumerate(scene.months):
        for company, unit_id in telecom.companies.items():
            agents = telecom.agents[company]
            duties.add_template(
                db, unit_id=telecom.root, name=f"代办点检查（{company}）", activity="inspection",
                places=[agents[(2 * at + more) * 7 % len(agents)] for more in (0, 1)],
                days="weekdays", weekdays=[1 + at % 3], starts=time(9), ends=time(11, 30), units=[unit_id],
                tasks="对照清单逐项检查\n现场整改，登记复查日期", valid_from=month.first, valid_to=month.last,
                by=SYSTEM, now=when,
            )  # fmt: skip
