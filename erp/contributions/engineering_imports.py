"""Work centres and routings as files: read on import; routings are written on export, in the same columns."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.contributions import ImportTarget
from core.errors import InvalidInput
from core.exchange.columns import Column
from core.exchange.export import safe_cell
from core.fields import ZERO
from core.formats import plain
from core.permissions import may_change_field, may_view_field
from erp.models import Routing, RoutingAlternate, RoutingOperation, WorkCenter
from erp.selectors.routings import TYPED_FIELDS
from erp.services.routings import import_routing
from erp.services.work_centers import import_work_center
from masterdata.models import Department, Item, Partner, WorkCalendar

Row = dict[str, Any]
BEGINNING = dt.date(2000, 1, 1)
"""From when a rate or a routing is valid whose file does not say."""

CENTER_CELLS = ("name", "name_zh", "hours_per_day", "machines", "efficiency_percent", "is_finite")
RATES = ("labour_rate", "machine_rate", "overhead_rate")
PRICE = "erp.routingoperation.unit_price"
ALTERNATE = re.compile(r"^(?P<code>[^*^]+)(\*(?P<setup>[\d.]+)\*(?P<run>[\d.]+))?(\^(?P<rank>[1-9]\d{0,3}))?$")


def _key(model: Any, code: str | None, column: str, sentence: Any) -> int | None:
    """Return the key of the record with this code; None without one.

    Raises:
        InvalidInput: there is none.
    """
    if not code:
        return None
    key = model.objects.filter(code=code).values_list("pk", flat=True).first()
    if key is None:
        raise InvalidInput(message=sentence % {"code": code}, field=column)
    return int(key)


def _center_arguments(row: Row, user: Any) -> dict[str, Any]:
    values = {name: row[name] for name in CENTER_CELLS if row.get(name) is not None}
    department = _key(Department, row.get("department"), "department", _("There is no department %(code)s."))
    calendar = _key(WorkCalendar, row.get("calendar"), "calendar", _("There is no work calendar %(code)s."))
    values |= {"department_id": department} if department else {}
    values |= {"calendar_id": calendar} if calendar else {}
    rate = {name: row[name] for name in RATES if row.get(name) is not None}
    if rate and may_change_field(user, "erp.workcenter.rates"):
        values["rate"] = {"valid_from": row.get("rates_from") or BEGINNING} | rate
    return {"code": row["code"]} | values


def _routing_arguments(first: Row, user: Any) -> dict[str, Any]:
    rows = first.get("rows") or [first]
    alternates = [_alternates(row.get("alternates") or "") for row in rows]
    codes = {row.get("work_center") for row in rows} | {one["code"] for some in alternates for one in some}
    centers = dict(WorkCenter.objects.filter(code__in=codes).values_list("code", "pk"))
    item_id = _key(Item, first["item"], "item", _("There is no item %(code)s."))
    may_price = may_change_field(user, PRICE)
    return {
        "item_id": item_id,
        "revision": first.get("revision") or "",
        "valid_from": first.get("valid_from") or BEGINNING,
        "operations": [
            _operation(row, centers, may_price)
            | {
                "alternates": [
                    {"work_center_id": _center(one.pop("code"), centers, "alternates")} | one for one in some
                ]
            }
            for row, some in zip(rows, alternates, strict=True)
        ],
    }


def _center(code: str, centers: dict[str, int], column: str) -> int:
    if code not in centers:
        raise InvalidInput(message=_("There is no work centre %(code)s.") % {"code": code}, field=column)
    return centers[code]


def _alternates(text: str) -> list[Row]:
    """Read ``CENTRE*set-up*run^rank; CENTRE``: without minutes they are those of the operation, without rank in order.

    Raises:
        InvalidInput: something else is written there.
    """
    found = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        match = ALTERNATE.match(part)
        try:
            if match is None:
                raise InvalidOperation(part)
            minutes = {f"{name}_minutes": Decimal(match[name]) if match[name] else None for name in ("setup", "run")}
        except InvalidOperation as error:
            sentence = _(
                "“%(text)s” is no alternative: write CENTRE*set-up minutes*run minutes, a semicolon between two."
            )
            raise InvalidInput(message=sentence % {"text": part}, field="alternates") from error
        found.append({"code": match["code"].strip(), "rank": int(match["rank"] or 0)} | minutes)
    return found


def _operation(row: Row, centers: dict[str, int], may_price: bool) -> dict[str, Any]:
    code = row.get("work_center")
    return {
        "number": row.get("number") or 0,
        "name": row["name"],
        "name_zh": row.get("name_zh") or "",
        "work_center_id": _center(code, centers, "work_center") if code else None,
        "setup_minutes": row.get("setup_minutes") or ZERO,
        "run_minutes": row.get("run_minutes") or ZERO,
        "base_quantity": row.get("base_quantity") or Decimal(1),
        "is_count_point": row.get("is_count_point") is not False,
        "is_subcontracted": bool(row.get("is_subcontracted")),
        "supplier_id": _key(Partner, row.get("supplier"), "supplier", _("There is no partner %(code)s.")),
        "unit_price": (row.get("unit_price") or ZERO) if may_price else ZERO,
        "instructions": row.get("instructions") or "",
    }


WORK_CENTERS = ImportTarget(
    key="erp.workcenter",
    label=_("Work centres"),
    permission="erp.add_workcenter",
    columns=[
        Column("code", _("Code"), required=True, aliases=("编码", "工作中心编码")),
        Column("name", _("Name"), required=True, aliases=("名称",)),
        Column("name_zh", _("Chinese name"), aliases=("中文名称",)),
        Column("department", _("Department"), help=_("its code"), aliases=("部门",)),
        Column("calendar", _("Work calendar"), help=_("its code"), aliases=("工作日历",)),
        Column("hours_per_day", _("Hours per working day"), kind="decimal", aliases=("日工时",)),
        Column("machines", _("Machines"), kind="integer", aliases=("机器数", "设备数")),
        Column("efficiency_percent", _("Efficiency %"), kind="decimal", aliases=("效率",)),
        Column("is_finite", _("Limits the plan"), kind="boolean", aliases=("有限产能",)),
        Column("labour_rate", _("Labour per hour"), kind="decimal", aliases=("人工费率",)),
        Column("machine_rate", _("Machine per hour"), kind="decimal", aliases=("机器费率",)),
        Column("overhead_rate", _("Overhead per hour"), kind="decimal", aliases=("制造费用率",)),
        Column("rates_from", _("Rates valid from"), kind="date", aliases=("费率生效日期",)),
    ],
    service=import_work_center,
    arguments=_center_arguments,
    order=72,
)

ROUTINGS = ImportTarget(
    key="erp.routing",
    label=_("Routings"),
    permission="erp.add_routing",
    columns=[
        Column("item", _("Item"), required=True, help=_("its code"), aliases=("item code", "物料编码", "产品编码")),
        Column("number", _("Operation"), kind="integer", help=_("10, 20, …"), aliases=("工序号",)),
        Column("name", _("Name"), required=True, aliases=("工序名称", "工序")),
        Column("name_zh", _("Chinese name"), aliases=("中文名称", "工序中文名称")),
        Column("work_center", _("Work centre"), help=_("its code"), aliases=("工作中心",)),
        Column("setup_minutes", _("Set-up minutes"), kind="decimal", aliases=("准备时间",)),
        Column("run_minutes", _("Run minutes"), kind="decimal", aliases=("加工时间",)),
        Column("base_quantity", _("For quantity"), kind="decimal", aliases=("基数",)),
        Column("is_count_point", _("Count point"), kind="boolean", help=_("empty: yes"), aliases=("报工点",)),
        Column("is_subcontracted", _("Subcontracted"), kind="boolean", aliases=("委外",)),
        Column("supplier", _("Supplier"), help=_("its code"), aliases=("供应商",)),
        Column("unit_price", _("Price per unit"), kind="decimal", aliases=("委外单价",)),
        Column("instructions", _("Instructions"), aliases=("作业指导",)),
        Column("revision", _("Revision"), aliases=("版本",)),
        Column("valid_from", _("Valid from"), kind="date", aliases=("生效日期",)),
        Column(
            "alternates",
            _("Alternative work centres"),
            help=_("CENTRE*set-up minutes*run minutes, several with a semicolon between them, the first one first"),
            aliases=("替代工作中心",),
        ),
    ],
    service=import_routing,
    arguments=_routing_arguments,
    group=lambda row: f"{row['item']} {row.get('revision') or ''}",
    order=74,
)

TARGETS = (WORK_CENTERS, ROUTINGS)


def routing_rows(routings: QuerySet[Routing], user: Any) -> Iterator[list[Any]]:
    """Return the operations of routings as rows under the headings of the import; prices only for who may see them."""
    columns = [one for one in ROUTINGS.columns if one.name != "unit_price" or may_view_field(user, PRICE)]
    yield [str(one.label) for one in columns]
    operations = RoutingOperation.objects.filter(routing__in=routings).order_by("routing", "number")
    operations = operations.select_related("routing__item", "work_center", "supplier")
    for one in operations.prefetch_related("alternates__work_center"):
        cells = _operation_cells(one)
        yield [safe_cell(cells[column.name]) for column in columns]


def _operation_cells(one: RoutingOperation) -> dict[str, Any]:
    return {name: getattr(one, name) for name in TYPED_FIELDS} | {
        "item": one.routing.item.code,
        "work_center": one.work_center.code if one.work_center else "",
        "supplier": one.supplier.code if one.supplier else "",
        "revision": one.routing.revision,
        "valid_from": one.routing.valid_from,
        "alternates": "; ".join(_written(one.alternates.all())),
    }


def _written(alternates: Iterable[RoutingAlternate]) -> Iterator[str]:
    for place, one in enumerate(sorted(alternates, key=lambda one: one.rank), start=1):
        text = f"{one.work_center.code}*{plain(one.setup_minutes)}*{plain(one.run_minutes)}"
        yield text if one.rank == place else f"{text}^{one.rank}"
