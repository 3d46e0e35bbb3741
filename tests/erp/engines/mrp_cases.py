"""Reads the worked planning cases under tests/golden/mrp into problems of the engine."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from erp.engines import mrp
from erp.engines.mrp.problem import (
    FIXED_LOT,
    LOT_FOR_LOT,
    MIN_MAX,
    MIXED,
    NEVER,
    ORPHAN,
    PERIOD,
    POOL,
    TO_ORDER,
    TO_STOCK,
)

CASES = Path(__file__).resolve().parents[2] / "golden" / "mrp"
POLICIES = {"lot_for_lot": LOT_FOR_LOT, "fixed": FIXED_LOT, "period": PERIOD, "min_max": MIN_MAX}
ORDERS = {"to_stock": TO_STOCK, "to_order": TO_ORDER, "mixed": MIXED}
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())


def micro(quantity: Any) -> int:
    return int(Decimal(str(quantity)) * mrp.MICRO)


def load(name: str, folder: Path = CASES) -> tuple[mrp.Problem, list[str], dict[str, Any]]:
    """Return the problem, its item codes by index, and what is expected."""
    given = json.loads((folder / name / "problem.json").read_text())
    expected = json.loads((folder / name / "expected.json").read_text())
    codes = list(given["items"])
    at = {code: index for index, code in enumerate(codes)}
    receipts = [
        mrp.Receipt(one["key"], at[one["item"]], one["day"], micro(one["quantity"]), one.get("fixed", False))
        for one in given.get("receipts", [])
    ]
    place = {receipt.key: index for index, receipt in enumerate(receipts)}
    free = set(given.get("free_days", []))
    demand = {one["key"]: index for index, one in enumerate(given["demands"])}
    projects: dict[str, int] = {}
    for one in given["demands"]:
        projects.setdefault(one.get("project", ""), one["key"])
    for receipt, one in zip(receipts, given.get("receipts", []), strict=True):
        owner = projects.get(one["project"]) if "project" in one else one.get("for")
        receipt.group = POOL if {"project", "for"}.isdisjoint(one) else demand.get(owner, ORPHAN)
    problem = mrp.Problem(
        today=given["today"],
        items=[_item(row) for row in given["items"].values()],
        boms=[
            mrp.Bom(at[one["item"]], micro(one.get("quantity", 1)), [_line(line, at) for line in one["lines"]])
            for one in given.get("boms", [])
        ],
        demands=[
            mrp.Demand(
                one["key"],
                at[one["item"]],
                one["day"],
                micro(one["quantity"]),
                reserved=micro(one.get("reserved", 0)),
                receipt=place[one["receipt"]] if "receipt" in one else None,
                is_forecast=one.get("forecast", False),
                group=demand[projects[one["project"]]] if "project" in one else None,
            )
            for one in given["demands"]
        ],
        receipts=receipts,
        rules=mrp.Rules(**given.get("rules", {})),
        calendar=mrp.WorkingDays(0, [day not in free for day in range(given.get("days", 0))]),
    )
    return problem, codes, expected


def _item(row: dict[str, Any]) -> mrp.Item:
    return mrp.Item(
        free_stock=micro(row.get("stock", 0)),
        safety_stock=micro(row.get("safety", 0)),
        lead_days=row.get("lead", 0),
        min_lot=micro(row.get("min", 0)),
        lot_multiple=micro(row.get("multiple", 0)),
        max_lot=micro(row.get("max", 0)),
        step=micro(row.get("step", 1)),
        explodes=row.get("makes", False),
        lot_policy=POLICIES[row.get("policy", "lot_for_lot")],
        fixed_lot=micro(row.get("lot", 0)),
        lot_days=row.get("days", 0),
        max_stock=micro(row.get("max_stock", 0)),
        good=int(row.get("yield", 100) * 10_000),
        fence_days=row.get("fence", 0),
        order_policy=ORDERS[row.get("order", "to_stock")],
        is_phantom=row.get("phantom", False),
    )


def _line(line: list[Any], at: dict[str, int]) -> mrp.BomLine:
    code, quantity, *rest = line
    more = rest[0] if rest else {}
    return mrp.BomLine(
        at[code],
        micro(quantity),
        int(more.get("scrap", 0) * 10_000),
        more.get("from", 0),
        more.get("to", NEVER),
        fixed=micro(more.get("fixed", 0)),
        is_skipped=more.get("skip", False),
        is_output=more.get("output", False),
        group=more.get("group", 0),
        is_joint=more.get("joint", False),
        substitutes=tuple(
            mrp.Substitute(at[other], micro(ratio), rank, *(when.get("from", 0) for when in dated))
            for rank, (other, ratio, *dated) in enumerate(more.get("substitutes", []), 1)
        ),
    )
