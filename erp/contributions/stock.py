"""What stock, shipments and returns show on other pages."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.contributions import (
    Approvable,
    Fact,
    Hit,
    Kpi,
    Navigation,
    Panel,
    RelatedDocuments,
    SearchSource,
    Work,
    WorkItems,
    contribute,
)
from erp.contributions import stock_imports
from erp.models import ReturnReceipt, Shipment, StockDocument
from erp.selectors import panels
from erp.selectors.shipments import expected_returns, is_late, waiting_shipments
from erp.selectors.stock import document_value, lots, stock_value
from erp.states import ShipmentState, StockDocumentState
from masterdata.selectors.merging import keys_of_family

LIST = "erp:shipment-list"


def register() -> None:
    """Register the contributions of the stock half."""
    contribute(*NAVIGATION, *PANELS, *RELATED, *WORK, *SEARCH, *KPIS, *FACTS, *APPROVABLES, stock_imports.OPENING_STOCK)


def _listed(url_name: str, **query: Any) -> str:
    return f"{reverse(url_name)}?{urlencode(query, doseq=True)}"


NAVIGATION = (
    Navigation("warehouse", _("Stock"), "erp:stock-balance-list", "erp.view_stockbalance", "packages", 10),
    Navigation("warehouse", _("What is this?"), "erp:scan-lookup", "erp.view_stockbalance", "scan", 12),
    Navigation("warehouse", _("Move goods"), "erp:scan-move", "erp.post_stockdocument", "arrows-move", 14),
    Navigation("warehouse", _("Shipments"), LIST, "erp.view_shipment", "truck", 20),
    Navigation(
        "warehouse", _("Return receipts"), "erp:return-receipt-list", "erp.view_returnreceipt", "package-import", 40
    ),
    Navigation(
        "warehouse", _("Stock documents"), "erp:stock-document-list", "erp.view_stockdocument", "clipboard-list", 50
    ),
    Navigation(
        "warehouse",
        _("Stock ledger summary"),
        "erp:stock-summary",
        "erp.view_stockmove",
        "report",
        60,
        section="inquiries",
    ),
    Navigation(
        "warehouse",
        _("Month-end average"),
        "erp:average-run-list",
        "erp.view_averagerun",
        "calendar-stats",
        65,
        section="control",
    ),
    Navigation(
        "warehouse",
        _("Stock moves"),
        "erp:stock-move-list",
        "erp.view_stockmove",
        "arrows-exchange",
        70,
        section="inquiries",
    ),
    Navigation(
        "warehouse", _("Lots and serial numbers"), "erp:lot-list", "erp.view_lot", "barcode", 80, section="inquiries"
    ),
)

PANELS = (
    Panel(
        "masterdata.item",
        "erp.stock",
        _("Stock"),
        "erp.view_stockbalance",
        "erp/panels/item_stock.html",
        lambda item, user: panels.stock_of_item(item),
        order=10,
        budget=5,
    ),
    Panel(
        "masterdata.location",
        "erp.contents",
        _("What lies here"),
        "erp.view_stockbalance",
        "erp/panels/place_contents.html",
        lambda place, user: panels.contents_of(place),
        order=10,
        budget=2,
    ),
    Panel(
        "masterdata.partner",
        "erp.deliveries",
        _("Deliveries"),
        "erp.view_shipment",
        "erp/panels/deliveries.html",
        lambda partner, user: panels.deliveries_to(partner),
        order=30,
        budget=3,
    ),
    Panel(
        "crm.salesorder",
        "erp.deliveries",
        _("Stock and deliveries"),
        "erp.view_shipment",
        "erp/panels/order_deliveries.html",
        lambda order, user: panels.fulfilment_of(order),
        order=20,
        budget=5,
    ),
    Panel(
        "crm.deliveryrequest",
        "erp.shipments",
        _("Shipments"),
        "erp.view_shipment",
        "erp/panels/request_shipments.html",
        panels.shipments_of,
        order=10,
        budget=3,
    ),
)

RELATED = (
    RelatedDocuments(
        "crm.salesorder",
        "erp.shipments",
        _("Shipments"),
        "erp.view_shipment",
        lambda order, user: Shipment.objects.visible_to(user).filter(order=order).count(),
        lambda order: _listed(LIST, order=order.pk),
        icon="truck",
        order=30,
    ),
    RelatedDocuments(
        "crm.salesorder",
        "erp.returns",
        _("Return receipts"),
        "erp.view_returnreceipt",
        lambda order, user: ReturnReceipt.objects.visible_to(user).filter(order=order).count(),
        lambda order: _listed("erp:return-receipt-list", order=order.pk),
        icon="package-import",
        order=40,
    ),
    RelatedDocuments(
        "masterdata.partner",
        "erp.shipments",
        _("Shipments"),
        "erp.view_shipment",
        lambda partner, user: Shipment.objects.visible_to(user).filter(partner__in=keys_of_family(partner.pk)).count(),
        lambda partner: _listed(LIST, partner=partner.pk),
        icon="truck",
        order=40,
    ),
)


def _shipment_work(state: str, label: Any, right: str, order: int) -> WorkItems:
    def items(user: Any, limit: int) -> Sequence[Work]:
        return [
            Work(
                f"{one.number} {one.partner}",
                one.get_absolute_url(),
                str(one.order),
                one.planned_date,
                is_late(one),
            )
            for one in waiting_shipments(state)[:limit]
        ]

    return WorkItems(
        key=f"erp.shipment.{state}",
        label=label,
        permission=right,
        waiting=lambda user: waiting_shipments(state),
        items=items,
        url=lambda: _listed(LIST, state=state),
        step=6,
        order=order,
    )


def _return_work(user: Any, limit: int) -> Sequence[Work]:
    return [
        Work(f"{one.number} {one.partner}", one.get_absolute_url(), str(one.order))
        for one in expected_returns()[:limit]
    ]


def _drafts() -> Any:
    return StockDocument.objects.filter(state=StockDocumentState.DRAFT).select_related("warehouse").order_by("pk")


def _draft_work(user: Any, limit: int) -> Sequence[Work]:
    return [
        Work(f"{one.number} {one.get_kind_display()}", one.get_absolute_url(), str(one.warehouse))
        for one in _drafts()[:limit]
    ]


EXPIRY_DAYS = 30


def _expiring() -> Any:
    limit = today() + dt.timedelta(days=EXPIRY_DAYS)
    return lots().filter(expiry_date__lte=limit, on_hand__gt=0).order_by("expiry_date", "pk")


def _expiry_work(user: Any, limit: int) -> Sequence[Work]:
    day = today()
    return [
        Work(f"{one.code} {one.item}", one.get_absolute_url(), "", one.expiry_date, one.expiry_date < day)
        for one in _expiring()[:limit]
    ]


WORK = (
    WorkItems(
        "erp.lots.expiring",
        _("Lots about to expire"),
        "erp.block_lot",
        lambda user: _expiring(),
        _expiry_work,
        lambda: _listed("erp:lot-list", expires_in=EXPIRY_DAYS, on_hand="true"),
        order=66,
    ),
    _shipment_work(ShipmentState.DRAFT, _("To pick"), "erp.pick_shipment", 60),
    _shipment_work(ShipmentState.PICKED, _("To ship"), "erp.ship_shipment", 61),
    _shipment_work(ShipmentState.SHIPPED, _("To be signed for"), "erp.sign_off_shipment", 62),
    WorkItems(
        "erp.returns",
        _("Returns to receive"),
        "erp.receive_returnreceipt",
        lambda user: expected_returns(),
        _return_work,
        lambda: _listed("erp:return-receipt-list", state="draft"),
        step=6,
        order=63,
    ),
    WorkItems(
        "erp.stockdocuments",
        _("Stock documents to post"),
        "erp.post_stockdocument",
        lambda user: _drafts(),
        _draft_work,
        lambda: _listed("erp:stock-document-list", state="draft"),
        order=64,
    ),
)


def _find_shipments(text: str, user: Any, limit: int) -> Sequence[Hit]:
    rows = Shipment.objects.visible_to(user).select_related("partner")
    exact = rows.filter(number__iexact=text)
    found = exact or rows.filter(number__icontains=text) | rows.filter(tracking_number__iexact=text)
    return [
        Hit(f"{one.number} {one.partner}", one.get_absolute_url(), one.get_state_display(), "truck", bool(exact))
        for one in found.order_by("-pk")[:limit]
    ]


def _find_lots(text: str, user: Any, limit: int) -> Sequence[Hit]:
    return [
        Hit(
            f"{one.code} {one.item}",
            one.get_absolute_url(),
            icon="barcode",
            exact=one.code.lower() == text.lower(),
        )
        for one in lots().filter(code__icontains=text)[:limit]
    ]


def _find_documents(text: str, user: Any, limit: int) -> Sequence[Hit]:
    rows = StockDocument.objects.visible_to(user).filter(number__icontains=text).order_by("-pk")
    return [
        Hit(one.number, one.get_absolute_url(), one.get_kind_display(), "clipboard-list", one.number == text.upper())
        for one in rows[:limit]
    ]


def _find_returns(text: str, user: Any, limit: int) -> Sequence[Hit]:
    rows = ReturnReceipt.objects.visible_to(user).select_related("partner").filter(number__icontains=text)
    return [
        Hit(
            f"{one.number} {one.partner}",
            one.get_absolute_url(),
            one.get_state_display(),
            "package-import",
            one.number == text.upper(),
        )
        for one in rows.order_by("-pk")[:limit]
    ]


SEARCH = (
    SearchSource("erp.shipment", _("Shipments"), "erp.view_shipment", _find_shipments, 40),
    SearchSource("erp.lot", _("Lots and serial numbers"), "erp.view_stockmove", _find_lots, 45),
    SearchSource("erp.stockdocument", _("Stock documents"), "erp.view_stockdocument", _find_documents, 60),
    SearchSource("erp.returnreceipt", _("Return receipts"), "erp.view_returnreceipt", _find_returns, 61),
)

KPIS = (
    Kpi(
        "erp.stock_value",
        _("Stock value"),
        "masterdata.view_cost",
        lambda user: stock_value(),
        lambda: reverse("erp:stock-summary"),
        kind="amount",
        group="warehouse",
        order=10,
    ),
    Kpi(
        "erp.to_ship",
        _("Shipments to pick or ship"),
        "erp.view_shipment",
        lambda user: waiting_shipments(),
        lambda: _listed(LIST, state=["draft", "picked"]),
        group="warehouse",
        order=20,
    ),
)


def _document_value(document: StockDocument) -> dict[str, Any]:
    """What approval policies look at: the value of what comes or goes, base currency."""
    return {"amount": document_value(document)}


def _document_content(document: StockDocument) -> dict[str, Any]:
    """What an approval is bound to: reason, places and every line."""
    lines = document.lines.order_by("line_no").values_list("item_id", "lot_id", "location_id", "quantity", "unit_cost")
    return {
        "kind": document.kind,
        "warehouse": document.warehouse_id,
        "reason": document.reason_code,
        "department": document.department_id,
        "lines": [[str(one) for one in line] for line in lines],
    }


APPROVABLES = (
    Approvable(
        "erp.stockdocument",
        _("Stock adjustment or scrap"),
        "erp.approve_stockdocument",
        facts=_document_value,
        content=_document_content,
        url=lambda document: document.get_absolute_url(),
        fact_names={"amount": _("Value in base currency")},
    ),
)

FACTS = (
    Fact(_("Stock move and lot"), "erp", 4),
    Fact(_("Demand, expected supply and reservation"), "erp", 2),
    Fact(_("Pick list, shipment and proof of delivery"), "erp", 6),
    Fact(_("Return receipt"), "erp", 6),
    Fact(_("Stock count and opening stock"), "erp"),
    Fact(_("Unit cost and stock value"), "erp", 4),
)
