"""The generated planning problem as the columns that the planner takes."""

from dataclasses import replace
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
            group=all_of(demands, -1),
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
        group=np.zeros(size, np.int32),
        is_joint=np.zeros(size, np.bool_),
    )


def with_all_rules(problem: ArrayProblem, seed: int = 1) -> ArrayProblem:
    """Return the problem with every rule somewhere: lots, yields, fences, orders to order, phantoms, substitutes …"""
    random = np.random.default_rng(seed)
    count, lines = len(problem.items.step), len(problem.lines.bom)

    def some(share: float, size: int = count) -> Any:
        return random.random(size) < share

    makes = problem.items.explodes
    items = problem.items._replace(
        lot_policy=random.choice([0, 0, 0, 1, 2, 3], count).astype(np.int32),
        fixed_lot=np.maximum(np.maximum(problem.items.min_lot, problem.items.lot_multiple), 50 * MICRO),
        lot_days=random.integers(2, 15, count).astype(np.int32),
        max_stock=problem.items.safety_stock + problem.items.min_lot,
        good=np.where(some(0.2) & makes, 950_000, MICRO),
        fence_days=np.where(some(0.1), 10, 0).astype(np.int32),
        order_policy=np.where(some(0.02) & makes, random.integers(1, 3, count), 0).astype(np.int32),
        is_phantom=some(0.02) & makes,
    )
    is_bought = ~makes[problem.lines.component]
    output = some(0.005, lines) & is_bought
    changed = problem.lines._replace(
        scrap=np.where(some(0.1, lines) & ~output, 50_000, 0),
        fixed=np.where(some(0.05, lines) & ~output, MICRO, 0),
        is_skipped=some(0.02, lines) & ~is_bought & ~output,
        is_output=output,
        valid_to=np.where(some(0.02, lines), problem.today + 180, problem.lines.valid_to).astype(np.int32),
    )
    replaced = np.nonzero(some(0.02, lines) & is_bought & ~output)[0].astype(np.int32)
    substitutes = SubstituteColumns(
        replaced,
        random.choice(np.nonzero(~makes)[0], len(replaced)).astype(np.int32),
        np.full(len(replaced), MICRO),
        np.ones(len(replaced), np.int32),
        np.zeros(len(replaced), np.int32),
        np.full(len(replaced), NEVER, np.int32),
    )
    days = np.arange(TODAY - MARGIN, TODAY + HORIZON + MARGIN)
    return replace(
        problem,
        items=items,
        lines=changed,
        substitutes=substitutes,
        demands=problem.demands._replace(is_forecast=some(0.2, len(problem.demands.key))),
        rules=Rules(reschedule_days=10, dampener_days=3, increase_days=2),
        calendar=WorkingDays(TODAY - MARGIN, (days % 7 < 5).tolist()),
    )
