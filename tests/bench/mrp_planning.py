"""The generated planning problem as the columns that the planner takes."""

from typing import Any

import numpy as np

from erp.engines.mrp.arrays import (
    ArrayProblem,
    BomColumns,
    DemandColumns,
    ItemColumns,
    LineColumns,
    ReceiptColumns,
    SubstituteColumns,
)
from erp.engines.mrp.problem import MICRO, NEVER, POOL, Rules
from erp.engines.mrp.workdays import WorkingDays
from tests.bench.mrp_problem import HORIZON, generate

TODAY = 740_000
MARGIN = 400


def columns_of_generated(items: int, bom_per: float = 5.0, demands_per_end: int = 2, seed: int = 1) -> ArrayProblem:
    """Return a generated problem; its day 0 is TODAY, every day is a working day, its rules are the defaults."""
    return columns_from(generate(items, bom_per, demands_per_end, seed))


def micro(values: Any) -> Any:
    return np.round(values).astype(np.int64) * MICRO


def columns_from(given: dict[str, Any]) -> ArrayProblem:
    """Return generated arrays as columns: one bill of material for each parent, of one piece."""
    count = given["level"].size
    parents, bom_of_line = np.unique(given["bom_parent"], return_inverse=True)
    demands, receipts = given["dem_item"].size, given["rec_item"].size

    def all_of(size: int, value: Any, kind: Any = np.int32) -> Any:
        return np.full(size, value, kind)

    return ArrayProblem(
        today=TODAY,
        items=ItemColumns(
            free_stock=micro(given["onhand"]),
            safety_stock=micro(given["ss"]),
            lead_days=given["lt"].astype(np.int32),
            min_lot=micro(given["lotmin"]),
            lot_multiple=micro(given["mult"]),
            max_lot=all_of(count, 0, np.int64),
            step=all_of(count, MICRO, np.int64),
            explodes=given["level"] < 4,
            lot_policy=all_of(count, 0),
            fixed_lot=all_of(count, 0, np.int64),
            lot_days=all_of(count, 0),
            max_stock=all_of(count, 0, np.int64),
            good=all_of(count, MICRO, np.int64),
            fence_days=all_of(count, 0),
            order_policy=all_of(count, 0),
            is_phantom=all_of(count, False, np.bool_),
        ),
        boms=BomColumns(
            parents.astype(np.int32),
            all_of(parents.size, MICRO, np.int64),
            all_of(parents.size, 0),
            all_of(parents.size, NEVER),
        ),
        lines=_lines(given, bom_of_line),
        substitutes=SubstituteColumns(*(np.zeros(0, kind) for kind in (np.int32, np.int32, np.int64, *[np.int32] * 3))),
        demands=DemandColumns(
            key=np.arange(1, demands + 1),
            item=given["dem_item"].astype(np.int32),
            day=(given["dem_day"] + TODAY).astype(np.int32),
            quantity=micro(given["dem_qty"]),
            priority=all_of(demands, 0),
            reserved=all_of(demands, 0, np.int64),
            receipt=all_of(demands, -1),
            is_forecast=all_of(demands, False, np.bool_),
        ),
        receipts=ReceiptColumns(
            key=np.arange(1, receipts + 1),
            item=given["rec_item"].astype(np.int32),
            day=(given["rec_day"] + TODAY).astype(np.int32),
            quantity=micro(given["rec_qty"]),
            fixed=all_of(receipts, False, np.bool_),
            group=all_of(receipts, POOL),
        ),
        rules=Rules(reschedule_days=0),
        calendar=WorkingDays(TODAY - MARGIN, [True] * (HORIZON + 2 * MARGIN)),
    )


def _lines(given: dict[str, Any], bom_of_line: Any) -> LineColumns:
    size = bom_of_line.size
    return LineColumns(
        bom=bom_of_line.astype(np.int32),
        component=given["bom_child"].astype(np.int32),
        quantity=micro(given["bom_qty"]),
        scrap=np.zeros(size, np.int64),
        valid_from=np.zeros(size, np.int32),
        valid_to=np.full(size, NEVER, np.int32),
        fixed=np.zeros(size, np.int64),
        is_skipped=np.zeros(size, np.bool_),
        is_output=np.zeros(size, np.bool_),
    )
