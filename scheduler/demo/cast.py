"""Invented people: names, numbers, and those who show the product to its visitors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from scheduler.accounts import Role
from scheduler.database import Row

# Whose sign-in links are printed; their numbers stand in the README.
CAST: dict[Role, str] = {"coordinator": "00101", "staff": "00501", "administrator": "00102"}
TELECOM_COORDINATOR = "T00101"
SUBSCRIBERS = ("00001", "00002", "00502", "00503", "00504")  # the head, a deputy, and colleagues of the staff member

SURNAMES = (
    "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = (
    "子涵", "雨桐", "浩然", "思远", "佳怡", "俊杰", "欣悦", "文博", "晓峰", "丽娟", "志强", "秀英", "建国", "春燕",
    "海波", "明辉", "婷婷", "永红", "国栋", "小芳", "成林", "玉兰", "家豪", "诗琪", "宏伟", "静怡", "立新", "晨曦",
    "向东", "云霞", "泽宇", "若兰", "长青", "美玲", "光明", "月华", "天佑", "红梅", "世杰", "冬梅", "景行", "素云",
    "磊", "敏", "静", "勇", "涛", "艳", "杰", "娟", "军", "霞", "鹏", "丹", "洋", "倩", "斌", "颖", "帆", "琳",
)  # fmt: skip


def names(chance: Random) -> Iterator[str]:
    """Names in a chance order, none of them twice."""
    every = [surname + given for surname in SURNAMES for given in GIVEN]
    chance.shuffle(every)
    return iter(every)


def crew(
    chance: Random,
    called: Iterator[str],
    *,
    unit_id: int,
    prefix: str,
    size: int,
    party: float,
    domain: str,
    began: date,
) -> list[Row]:
    """People of one unit, as `people.add_many` takes them: numbered from 01, that share of them party members."""
    return [
        {
            "staff_no": f"{prefix}{number:02d}",
            "name": next(called),
            "unit_id": unit_id,
            "party": number <= round(size * party),
            "email": f"{prefix}{number:02d}@{domain}".lower(),
            "joined_on": began - timedelta(days=chance.randint(300, 9000)),
        }
        for number in range(1, size + 1)
    ]
