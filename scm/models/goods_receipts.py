"""Goods receipts: what came in on a purchase order."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine, Transitions
from core.fields import AmountField, QuantityField, RateField
from core.history import History
from scm.states import POSTING_TRANSITIONS, GoodsReceiptState


class GoodsReceipt(Document):
    """One delivery of a supplier as it was counted at the door; ``document_date`` is the day it came in."""

    TRANSITIONS: ClassVar[Transitions] = POSTING_TRANSITIONS
    LOCK_PLACE: ClassVar[int] = 54
    SCOPE_OWNER: ClassVar[str | None] = None

    state = models.CharField(_("state"), max_length=12, choices=GoodsReceiptState, default=GoodsReceiptState.DRAFT)
    order = models.ForeignKey(
        "scm.PurchaseOrder", models.PROTECT, related_name="receipts", verbose_name=_("purchase order")
    )
    partner = models.ForeignKey("masterdata.Partner", models.PROTECT, related_name="+", verbose_name=_("supplier"))
    warehouse = models.ForeignKey("masterdata.Warehouse", models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    delivery_note = models.CharField(_("supplier's delivery note"), max_length=60, blank=True)
    from_consignment = models.BooleanField(
        _("out of consignment"),
        default=False,
        help_text=_("The goods lie here already as the supplier's; posting makes them ours at the order's price."),
    )
    exchange_rate = RateField(
        _("exchange rate of the receipt"), default=1, editable=False, help_text=_("Base currency for one unit.")
    )
    is_opening = models.BooleanField(
        _("received before the books began"),
        default=False,
        editable=False,
        help_text=_("Its goods are part of the opening stock; the supplier had not invoiced them."),
    )
    rejected_quantity = QuantityField(
        _("rejected"),
        default=0,
        editable=False,
        help_text=_("Pieces of a subcontractor refused with this delivery, in the item's stock unit."),
    )
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("goods receipt")
        verbose_name_plural = _("goods receipts")
        permissions = [
            ("post_goodsreceipt", _("Can post goods receipts")),
            ("reverse_goodsreceipt", _("Can reverse goods receipts")),
            ("cancel_goodsreceipt", _("Can cancel goods receipts that are not posted")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=GoodsReceiptState.values), name="scm_goodsreceipt_state_known"
            ),
            models.CheckConstraint(condition=Q(exchange_rate__gt=0), name="scm_goodsreceipt_rate_positive"),
            models.UniqueConstraint(
                fields=["partner", "delivery_note"],
                condition=Q(is_opening=True, state="posted"),
                name="scm_goodsreceipt_opening_once",
            ),
        ]
        indexes = [models.Index(fields=["state", "document_date"], name="scm_goodsreceipt_state")]

    def __str__(self) -> str:
        return (self.delivery_note if self.is_opening else "") or self.number

    def get_absolute_url(self) -> str:
        return reverse("scm:goods-receipt-detail", args=[self.pk])


class GoodsReceiptLine(DocumentLine):
    """A received quantity of one order line in one place and lot.

    ``quantity`` is in ``uom`` (as it was counted), ``stock_quantity`` and ``returned_quantity`` in the stock unit,
    ``second_quantity`` in the item's second unit: as it was weighed, from posting on as the stock ledger has it;
    ``net_amount`` is in the order's currency, ``amount`` the same in the base currency: both fixed by posting.
    """

    receipt = models.ForeignKey(GoodsReceipt, models.CASCADE, related_name="lines", verbose_name=_("goods receipt"))
    order_line = models.ForeignKey(
        "scm.PurchaseOrderLine", models.PROTECT, related_name="receipt_lines", verbose_name=_("order line")
    )
    item = models.ForeignKey(
        "masterdata.Item", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("item")
    )
    quantity = QuantityField(_("quantity"))
    uom = models.ForeignKey(
        "masterdata.UnitOfMeasure", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    stock_quantity = QuantityField(_("quantity in stock unit"))
    second_quantity = QuantityField(_("second quantity"), null=True, blank=True)
    location = models.ForeignKey(
        "masterdata.Location", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("location")
    )
    lot_code = models.CharField(_("lot or serial number"), max_length=60, blank=True)
    expiry_date = models.DateField(_("expires on"), null=True, blank=True)
    lot = models.ForeignKey(
        "erp.Lot", models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name=_("lot")
    )
    net_amount = AmountField(_("net amount"), default=0, editable=False)
    amount = AmountField(_("net amount in base currency"), default=0, editable=False)
    returned_quantity = QuantityField(_("returned"), default=0, editable=False)

    class Meta(DocumentLine.Meta):
        verbose_name = _("goods receipt line")
        verbose_name_plural = _("goods receipt lines")
        constraints = [
            models.UniqueConstraint(fields=["receipt", "line_no"], name="scm_goodsreceiptline_line_no"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, stock_quantity__gt=0), name="scm_goodsreceiptline_positive"
            ),
            models.CheckConstraint(
                condition=Q(second_quantity__isnull=True) | Q(second_quantity__gt=0), name="scm_goodsreceiptline_second"
            ),
            models.CheckConstraint(
                condition=Q(returned_quantity__gte=0, returned_quantity__lte=F("stock_quantity")),
                name="scm_goodsreceiptline_returned_within",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, net_amount__gte=0), name="scm_goodsreceiptline_amount_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(item__isnull=True) | Q(location__isnull=False), name="scm_goodsreceiptline_has_location"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receipt}/{self.line_no}"

    @property
    def returnable_quantity(self) -> Decimal:
        """Not sent back yet, in the stock unit."""
        return self.stock_quantity - self.returned_quantity
