"""The bank's city branch: its departments, outlets, sponsored communities and aided villages, and its duties."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import partial

from scheduler import accounts, duties, people, places, quotas
from scheduler.audit import SYSTEM
from scheduler.database import Database, Row
from scheduler.demo.cast import CAST, crew
from scheduler.demo.scene import Scene

DEPARTMENTS = (
    "办公室", "党务工作部", "人力资源部", "公司业务部", "个人金融部", "普惠金融部", "风险管理部", "内控合规部",
    "运营管理部", "财务会计部",
)  # fmt: skip
BRANCHES = {
    "城区支行": "巴州区",
    "恩阳支行": "恩阳区",
    "通江支行": "通江县",
    "南江支行": "南江县",
    "平昌支行": "平昌县",
}
OUTLETS = {
    "巴州区": ("朝阳路支行", "红星街支行", "滨河路支行", "柳林街支行", "东华路支行", "北苑支行"),
    "恩阳区": ("古镇支行", "义阳路支行", "登科路支行"),
    "通江县": ("诺水路支行", "银耳街支行", "石牛路支行"),
    "南江县": ("光雾路支行", "集州路支行", "黄金街支行"),
    "平昌县": ("同州路支行", "江口街支行", "驷马路支行"),
}
COMMUNITIES = {"红叶社区": "巴州区", "望江社区": "巴州区", "石榴社区": "恩阳区"}
SPONSORS = {"红叶社区": "公司业务部", "望江社区": "个人金融部", "石榴社区": "普惠金融部"}
VILLAGES = {"清泉村": "恩阳区", "石门村": "通江县", "花岩村": "南江县", "双桥村": "平昌县"}
SCHOOLS = {"城北小学": "巴州区", "恩阳第九小学": "恩阳区", "通江第八中学": "通江县", "平昌第七中学": "平昌县"}
TRAINING_ROOM = "本部培训室"

PROCEDURE = """1. 到社区值班室签到，领取当日任务单
2. 与社区工作人员一起入户宣传、走访，填写走访表
3. 清理小广告、捡拾垃圾，拍照留存
4. 离岗前与社区负责人共商共议，问题记入台账"""
THEMES = ("征信知识", "防范电信诈骗", "反假货币", "防范非法集资")

LEADERS = 4  # one head and three deputies
DEPARTMENT_SIZE = 7
BRANCH_SIZE = 11
CALL_UP_MONTH = 4  # counted from the beginning: far enough back that fairness has levelled it out
CALL_UP_DAYS = 35


@dataclass(frozen=True, slots=True)
class Bank:
    """What the bank's duties are hung on."""

    root: int
    head_office: int
    branches: dict[str, int]  # by district
    places: dict[str, int]  # by name


def found(db: Database, scene: Scene) -> Bank:
    """Units, people, places, quotas and duty templates of the bank; gives what the history needs to know."""
    when = scene.at(scene.began - timedelta(days=20), 9)
    root = people.add_unit(db, name="巴中市分行", kind="branch", district="巴州区", by=SYSTEM, now=when)
    office = people.add_unit(db, name="本部", kind="department", parent_id=root, district="巴州区", by=SYSTEM, now=when)
    leaders = people.add_unit(db, name="行领导", kind="department", parent_id=office, by=SYSTEM, now=when)
    departments = {
        name: people.add_unit(db, name=name, kind="department", parent_id=office, by=SYSTEM, now=when)
        for name in DEPARTMENTS
    }
    branches = {
        district: people.add_unit(db, name=name, kind="branch", parent_id=root, district=district, by=SYSTEM, now=when)
        for name, district in BRANCHES.items()
    }
    staff = _staff(scene, leaders, departments, branches)
    ids = dict(zip((row["staff_no"] for row in staff), people.add_many(db, staff, by=SYSTEM, now=when), strict=True))
    _grant(db, root, ids, scene)
    heads = {unit_id: ids[row["staff_no"]] for row in reversed(staff) for unit_id in [row["unit_id"]]}
    bank = Bank(root, office, branches, _places(db, root, branches, heads, scene))
    _sponsor(db, bank, departments, heads, scene)
    _owe_visits(db, bank, scene)
    _owe_trips(db, bank, scene)
    _ask_for_duties(db, bank, scene)
    return bank


