"""What the pages of an import send: columns, answers; and the lists that they give as examples."""

from __future__ import annotations

import re
from typing import Any

from scheduler import intake
from web.forms import Form

TEXT_MOST = 200
SAMPLES: dict[str, dict[str, tuple[list[str], list[str]]]] = {
    "people": {
        "zh": (["工号", "姓名", "单位", "职务", "政治面貌", "手机"],
               ["00123", "文知远", "办公室", "员工", "群众", "13800000000"]),
        "en": (["Staff number", "Name", "Unit", "Role", "Party member", "Mobile"],
               ["00123", "Wen Zhiyuan", "Office", "Staff", "No", "13800000000"]),
    },
    "units": {
        "zh": (["单位名称", "上级单位", "类别", "县区"], ["综合部", "", "部门", ""]),
        "en": (["Unit name", "Parent", "Kind", "District"], ["General office", "", "Department", ""]),
    },
    "places": {
        "zh": (["地点名称", "所属单位", "类别", "县区", "地址", "联系人", "电话"],
               ["河东社区", "", "社区", "", "河东路 1 号", "文知远", "13800000000"]),
        "en": (["Place name", "Unit", "Kind", "District", "Address", "Contact", "Phone"],
               ["East Bank", "", "Community", "", "1 East Bank Road", "Wen Zhiyuan", "13800000000"]),
    },
    "templates": {
        "zh": (["模板名称", "所属单位", "活动类型", "地点", "日子", "开始", "结束", "人数", "仅党员", "任务",
                "生效日期"],
               ["厅堂服务", "", "厅堂服务", "江北支行", "每个工作日", "8:30", "17:30", "1", "否", "引导客户",
                "2027-01-01"]),
        "en": (["Template name", "Unit", "Activity", "Places", "Days", "Starts", "Ends", "Headcount", "Party only",
                "Tasks", "Valid from"],
               ["Lobby", "", "Lobby service", "Riverside", "Every workday", "8:30", "17:30", "1", "No",
                "Guide customers", "2027-01-01"]),
    },
    "leave": {
        "zh": (["工号", "姓名", "类别", "开始日期", "结束日期", "天数", "备注"],
               ["00123", "文知远", "年休假", "2027-01-04", "2027-01-06", "3", ""]),
        "en": (["Staff number", "Name", "Kind", "From", "To", "Days", "Note"],
               ["00123", "Wen Zhiyuan", "Leave", "2027-01-04", "2027-01-06", "3", ""]),
    },
    "balances": {
        "zh": (["工号", "姓名", "活动类型", "累计人次", "截止日期"],
               ["00123", "文知远", "厅堂服务", "12", "2026-11-30"]),
        "en": (["Staff number", "Name", "Activity", "Count", "As of"],
               ["00123", "Wen Zhiyuan", "Lobby service", "12", "2026-11-30"]),
    },
}  # fmt: skip


def columns(form: Form, held: dict[str, Any]) -> dict[str, Any]:
    """Which column is which: the sheet, the head's row, and for each column its field."""
    head = held["found"].get("head") or {}
    known = intake.VOCABULARIES.get(held["kind"])
    row = form.integer("row", low=1, high=1_000_000)
    sheet = form["sheet"] if form["sheet"] in head.get("sheets", ()) else None
    if known is None or not head:
        return {}
    fields = {str(n): form[f"c{n}"] for n in range(len(head["letters"])) if form[f"c{n}"] in known.words}
    if row == head["row"]:
        for field in known.required:
            if field not in fields.values():
                form.wrong("fields", "columns_are_missing", columns=known.words[field].split()[0])
        for field in sorted(set(fields.values())):
            if list(fields.values()).count(field) > 1 and field not in known.several:
                form.wrong("fields", "columns_are_double", columns=known.words[field].split()[0])
    else:
        fields = {}
    return {"columns": {"sheet": sheet, "row": row, "fields": fields}}


def answers(form: Form, held: dict[str, Any]) -> dict[str, Any]:
    """What was answered of the questions as they were shown, and what is said for the whole sheet."""
    given: dict[str, Any] = {"left": [], "people": {}, "places": {}, "marks": {}, "cells": {}}
    for n, question in enumerate(held["found"].get("questions", ())):
        said, typed = form[f"q{n}"], form[f"t{n}"].strip()[:TEXT_MOST]
        chosen = said.removeprefix("v:") if said.startswith("v:") else typed if said == "text" else ""
        if said == "left":
            given["left"].append(question["key"])
        elif not chosen:
            continue
        elif question["how"] == "month":
            given["month"] = chosen if re.fullmatch(r"\d{4}-\d{2}", chosen) else ""
        elif question["how"] == "cell":
            given["cells"][question["at"]] = chosen
        elif question["how"] in ("people", "places", "marks"):
            given[question["how"]][question["key"].split("\t", 1)[1]] = chosen
    for name in ("hours", "activity", "as_of"):
        if name in form.values:
            given[name] = form[name].strip()[:40]
    if form.flag("leave_rest"):
        given["leave_rest"] = True
    return given
