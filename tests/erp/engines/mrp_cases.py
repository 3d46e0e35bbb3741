"""Reads the worked planning cases under tests/golden/mrp into problems of the engine."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from erp.engines import mrp
from erp.engines.mrp.problem import NEVER

CASES = Path(__file__).resolve().parents[2] / "golden" / "mrp"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())


def micro(quantity: Any) -> int:
    return int(Decimal(str(quantity)) * mrp.MICRO)


def load(name: str) -> tuple[mrp.Problem, list[str], dict[str, Any]]:
    """Return the problem, its item codes by index, and what is expected."""
    given = json.loads((CASES / name / "problem.json").read_text())
    expected = json.loads((CASES / name / "expected.json").read_text())
    codes = list(given["items"])
    at = {code: index for index, code in enumerate(codes)}
    receipts = [
        mrp.Receipt(one["key"], at[one["item"]], one["day"], micro(one["quantity"]), one.get("fixed", False))
        for one in given.get("receipts", [])
    ]
    place = {receipt.key: index for index, receipt in enumerate(receipts)}
    free = set(given.get("free_days", []))
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
    )


def _line(line: list[Any], at: dict[str, int]) -> mrp.BomLine:
    code, quantity, *rest = line
    more = rest[0] if rest else {}
    return mrp.BomLine(
        at[code], micro(quantity), int(more.get("scrap", 0) * 10_000), more.get("from", 0), more.get("to", NEVER)
    )
