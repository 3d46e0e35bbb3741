"""Pages of goods receipts: list, detail, the typed form."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.formats import plain
from core.views.base import DocumentPage, FormPage, ListPage, Verb, visible
from masterdata.models import Item
from masterdata.views.units import Row, StockQuantities, number, stock_units
from scm.filters import GoodsReceiptFilter
from scm.forms.fields import storage_choices, typed_rows, unit_choices
from scm.forms.goods_receipts import GoodsReceiptForm, GoodsReceiptLineFormSet, line_arguments
from scm.models import GoodsReceipt, PurchaseOrder, PurchaseOrderLine
from scm.selectors.scanning import open_in_own_unit
from scm.services import goods_receipts
from scm.states import GoodsReceiptState, PurchaseOrderState
from scm.tables import GoodsReceiptTable
from scm.views.shared import VersionedOperation, posted_version

S = GoodsReceiptState


class GoodsReceiptList(ListPage):
    model = GoodsReceipt
    table_class = GoodsReceiptTable
    filterset_class = GoodsReceiptFilter
    permission_required = "scm.view_goodsreceipt"
    title = _("Goods receipts")
    create_url = "scm:receiving"
    create_label = _("Receive goods")
    create_permission = "scm.add_goodsreceipt"
    empty_text = _("A goods receipt says what came in on a purchase order, and takes it into stock.")

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("order", "partner", "warehouse", "owner")


class GoodsReceiptDetail(DocumentPage):
    model = GoodsReceipt
    permission_required = "scm.view_goodsreceipt"
    template_name = "scm/goods_receipt/detail.html"
    list_url = "scm:goods-receipt-list"
    main_path = (S.DRAFT, S.POSTED)
    verbs = (
        Verb(
            _("Post"),
            "scm:goods-receipt-post",
            goods_receipts.post_goods_receipt,
            to=S.POSTED,
            main=True,
            icon="check",
        ),
        Verb(
            _("Edit"),
            "scm:goods-receipt-edit",
            permission="scm.change_goodsreceipt",
            states=frozenset({S.DRAFT}),
            link=True,
            icon="edit",
        ),
        Verb(
            _("Send goods back"),
            "scm:supplier-return-create",
            permission="scm.add_supplierreturn",
            states=frozenset({S.POSTED}),
            link=True,
            icon="package-export",
        ),
        Verb(
            _("Freight and charges"),
            "scm:goods-receipt-charges",
            permission="scm.add_landedcost",
            states=frozenset({S.POSTED}),
            link=True,
            icon="truck-loading",
        ),
        Verb(
            _("Reverse"),
            "scm:goods-receipt-reverse",
            goods_receipts.reverse_goods_receipt,
            to=S.REVERSED,
            reason=True,
            danger=True,
        ),
        Verb(
            _("Cancel"),
            "scm:goods-receipt-cancel",
            goods_receipts.cancel_goods_receipt,
            to=S.CANCELLED,
            danger=True,
        ),
    )

    def get_object_queryset(self) -> Any:
        related = ("order__currency", "partner", "warehouse", "owner")
        return visible(GoodsReceipt, self.request.user).select_related(*related)

    def extra_context_for(self, document: GoodsReceipt) -> dict[str, Any]:
        related = ("item__uom", "item__second_uom", "uom", "location__warehouse", "lot", "order_line__order")
        lines = list(document.lines.select_related(*related))
        has_second = any(line.second_quantity for line in lines)
        return {"lines": lines, "subtitle": str(document.partner), "has_second": has_second}


class GoodsReceiptOperation(VersionedOperation):
    """A verb on the page of a goods receipt."""

    page = GoodsReceiptDetail


class PostGoodsReceipt(GoodsReceiptOperation):
    service = goods_receipts.post_goods_receipt


class ReverseGoodsReceipt(GoodsReceiptOperation):
    service = goods_receipts.reverse_goods_receipt


class CancelGoodsReceipt(GoodsReceiptOperation):
    service = goods_receipts.cancel_goods_receipt


def line_choices(order: PurchaseOrder) -> list[tuple[str, str]]:
    """Return the order's open lines as choices: number, what, how much is open."""
    lines = order.lines.filter(is_closed=False).select_related("item__uom", "uom")
    return [("", ""), *((str(line.pk), line_text(line)) for line in lines)]


def line_text(line: PurchaseOrderLine) -> str:
    """Return an order line in one line of text."""
    quantity = f"{plain(open_in_own_unit(line)):f}"
    return f"{line.line_no} · {line.what} · {quantity} {line.uom or ''}".strip()


