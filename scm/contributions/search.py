"""What of purchasing the global search finds."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.contributions import Hit, SearchSource
from scm.models import GoodsReceipt, LandedCost, PurchaseOrder, Requisition, SubcontractOrder, SupplierReturn


def _found(model: Any, text: str, user: Any, limit: int, *, icon: str, subtitle: Any) -> Sequence[Hit]:
    rows = model.objects.visible_to(user).filter(number__icontains=text).order_by("-pk")
    if hasattr(model, "partner"):
        rows = rows.select_related("partner")
    return [
        Hit(
            title=row.number,
            url=row.get_absolute_url(),
            subtitle=str(subtitle(row)),
            icon=icon,
            exact=row.number.lower() == text.lower(),
        )
        for row in rows[:limit]
    ]


def search_requisitions(text: str, user: Any, limit: int) -> Sequence[Hit]:
    """Requisitions by number."""
    return _found(Requisition, text, user, limit, icon="clipboard-list", subtitle=lambda row: row.purpose)


def search_orders(text: str, user: Any, limit: int) -> Sequence[Hit]:
    """Purchase orders by our number, then by the supplier's."""
    named = Q(number__icontains=text) | Q(supplier_reference__icontains=text)
    orders = PurchaseOrder.objects.visible_to(user).filter(named).select_related("partner").order_by("-pk")
    hits = [
        Hit(
            title=order.number,
            url=order.get_absolute_url(),
            subtitle=" · ".join(filter(None, [str(order.partner), order.supplier_reference])),
            icon="receipt",
            exact=text.lower() in {order.number.lower(), order.supplier_reference.lower()},
        )
        for order in orders[:limit]
    ]
    return sorted(hits, key=lambda hit: not hit.exact)


def search_receipts(text: str, user: Any, limit: int) -> Sequence[Hit]:
    """Goods receipts by number."""
    return _found(GoodsReceipt, text, user, limit, icon="package", subtitle=lambda row: row.partner)


def search_returns(text: str, user: Any, limit: int) -> Sequence[Hit]:
    """Supplier returns by number."""
    return _found(SupplierReturn, text, user, limit, icon="package-export", subtitle=lambda row: row.partner)


def search_landed_costs(text: str, user: Any, limit: int) -> Sequence[Hit]:
    """Landed costs by number."""
    return _found(LandedCost, text, user, limit, icon="truck-loading", subtitle=lambda row: row.partner or "")


def search_subcontracts(text: str, user: Any, limit: int) -> Sequence[Hit]:
    """Subcontract orders by number."""
    return _found(SubcontractOrder, text, user, limit, icon="building-factory", subtitle=lambda row: row.partner)


SEARCHES = (
    SearchSource("scm.purchase_orders", _("Purchase orders"), "scm.view_purchaseorder", search_orders, 40),
    SearchSource("scm.requisitions", _("Requisitions"), "scm.view_requisition", search_requisitions, 41),
    SearchSource("scm.goods_receipts", _("Goods receipts"), "scm.view_goodsreceipt", search_receipts, 42),
    SearchSource("scm.supplier_returns", _("Supplier returns"), "scm.view_supplierreturn", search_returns, 43),
    SearchSource("scm.landed_costs", _("Landed costs"), "scm.view_landedcost", search_landed_costs, 44),
    SearchSource(
        "scm.subcontract_orders", _("Subcontract orders"), "scm.view_subcontractorder", search_subcontracts, 41
    ),
)