def _staff(scene: Scene, leaders: int, departments: dict[str, int], branches: dict[str, int]) -> list[Row]:
    hired = partial(crew, scene.chance, scene.called, domain="bank.example", began=scene.began)
    staff = hired(unit_id=leaders, prefix="000", size=LEADERS, party=1.0)
    for at, leader in enumerate(staff):
        leader["role"] = "deputy" if at else "head"
    for at, unit_id in enumerate(departments.values(), start=1):
        staff += hired(unit_id=unit_id, prefix=f"0{at:02d}", size=DEPARTMENT_SIZE, party=0.72)
    for at, unit_id in enumerate(branches.values(), start=1):
        staff += hired(unit_id=unit_id, prefix=f"1{at:02d}", size=BRANCH_SIZE, party=0.46)
    staff[-1]["joined_on"] = scene.months[6].first  # one who came in the middle of the year
    staff[-2]["left_on"] = scene.months[8].last  # and one who went
    return staff


def _grant(db: Database, root: int, ids: dict[str, int], scene: Scene) -> None:
    when = scene.at(scene.began - timedelta(days=19), 9)
    for role in ("coordinator", "administrator"):
        accounts.grant(db, ids[CAST[role]], role, root, by=SYSTEM, now=when)


def _places(db: Database, root: int, branches: dict[str, int], heads: dict[int, int], scene: Scene) -> dict[str, int]:
    when = scene.at(scene.began - timedelta(days=18), 9)
    rows = [
        _place(name, "outlet", branches[district], district, heads[branches[district]])
        for district, names in OUTLETS.items()
        for name in names
    ]
    for kind, named in (("community", COMMUNITIES), ("village", VILLAGES), ("school", SCHOOLS)):
        rows += [_place(name, kind, root, district, None) for name, district in named.items()]
    rows.append(_place(TRAINING_ROOM, "other", root, "巴州区", None))
    for number, row in enumerate(rows, start=1):
        # No local number begins with 0: these can ring nobody.
        row |= {"contact": next(scene.called), "phone": f"0827-0{number:06d}"}
    return dict(zip((row["name"] for row in rows), places.add_many(db, rows, by=SYSTEM, now=when), strict=True))


def _place(name: str, kind: str, unit_id: int, district: str, responsible_id: int | None) -> Row:
    return {
        "name": name,
        "kind": kind,
        "unit_id": unit_id,
        "district": district,
        "address": f"巴中市{district}{name.removesuffix('支行')}",
        "responsible_id": responsible_id,
    }


def _sponsor(db: Database, bank: Bank, departments: dict[str, int], heads: dict[int, int], scene: Scene) -> None:
    when = scene.at(scene.began - timedelta(days=17), 9)
    for name, sponsor in SPONSORS.items():
        unit_id = departments[sponsor]
        places.sponsor(
            db, bank.places[name], unit_id=unit_id, starts_on=scene.began, responsible_id=heads[unit_id],
            procedure=PROCEDURE, by=SYSTEM, now=when,
        )  # fmt: skip


def _owe_visits(db: Database, bank: Bank, scene: Scene) -> None:
    when = scene.at(scene.began - timedelta(days=17), 10)
    for role, visits in (("head", 1), ("deputy", 2)):
        quotas.add(
            db, unit_id=bank.root, role=role, activity="visit", least=visits, starts_on=scene.began,
            by=SYSTEM, now=when,
        )  # fmt: skip


def _owe_trips(db: Database, bank: Bank, scene: Scene) -> None:
    quotas.add_target(
        db, unit_id=bank.root, period="quarter", basis="head", amount=2,
        starts_on=scene.began.replace(month=1, day=1), by=SYSTEM, now=scene.at(scene.began - timedelta(days=17), 10),
    )  # fmt: skip


def _ask_for_duties(db: Database, bank: Bank, scene: Scene) -> None:
    _lobby(db, bank, scene)
    _community(db, bank, scene)
    _visits(db, bank, scene)
    _call_up(db, bank, scene)
    _publicity(db, bank, scene)
    _training(db, bank, scene)