class GoodsReceiptFormPage(FormPage):
    """The typed receipt: all open lines of the order, to be filled in."""

    form_class = GoodsReceiptForm
    formset_class = GoodsReceiptLineFormSet
    template_name = "scm/goods_receipt/form.html"
    order: Any

    def formset_kwargs(self) -> dict[str, Any]:
        choices = {
            "order_line": line_choices(self.order),
            "location": storage_choices(),
            "uom": unit_choices(_("as ordered")),
        }
        has_second = self.order.lines.filter(item__second_uom__isnull=False).exists()
        return {"form_kwargs": {"choices": choices, "has_second": has_second}}

    def extra_context(self) -> dict[str, Any]:
        answers = reverse("scm:receipt-quantities", args=[self.order.pk])
        own = {"order": self.order, "back_url": (self.document or self.order).get_absolute_url()}
        return stock_units(answers) | own

    def receipt_arguments(self, form: GoodsReceiptForm, formset: Any) -> dict[str, Any]:
        rows = [row for row in typed_rows(formset) if row.get("quantity")]
        return form.arguments() | {"lines": [line_arguments(row) for row in rows]}


class ReceiptQuantities(StockQuantities):
    """The stock-unit quantities of a receipt on the order in the address, while one types."""

    permission_required = "scm.add_goodsreceipt"

    def subjects(self, rows: Mapping[str, Row]) -> dict[str, tuple[int, int | None]]:
        order = visible(PurchaseOrder, self.request.user).filter(pk=self.kwargs["pk"]).first()
        lines = order.lines.filter(item__isnull=False).in_bulk() if order is not None else {}
        found = {prefix: lines.get(number(row.get("order_line")) or 0) for prefix, row in rows.items()}
        return {prefix: (line.item_id, line.uom_id) for prefix, line in found.items() if line is not None}


class GoodsReceiptCreate(GoodsReceiptFormPage):
    """A receipt on the order in the address."""

    service = goods_receipts.create_goods_receipt
    title = _("Goods receipt")

    @cached_property
    def order(self) -> PurchaseOrder:
        orders = visible(PurchaseOrder, self.request.user).filter(state=PurchaseOrderState.APPROVED)
        order = orders.select_related("partner").filter(pk=self.kwargs["pk"]).first()
        if order is None:
            raise Http404
        return order

    def get_initial(self) -> dict[str, Any]:
        return {"date": today(), "warehouse": self.order.warehouse_id}

    def get_lines_initial(self) -> list[dict[str, Any]]:
        lines = [line for line in self.order.lines.select_related("item", "uom") if line.open_quantity > 0]
        return [{"order_line": line.pk, "quantity": _proposed(line)} for line in lines]

    def arguments(self, form: GoodsReceiptForm, formset: Any) -> dict[str, Any]:
        return {"order_id": self.order.pk, **self.receipt_arguments(form, formset)}


def _proposed(line: PurchaseOrderLine) -> Any:
    """All that is open; nothing where each piece has its own number."""
    if line.item is not None and line.item.tracking == Item.Tracking.SERIAL:
        return None
    return plain(open_in_own_unit(line))


class GoodsReceiptEdit(GoodsReceiptFormPage):
    service = goods_receipts.update_goods_receipt
    model = GoodsReceipt
    title = _("Edit goods receipt")

    @cached_property
    def order(self) -> PurchaseOrder:
        return self.document.order

    def get_initial(self) -> dict[str, Any]:
        receipt = self.document
        return {
            "date": receipt.document_date,
            "warehouse": receipt.warehouse_id,
            "delivery_note": receipt.delivery_note,
            "note": receipt.note,
            "from_consignment": receipt.from_consignment,
        }

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return [
            {
                "order_line": line.order_line_id,
                "quantity": plain(line.quantity),
                "uom": line.uom_id if line.uom_id != line.order_line.uom_id else None,
                "second_quantity": None if line.second_quantity is None else plain(line.second_quantity),
                "lot_code": line.lot_code,
                "expiry_date": line.expiry_date,
                "location": line.location_id,
            }
            for line in self.document.lines.select_related("order_line")
        ]

    def arguments(self, form: GoodsReceiptForm, formset: Any) -> dict[str, Any]:
        own = {"receipt_id": self.document.pk, "version": posted_version(self.request)}
        return own | self.receipt_arguments(form, formset)
