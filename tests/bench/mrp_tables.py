"""The generated planning problem in the program's tables: one row of each made by services, the rest like it."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import numpy as np
import psycopg
from django.db import connection

from core.clock import business_date, moment
from core.operations import perform
from erp.models import Bom, BomLine, Demand, PlanningEvent, StockBalance, Supply
from erp.services.supply import ExpectedSupply, set_expected
from masterdata.models import Item
from tests.factories import crm, erp, erp_make, masterdata

FIRST = 10_000_000
"""Keys of the filled rows begin here, above those of the sequences."""


def fill(given: dict[str, Any], owner_url: str) -> int:
    """Fill the tables of a committed database; return the key of an end item."""
    erp_make.place()
    part, parent = masterdata.item("PROTO"), erp_make.made("PROTOMADE")
    bill = erp_make.bom(parent, (part, "1"))
    StockBalance.objects.create(item=part, location=erp.shelf(), on_hand=1)
    far = business_date(moment()) + dt.timedelta(days=300)
    crm.confirmed_order(None, crm.line(part, "1", ship_date=far))  # beyond the reservation horizon
    row = ExpectedSupply(1, part.pk, Decimal(1), business_date(moment()))
    perform(set_expected, actor=None, source_label="crm.salesorder", source_id=1, kind="purchase", rows=[row])
    rows = _prototypes(part, bill)
    count = given["level"].size
    ids = FIRST + np.arange(count)
    with connection.cursor() as cursor:
        _items(cursor, rows["item"], ids, given)
        _bills(cursor, rows, ids, given)
        _movements(cursor, rows, ids, given)
    Demand.objects.filter(item=part).delete()
    Supply.objects.filter(item=part).delete()
    PlanningEvent.objects.all().delete()
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("ANALYZE")
    return int(ids[0])


def _prototypes(part: Item, bill: Bom) -> dict[str, int]:
    return {
        "item": part.pk,
        "bom": bill.pk,
        "line": BomLine.objects.get(bom=bill).pk,
        "demand": Demand.objects.get(item=part).pk,
        "supply": Supply.objects.get(item=part).pk,
        "balance": StockBalance.objects.get(item=part).pk,
    }


def _like(cursor: Any, table: str, key: int, **columns: tuple[str, Any]) -> None:
    """Add rows like the one with the key but for some columns: SQL of the value (of the array: ``v``), the array."""
    cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
    others = [row[0] for row in cursor.fetchall() if row[0] not in columns]
    names, values = list(columns), [re.sub(r"\bv\b", f"u.{name}", sql) for name, (sql, _array) in columns.items()]
    arrays = ", ".join("%s::bigint[]" for _name in names)
    cursor.execute(
        f"INSERT INTO {table} ({', '.join([*names, *others])}) "
        f"SELECT {', '.join([*values, *(f'p.{name}' for name in others)])} "
        f"FROM {table} p, unnest({arrays}) AS u({', '.join(names)}) WHERE p.id = %s",
        [*(np.asarray(array).astype(np.int64).tolist() for _sql, array in columns.values()), key],
    )


def _items(cursor: Any, key: int, ids: Any, given: dict[str, Any]) -> None:
    makes = np.where(given["level"] < 4, 1, 0)
    _like(
        cursor,
        "masterdata_item",
        key,
        id=("v", ids),
        code=("'T' || v", ids),
        supply_type=("CASE v WHEN 1 THEN 'make' ELSE 'buy' END", makes),
        safety_stock=("v", given["ss"]),
        lead_time_days=("v", given["lt"]),
        min_lot=("v", given["lotmin"]),
        lot_multiple=("v", given["mult"]),
    )


def _bills(cursor: Any, rows: dict[str, int], ids: Any, given: dict[str, Any]) -> None:
    parents, bom_of_line = np.unique(given["bom_parent"], return_inverse=True)
    bom_ids, lines = FIRST + np.arange(parents.size), bom_of_line.size
    _like(cursor, "erp_bom", rows["bom"], id=("v", bom_ids), number=("'T' || v", bom_ids), item_id=("v", ids[parents]))
    _like(
        cursor,
        "erp_bomline",
        rows["line"],
        id=("v", FIRST + np.arange(lines)),
        bom_id=("v", bom_ids[bom_of_line]),
        line_no=("v", np.arange(lines) + 1),
        component_id=("v", ids[given["bom_child"]]),
        quantity=("v", given["bom_qty"]),
    )


def _movements(cursor: Any, rows: dict[str, int], ids: Any, given: dict[str, Any]) -> None:
    today = business_date(moment())
    day = f"DATE '{today.isoformat()}' + v::int"
    demands, receipts, stocked = given["dem_item"].size, given["rec_item"].size, np.nonzero(given["onhand"] > 0)[0]
    numbers = FIRST + np.arange(demands)
    _like(
        cursor,
        "erp_demand",
        rows["demand"],
        id=("v", numbers),
        kind=("'work_order'", numbers),  # sales demand would have to point to order lines
        source_line_id=("v", numbers),
        item_id=("v", ids[given["dem_item"]]),
        due_date=(day, given["dem_day"]),
        quantity=("v", given["dem_qty"]),
        open_quantity=("v", given["dem_qty"]),
    )
    numbers = FIRST + np.arange(receipts)
    _like(
        cursor,
        "erp_supply",
        rows["supply"],
        id=("v", numbers),
        source_line_id=("v", numbers),
        item_id=("v", ids[given["rec_item"]]),
        due_date=(day, given["rec_day"]),
        open_quantity=("v", given["rec_qty"]),
    )
    _like(
        cursor,
        "erp_stockbalance",
        rows["balance"],
        id=("v", FIRST + np.arange(stocked.size)),
        item_id=("v", ids[stocked]),
        on_hand=("v", given["onhand"][stocked]),
        reserved=("v * 0", given["onhand"][stocked]),
    )
