"""Supplier returns: received goods sent back."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine, Transitions
from core.fields import AmountField, QuantityField
from core.history import History
from scm.states import POSTING_TRANSITIONS, Settlement, SupplierReturnState


class SupplierReturn(Document):
    """Goods of one receipt that go back to the supplier, at the figures they came in with."""

    TRANSITIONS: ClassVar[Transitions] = POSTING_TRANSITIONS
    LOCK_PLACE: ClassVar[int] = 56
    SCOPE_OWNER: ClassVar[str | None] = None

    state = models.CharField(_("state"), max_length=12, choices=SupplierReturnState, default=SupplierReturnState.DRAFT)
    receipt = models.ForeignKey(
        "scm.GoodsReceipt", models.PROTECT, related_name="returns", verbose_name=_("goods receipt")
    )
    order = models.ForeignKey(
        "scm.PurchaseOrder", models.PROTECT, related_name="returns", verbose_name=_("purchase order")
    )
    partner = models.ForeignKey("masterdata.Partner", models.PROTECT, related_name="+", verbose_name=_("supplier"))
    settlement = models.CharField(_("settlement"), max_length=8, choices=Settlement, default=Settlement.REPLACE)
    reason = models.CharField(_("reason"), max_length=200)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("supplier return")
        verbose_name_plural = _("supplier returns")
        permissions = [
            ("post_supplierreturn", _("Can post supplier returns")),
            ("reverse_supplierreturn", _("Can reverse supplier returns")),
            ("cancel_supplierreturn", _("Can cancel supplier returns that are not posted")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=SupplierReturnState.values), name="scm_supplierreturn_state_known"
            ),
            models.CheckConstraint(
                condition=Q(settlement__in=Settlement.values), name="scm_supplierreturn_settlement_known"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("scm:supplier-return-detail", args=[self.pk])


class SupplierReturnLine(DocumentLine):
    """A returned quantity of one receipt line; ``amount`` (base currency) and ``net_amount`` are fixed by posting."""

    supplier_return = models.ForeignKey(
        SupplierReturn, models.CASCADE, related_name="lines", verbose_name=_("supplier return")
    )
    receipt_line = models.ForeignKey(
        "scm.GoodsReceiptLine", models.PROTECT, related_name="return_lines", verbose_name=_("receipt line")
    )
    quantity = QuantityField(_("quantity"))
    stock_quantity = QuantityField(_("quantity in stock unit"))
    location = models.ForeignKey(
        "masterdata.Location", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("from location")
    )
    net_amount = AmountField(_("net amount"), default=0, editable=False)
    amount = AmountField(_("net amount in base currency"), default=0, editable=False)

    class Meta(DocumentLine.Meta):
        verbose_name = _("supplier return line")
        verbose_name_plural = _("supplier return lines")
        constraints = [
            models.UniqueConstraint(fields=["supplier_return", "line_no"], name="scm_supplierreturnline_line_no"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, stock_quantity__gt=0), name="scm_supplierreturnline_positive"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, net_amount__gte=0), name="scm_supplierreturnline_amount_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_return}/{self.line_no}"
