"""The profit of sales orders by customer, item, category, region, salesperson, campaign, project, order or line."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from core.clock import company
from core.fields import ZERO
from core.models import User
from crm.models import Campaign, SalesOrder
from finance.selectors.order_profit.facts import FACTS
from finance.selectors.order_profit.projecting import Projection, projections, total_projection
from masterdata.models import Item, ItemCategory, Partner, Project, Territory

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Grouping:
    """A way to group the lines: the column of the facts, and the model its keys belong to."""

    code: str
    label: Any
    column: str
    model: Any


GROUPINGS: tuple[Grouping, ...] = (
    Grouping("customer", _("Customer"), "partner_id", Partner),
    Grouping("item", _("Item"), "item_id", Item),
    Grouping("category", _("Item category"), "category_id", ItemCategory),
    Grouping("region", _("Region"), "territory_id", Territory),
    Grouping("salesperson", _("Salesperson"), "owner_id", User),
    Grouping("campaign", _("Campaign"), "campaign_id", Campaign),
    Grouping("project", _("Project"), "project_id", Project),
    Grouping("order", _("Sales order"), "order_id", SalesOrder),
)
BY_CODE = {one.code: one for one in GROUPINGS}
FIGURES = ("ordered", "revenue", "cost", "expense", "shipped", "dispatched")


@dataclass(frozen=True)
class Profit:
    """What a group of order lines earned, in base currency.

    ``ordered`` net as ordered; ``revenue`` recognised; ``cost`` of it; ``expense`` freight and other costs of the
    orders; ``dispatched`` goods under way whose revenue is still to come; ``other`` costs of a project beside its
    orders, ``purchased`` goods received for it (they become cost when they are shipped).
    """

    ordered: Decimal = ZERO
    revenue: Decimal = ZERO
    cost: Decimal = ZERO
    expense: Decimal = ZERO
    shipped: Decimal = ZERO
    dispatched: Decimal = ZERO
    is_provisional: bool = False
    other: Decimal = ZERO
    purchased: Decimal = ZERO
    key: int | None = None
    label: str = ""
    lines: int = 0

    @property
    def margin(self) -> Decimal:
        """What is left."""
        return self.revenue - self.cost - self.expense - self.other

    @property
    def percent(self) -> Decimal | None:
        """The margin in percent of the revenue; None without any."""
        return (self.margin / self.revenue * HUNDRED).quantize(Decimal("0.1")) if self.revenue else None


@dataclass(frozen=True)
class Wanted:
    """Which lines: of orders dated ``first`` to ``last``, with the given keys of GROUPINGS; in the scope of ``user``.

    A key of None in ``keys`` means lines that have none (no campaign …).
    """

    first: dt.date | None = None
    last: dt.date | None = None
    keys: Mapping[str, int | None] = field(default_factory=dict)
    user: Any = None


def profit_by(grouping: str, wanted: Wanted) -> list[Profit]:
    """Return one row per group, the highest revenue first; two statements (four by project)."""
    group = BY_CODE[grouping]
    rows = _query(group.column, wanted)
    labels = _labels(group, [row["key"] for row in rows])
    found = [_profit(row, labels) for row in rows]
    if grouping == "project":
        found = _with_project_costs(found, wanted)
    return sorted(found, key=lambda one: (-one.revenue, -one.ordered, one.label))


def profit_of_lines(wanted: Wanted, limit: int = 2000) -> list[dict[str, Any]]:
    """Return the facts of single lines with their order and item, the newest orders first; three statements.

    Each with its projection: what it will have earned when all of it is delivered (see `projections`).
    """
    sql, values = _filtered(wanted)
    statement = (
        f"{FACTS} SELECT facts.* FROM facts {sql} ORDER BY document_date DESC, order_id DESC, line_no LIMIT %(n)s"
    )
    rows = _fetch(statement, values | {"n": limit})
    orders = SalesOrder.objects.select_related("partner").in_bulk({row["order_id"] for row in rows})
    items = Item.objects.in_bulk({row["item_id"] for row in rows} - {None})
    for row in rows:
        row["order"], row["item"] = orders[row["order_id"]], items.get(row["item_id"])
        row["profit"] = _profit(row | {"key": row["line_id"], "lines": 1}, {})
    for row, projection in zip(rows, projections(rows, order_id=wanted.keys.get("order")), strict=True):
        row["projection"] = projection
    return rows


def projections_of_orders(order_ids: Sequence[int]) -> dict[int, Projection]:
    """Return what orders will have earned, by order, without those of which something is not known (10 statements)."""
    rows = _fetch(
        f"{FACTS} SELECT facts.* FROM facts WHERE order_id = ANY(%(orders)s)", _values() | {"orders": list(order_ids)}
    )
    found: dict[int, list[Projection | None]] = defaultdict(list)
    for row, projection in zip(rows, projections(rows), strict=True):
        found[row["order_id"]].append(projection)
    totals = {key: total_projection(lines) for key, lines in found.items()}
    return {key: one for key, one in totals.items() if one is not None}


def total_of(rows: Sequence[Profit]) -> Profit:
    """Return the sum of groups."""
    names = (*FIGURES, "other", "purchased")
    sums: dict[str, Any] = {name: sum((getattr(row, name) for row in rows), ZERO) for name in names}
    return Profit(**sums, is_provisional=any(row.is_provisional for row in rows), lines=sum(row.lines for row in rows))


def order_profit(order_id: int, user: Any = None) -> Profit:
    """Return the profit of one order."""
    return total_of(profit_by("order", Wanted(keys={"order": order_id}, user=user)))


def _query(column: str, wanted: Wanted) -> list[dict[str, Any]]:
    sums = ", ".join(f"sum({name}) AS {name}" for name in FIGURES)
    condition, values = _filtered(wanted)
    return _fetch(
        f"{FACTS} SELECT {column} AS key, count(*) AS lines, bool_or(is_provisional) AS is_provisional, {sums} "
        f"FROM facts {condition} GROUP BY 1",
        values,
    )


def _filtered(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """Return the WHERE of the facts and its values; the row scope is a subquery on the orders."""
    values = _values()
    parts = []
    if wanted.first is not None:
        parts.append("document_date >= %(first)s")
        values["first"] = wanted.first
    if wanted.last is not None:
        parts.append("document_date <= %(last)s")
        values["last"] = wanted.last
    for code, key in wanted.keys.items():
        column = BY_CODE[code].column
        parts.append(f"{column} IS NULL" if key is None else f"{column} = %(key_{code})s")
        values[f"key_{code}"] = key
    user = wanted.user
    if user is not None and not (user.is_superuser or user.scope == "all"):
        parts.append("order_id = ANY(%(visible)s)")
        values["visible"] = list(SalesOrder.objects.visible_to(user).order_by().values_list("pk", flat=True))
    return (f"WHERE {' AND '.join(parts)}" if parts else "", values)


def _values() -> dict[str, Any]:
    own = company()
    return {"decimals": own.base_decimals if own else 2}


def _fetch(statement: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, dict(values))
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _profit(row: Mapping[str, Any], labels: Mapping[int, str]) -> Profit:
    key = row["key"]
    return Profit(
        **{name: row[name] for name in FIGURES},
        is_provisional=row["is_provisional"],
        key=key,
        label=labels.get(key, "") if key is not None else "",
        lines=row["lines"],
    )


def _labels(group: Grouping, keys: Sequence[int | None]) -> dict[int, str]:
    wanted = {key for key in keys if key is not None}
    return {key: str(one) for key, one in group.model._default_manager.in_bulk(wanted).items()}


def _with_project_costs(rows: list[Profit], wanted: Wanted) -> list[Profit]:
    """Add what a project cost beside its orders, and what was bought for it; projects without orders appear too."""
    values = {"first": wanted.first or dt.date.min, "last": wanted.last or dt.date.max}
    key = wanted.keys.get("project")
    condition = "" if key is None else "AND project_id = %(key)s"
    found = _fetch(PROJECT_COSTS.format(condition=condition), values | {"key": key})
    by_key = {row.key: row for row in rows}
    labels = _labels(BY_CODE["project"], [row["project_id"] for row in found])
    for cost in found:
        known = by_key.get(cost["project_id"]) or Profit(key=cost["project_id"], label=labels[cost["project_id"]])
        by_key[cost["project_id"]] = replace(known, other=cost["other"], purchased=cost["purchased"])
    return list(by_key.values())


PROJECT_COSTS = """
SELECT project_id, sum(other) AS other, sum(purchased) AS purchased FROM (
  SELECT j.project_id, j.amount AS other, 0 AS purchased
  FROM finance_journalline j JOIN finance_account a ON a.id = j.account_id
    JOIN finance_journalentry e ON e.id = j.entry_id
  WHERE j.project_id IS NOT NULL AND j.sales_order_id IS NULL AND a.kind = 'expense'
    AND e.event NOT IN ('carry_over', 'year_end') AND e.entry_date BETWEEN %(first)s AND %(last)s
    AND NOT EXISTS (SELECT 1 FROM finance_accountmapping p WHERE p.account_id = a.id AND p.role = 'cost_of_sales')
  UNION ALL
  SELECT o.project_id, 0, g.received_amount - g.returned_amount
  FROM finance_grniline g JOIN scm_purchaseorder o ON o.id = g.purchase_order_id
  WHERE o.project_id IS NOT NULL AND g.received_date BETWEEN %(first)s AND %(last)s
) costs WHERE true {condition} GROUP BY 1
"""
