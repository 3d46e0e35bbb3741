"""Reading shipments and returns."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Prefetch, QuerySet, Sum

from core.clock import today
from core.fields import ZERO
from erp.models import ReturnReceipt, Shipment, ShipmentLine, ShipmentPick
from erp.states import ReturnReceiptState, ShipmentState
from masterdata.models import ItemAlias

TO_DO = (ShipmentState.DRAFT, ShipmentState.PICKED)


def waiting_shipments(*states: str) -> QuerySet[Shipment]:
    """Return shipments in ``states``, the earliest planned first."""
    return (
        Shipment.objects.filter(state__in=states or TO_DO)
        .select_related("partner", "order", "warehouse")
        .order_by(F("planned_date").asc(nulls_last=True), "pk")
    )


def expected_returns() -> QuerySet[ReturnReceipt]:
    """Return the returns that have not come yet, oldest first."""
    return (
        ReturnReceipt.objects.filter(state=ReturnReceiptState.DRAFT).select_related("partner", "order").order_by("pk")
    )


def is_late(shipment: Shipment) -> bool:
    """Return whether the goods should have left already."""
    return shipment.planned_date is not None and shipment.planned_date < today() and shipment.state in TO_DO


def pick_progress(shipment: Shipment) -> list[ShipmentLine]:
    """Return the lines with ``picked`` (scanned so far) and their picks, in order."""
    picks = ShipmentPick.objects.select_related("location__warehouse", "lot", "uom").order_by("pk")
    return list(
        shipment.lines.select_related("item__uom", "item__second_uom", "order_line")
        .prefetch_related(Prefetch("picks", queryset=picks))
        .annotate(picked=Sum("picks__quantity", default=ZERO), weighed=Sum("picks__second_quantity"))
        .order_by("line_no")
    )


def delivery_note_lines(shipment: Shipment) -> list[dict[str, Any]]:
    """Return what a delivery note prints: item with the customer's own code, lots, quantity delivered."""
    lines: list[Any] = pick_progress(shipment)
    aliases = dict(
        ItemAlias.objects.filter(partner_id=shipment.partner_id, item_id__in=[line.item_id for line in lines])
        .order_by("pk")
        .values_list("item_id", "code")
    )
    return [
        {
            "line": line,
            "item": line.item,
            "alias": aliases.get(line.item_id, ""),
            "lots": _lots(line.picks.all()),
            "quantity": line.picked or line.quantity,
            "uom": line.item.uom,
            "second_quantity": line.weighed,
            "second_uom": line.item.second_uom,
        }
        for line in lines
        if line.picked or shipment.state == ShipmentState.DRAFT
    ]


def _lots(picks: Iterable[ShipmentPick]) -> str:
    return ", ".join(dict.fromkeys(pick.lot.code for pick in picks if pick.lot))


def shipment_states(order_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return the states of the live shipments of orders, by order."""
    found: dict[int, list[str]] = {}
    rows = Shipment.objects.filter(order_id__in=list(order_ids)).exclude(
        state__in=[ShipmentState.CANCELLED, ShipmentState.REVERSED]
    )
    for order_id, state in rows.values_list("order_id", "state"):
        found.setdefault(order_id, []).append(state)
    return found