def _template(db: Database, bank: Bank, scene: Scene, **asked: object) -> int:
    given: Row = {"unit_id": bank.root, "roles": ["staff"], "valid_from": scene.began}
    when = scene.at(scene.began - timedelta(days=16), 9)
    return duties.add_template(db, **(given | asked), by=SYSTEM, now=when)


def _lobby(db: Database, bank: Bank, scene: Scene) -> None:
    """Each outlet has a day of the week for its party member from the head office: 18 turns a week."""
    outlets = [name for names in OUTLETS.values() for name in names]
    for weekday in range(5):
        _template(
            db, bank, scene,
            name=f"党员一日厅堂服务（周{'一二三四五'[weekday]}）", activity="lobby",
            places=[bank.places[name] for name in outlets[weekday::5]], days="weekdays", weekdays=[weekday],
            starts=time(8, 30), ends=time(17), party=True, units=[bank.head_office],
            tasks="佩戴党徽、亮明身份\n引导分流、解答咨询\n帮助老年客户使用自助设备", weight=2,
        )  # fmt: skip


def _community(db: Database, bank: Bank, scene: Scene) -> None:
    _template(
        db, bank, scene,
        name="包保社区值班", activity="community", places=[bank.places[name] for name in COMMUNITIES],
        days="weekdays", weekdays=[5], starts=time(9), ends=time(11, 30), headcount=2, units=[bank.head_office],
        tasks="入户宣传\n走访\n调查\n捡拾垃圾\n清理小广告",
    )  # fmt: skip


def _visits(db: Database, bank: Bank, scene: Scene) -> None:
    """Eight a week for four leaders: what the head (one) and the deputies (two each) owe, and one to spare."""
    for community, weekdays in (("红叶社区", [1, 3]), ("望江社区", [0, 2, 4]), ("石榴社区", [1, 2, 3])):
        _template(
            db, bank, scene,
            name=f"领导走访（{community}）", activity="visit", places=[bank.places[community]],
            days="weekdays", weekdays=weekdays, starts=time(15), ends=time(17), roles=["head", "deputy"],
            tasks="走访住户\n与社区负责人共商共议", weight=3,
        )  # fmt: skip


def _call_up(db: Database, bank: Bank, scene: Scene) -> None:
    """Five weeks in which party members go to the aided villages every day; each half takes two villages."""
    first = scene.months[CALL_UP_MONTH].first
    halves = ([bank.head_office], list(bank.branches.values()))
    for units, villages in zip(halves, (list(VILLAGES)[:2], list(VILLAGES)[2:]), strict=True):
        _template(
            db, bank, scene,
            name=f"疫情值守（{'、'.join(villages)}）", activity="epidemic",
            places=[bank.places[name] for name in villages], days="every", starts=time(9), ends=time(17), headcount=2,
            party=True, units=units, tasks="入户排查\n测量体温", weight=3,
            valid_from=first, valid_to=first + timedelta(days=CALL_UP_DAYS - 1),
        )  # fmt: skip


def _publicity(db: Database, bank: Bank, scene: Scene) -> None:
    """One morning a month at a school, by people of its district's branch."""
    for at, month in enumerate(scene.months):
        school, district = list(SCHOOLS.items())[at % len(SCHOOLS)]
        day = month.first + timedelta(days=9)  # a Wednesday
        _once(
            db, bank, scene, day,
            name=f"金融知识进校园：{THEMES[at % len(THEMES)]}", activity="publicity", places=[bank.places[school]],
            starts=time(9, 30), ends=time(11, 30), headcount=4, units=[bank.branches[district]],
            tasks="讲解\n发放折页\n有奖问答",
        )  # fmt: skip


def _training(db: Database, bank: Bank, scene: Scene) -> None:
    """Two Friday afternoons a month, six people each: more than seventy sessions in three years."""
    for day in (month.first + timedelta(days=later) for month in scene.months for later in (4, 18)):
        _once(
            db, bank, scene, day,
            name="合规培训", activity="training", places=[bank.places[TRAINING_ROOM]],
            starts=time(14, 30), ends=time(16, 30), headcount=6, tasks="集中学习\n测试",
        )  # fmt: skip


def _once(db: Database, bank: Bank, scene: Scene, day: date, **asked: object) -> int:
    return _template(db, bank, scene, days="every", valid_from=day, valid_to=day, **asked)
