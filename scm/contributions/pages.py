"""Panels and smart buttons of purchasing on the pages of partners, items and its own documents."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.contributions import Panel, RelatedDocuments
from core.permissions import may_view_field
from erp.models import WorkOrder
from masterdata.models import Item, Partner, SupplierItem
from masterdata.selectors.merging import keys_of_family
from scm.models import GoodsReceipt, LandedCost, PurchaseOrder, SubcontractOrder, SupplierReturn
from scm.selectors.operations import outside_steps
from scm.selectors.prices import last_purchases
from scm.selectors.purchase_orders import open_lines, punctuality
from scm.selectors.requisitions import open_requisition_quantities
from scm.services.purchase_orders.operations import OPEN
from scm.states import PurchaseOrderState

SHOWN = 5
YEAR = dt.timedelta(days=365)


def supplier_panel(partner: Partner, user: Any) -> dict[str, Any]:
    """The next deliveries of a supplier and how punctual he is; nothing for a partner who is none."""
    if not partner.is_supplier:
        return {"is_supplier": False}
    lines = list(open_lines(user).filter(order__partner__in=keys_of_family(partner.pk))[: SHOWN + 1])
    return {
        "is_supplier": True,
        "lines": lines[:SHOWN],
        "more": len(lines) > SHOWN,
        "today": today(),
        "punctuality": punctuality(partner.pk, today() - YEAR),
        "orders_url": f"{reverse('scm:purchase-order-list')}?partner={partner.pk}&state=approved",
        "create_url": f"{reverse('scm:purchase-order-create')}?partner={partner.pk}",
        "may_create": user.has_perm("scm.add_purchaseorder"),
    }


def item_panel(item: Item, user: Any) -> dict[str, Any]:
    """What of an item is on its way, who supplies it and what was paid last; nothing for an item never bought."""
    lines = list(open_lines(user).filter(item=item)[:SHOWN])
    sees_prices = may_view_field(user, "scm.purchaseorderline.price")
    return {
        "is_bought": item.is_purchased or bool(lines),
        "lines": lines,
        "requested": open_requisition_quantities(item.pk),
        "offers": list(SupplierItem.objects.filter(item=item, is_active=True).select_related("partner", "currency")),
        "last": last_purchases([item.pk]).get(item.pk) if sees_prices else None,
        "sees_prices": sees_prices,
        "today": today(),
    }


def _count(model: Any, **path: str) -> Any:
    [(lookup, attribute)] = path.items()
    return lambda record, user: (
        model.objects.visible_to(user).filter(**{lookup: getattr(record, attribute)}).distinct().count()
    )


def _count_of_partner(model: Any) -> Any:
    """Count the documents of a supplier and of those merged into him."""
    return lambda partner, user: model.objects.visible_to(user).filter(partner__in=keys_of_family(partner.pk)).count()


def _filtered(name: str, parameter: str) -> Any:
    return lambda record: f"{reverse(name)}?{parameter}={record.pk}"


def outside_panel(order: WorkOrder, user: Any) -> dict[str, Any]:
    """The steps of a work order that suppliers do; nothing for an order without."""
    prices = may_view_field(user, "scm.purchaseorderline.price")
    return {
        "steps": outside_steps(order, user),
        "sees_cost": may_view_field(user, "erp.operationfee.amount"),
        "may_order": prices and user.has_perm("scm.add_purchaseorder") and order.state in OPEN,
    }


RELATED = (
    RelatedDocuments(
        "masterdata.partner.merge",
        "scm.draft_purchase_orders",
        _("Draft purchase orders"),
        "scm.view_purchaseorder",
        count=lambda partner, user: (
            PurchaseOrder.objects.visible_to(user).filter(partner=partner, state=PurchaseOrderState.DRAFT).count()
        ),
        url=lambda partner: f"{reverse('scm:purchase-order-list')}?partner={partner.pk}&state=draft",
    ),
    RelatedDocuments(
        "masterdata.partner",
        "scm.purchase_orders",
        _("Purchase orders"),
        "scm.view_purchaseorder",
        count=_count_of_partner(PurchaseOrder),
        url=_filtered("scm:purchase-order-list", "partner"),
        icon="receipt",
    ),
    RelatedDocuments(
        "masterdata.item",
        "scm.purchase_orders",
        _("Purchase orders"),
        "scm.view_purchaseorder",
        count=_count(PurchaseOrder, lines__item_id="pk"),
        url=_filtered("scm:purchase-order-list", "item"),
        icon="receipt",
    ),
    RelatedDocuments(
        "scm.purchaseorder",
        "scm.goods_receipts",
        _("Goods receipts"),
        "scm.view_goodsreceipt",
        count=_count(GoodsReceipt, order_id="pk"),
        url=_filtered("scm:goods-receipt-list", "order"),
        icon="package",
    ),
    RelatedDocuments(
        "scm.purchaseorder",
        "scm.supplier_returns",
        _("Supplier returns"),
        "scm.view_supplierreturn",
        count=_count(SupplierReturn, order_id="pk"),
        url=_filtered("scm:supplier-return-list", "order"),
        icon="package-export",
    ),
    RelatedDocuments(
        "masterdata.partner",
        "scm.subcontract_orders",
        _("Subcontract orders"),
        "scm.view_subcontractorder",
        count=_count_of_partner(SubcontractOrder),
        url=_filtered("scm:subcontract-order-list", "partner"),
        icon="building-factory",
    ),
    RelatedDocuments(
        "masterdata.item",
        "scm.subcontract_orders",
        _("Subcontract orders"),
        "scm.view_subcontractorder",
        count=_count(SubcontractOrder, item_id="pk"),
        url=_filtered("scm:subcontract-order-list", "item"),
        icon="building-factory",
    ),
    RelatedDocuments(
        "scm.purchaseorder",
        "scm.subcontract_orders",
        _("Subcontract order"),
        "scm.view_subcontractorder",
        count=_count(SubcontractOrder, purchase_order_id="pk"),
        url=lambda record: record.subcontract.get_absolute_url(),
        icon="building-factory",
    ),
    RelatedDocuments(
        "scm.goodsreceipt",
        "scm.supplier_returns",
        _("Supplier returns"),
        "scm.view_supplierreturn",
        count=_count(SupplierReturn, receipt_id="pk"),
        url=_filtered("scm:supplier-return-list", "receipt"),
        icon="package-export",
    ),
    RelatedDocuments(
        "scm.goodsreceipt",
        "scm.landed_costs",
        _("Landed costs"),
        "scm.view_landedcost",
        count=_count(LandedCost, receipts="pk"),
        url=_filtered("scm:landed-cost-list", "receipt"),
        icon="truck-loading",
    ),
)

PANELS = (
    Panel(
        "erp.workorder",
        "scm.outside_steps",
        _("Operations at suppliers"),
        "erp.view_workorder",
        "scm/panels/outside_steps.html",
        outside_panel,
        budget=5,
    ),
    Panel(
        "masterdata.partner",
        "scm.supplier",
        _("Purchasing"),
        "scm.view_purchaseorder",
        "scm/panels/supplier.html",
        supplier_panel,
        budget=5,
    ),
    Panel(
        "masterdata.item",
        "scm.item",
        _("Purchasing"),
        "scm.view_purchaseorder",
        "scm/panels/item.html",
        item_panel,
        budget=5,
    ),
)
