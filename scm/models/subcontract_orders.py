"""Subcontract orders: what a supplier makes for a fee out of material we send him, and what became of the material."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine, Transitions
from core.fields import AmountField, PercentField, QuantityField, UnitPriceField
from core.history import History
from erp.models.typed_units import InUnit, unit_check
from scm.states import (
    SUBCONTRACT_TRANSITIONS,
    ChargeBackReason,
    MaterialSource,
    SubcontractState,
)


class SubcontractOrder(Document, InUnit):
    """An order to a supplier (``partner``) to make ``quantity`` of one item for a fee per stock unit, without tax.

    The fee is an order line of ``purchase_order``, whose receipts, invoices and accruals are those of any purchase; its
    lock guards this order too. sales_order_line: an item made to order, for that line alone; the plan gives it to no
    other. rejected_quantity (in the item's stock unit) is derived.
    """

    TRANSITIONS: ClassVar[Transitions] = SUBCONTRACT_TRANSITIONS
    LOCK_PLACE: ClassVar[int] = 53
    SCOPE_OWNER: ClassVar[str | None] = None

    state = models.CharField(_("state"), max_length=12, choices=SubcontractState, default=SubcontractState.DRAFT)
    purchase_order = models.OneToOneField(
        "scm.PurchaseOrder", models.PROTECT, related_name="subcontract", verbose_name=_("order of the fee")
    )
    partner = models.ForeignKey("masterdata.Partner", models.PROTECT, related_name="+", verbose_name=_("supplier"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    bom = models.ForeignKey(
        "erp.Bom", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("bill of material")
    )
    quantity = QuantityField(_("quantity"))
    fee = UnitPriceField(_("fee per unit"), help_text=_("For one stock unit, without tax."))
    currency = models.ForeignKey("masterdata.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    warehouse = models.ForeignKey(
        "masterdata.Warehouse", models.PROTECT, related_name="+", verbose_name=_("deliver to warehouse")
    )
    due_date = models.DateField(_("due on"))
    allowance_percent = PercentField(
        _("allowance, %"),
        default=0,
        help_text=_("How much more material than the bill asks for the supplier may use; the rest is charged to him."),
    )
    is_planned = models.BooleanField(_("from the plan"), default=False, editable=False)
    plan_reference = models.CharField(_("planned order"), max_length=80, blank=True, editable=False)
    sales_order_line = models.ForeignKey(
        "crm.SalesOrderLine",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("made for"),
    )
    rejected_quantity = QuantityField(_("rejected"), default=0, editable=False)
    history = History(excluded_fields=["rejected_quantity"])

    class Meta(Document.Meta):
        verbose_name = _("subcontract order")
        verbose_name_plural = _("subcontract orders")
        permissions = [
            ("release_subcontractorder", _("Can release subcontract orders")),
            ("cancel_subcontractorder", _("Can cancel subcontract orders")),
            ("send_subcontractorder", _("Can send material to subcontractors and take it back")),
            ("receive_subcontractorder", _("Can receive goods from subcontractors")),
            ("count_subcontractorder", _("Can count material at subcontractors")),
        ]
        constraints = [
            unit_check("scm_subcontract_unit"),
            models.CheckConstraint(condition=Q(state__in=SubcontractState.values), name="scm_subcontract_state_known"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, fee__gte=0, rejected_quantity__gte=0), name="scm_subcontract_signs"
            ),
            models.CheckConstraint(
                condition=Q(allowance_percent__gte=0, allowance_percent__lte=100), name="scm_subcontract_allowance"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_date"], name="scm_subcontract_open")]

    def get_absolute_url(self) -> str:
        return reverse("scm:subcontract-order-detail", args=[self.pk])


class SubcontractMaterial(DocumentLine):
    """One material of a subcontract order: required for the whole order, and what was sent, returned and used.

    All quantities in its stock unit. used: went into what was received; lost: into rejected pieces or beyond the
    allowance. What the supplier takes of his own is part of his fee and never counted.
    """

    order = models.ForeignKey(
        SubcontractOrder, models.CASCADE, related_name="materials", verbose_name=_("subcontract order")
    )
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("material"))
    source = models.CharField(_("provided by"), max_length=10, choices=MaterialSource, default=MaterialSource.SENT)
    required_quantity = QuantityField(_("required"))
    sent_quantity = QuantityField(_("sent"), default=0, editable=False)
    returned_quantity = QuantityField(_("returned"), default=0, editable=False)
    used_quantity = QuantityField(_("used"), default=0, editable=False)
    lost_quantity = QuantityField(_("lost"), default=0, editable=False)

    class Meta(DocumentLine.Meta):
        verbose_name = _("material of a subcontract order")
        verbose_name_plural = _("materials of subcontract orders")
        constraints = [
            models.UniqueConstraint(fields=["order", "line_no"], name="scm_subcontractmaterial_line_no"),
            models.CheckConstraint(
                condition=Q(required_quantity__gt=0, sent_quantity__gte=0, used_quantity__gte=0, lost_quantity__gte=0)
                & Q(returned_quantity__gte=0, returned_quantity__lte=F("sent_quantity")),
                name="scm_subcontractmaterial_signs",
            ),
            models.CheckConstraint(
                condition=Q(source__in=MaterialSource.values), name="scm_subcontractmaterial_source"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_no}. {self.item}"

    @property
    def open_quantity(self) -> Decimal:
        """What is still to be sent."""
        if self.source != MaterialSource.SENT:
            return Decimal(0)
        return max(Decimal(0), self.required_quantity - self.sent_quantity + self.returned_quantity)

    @property
    def left_quantity(self) -> Decimal:
        """What the supplier still holds of what was sent for this order (negative: he used what others were sent)."""
        return self.sent_quantity - self.returned_quantity - self.used_quantity - self.lost_quantity

    def placed_quantity(self, using: Decimal = Decimal(0)) -> Decimal:
        """What of it the supplier holds for this order, ``using`` taken off: never more than the order still needs."""
        needed = self.required_quantity - self.used_quantity - self.lost_quantity - using
        return min(self.left_quantity - using, max(Decimal(0), needed))


class SubcontractConsumption(models.Model):
    """Material of one lot that a delivery consumed at the supplier: what went into the goods, and what was lost.

    receipt  the delivery (none: every piece was rejected).   reversed  it was taken back with its receipt.
    """

    material = models.ForeignKey(
        SubcontractMaterial, models.PROTECT, related_name="consumptions", verbose_name=_("material")
    )
    receipt = models.ForeignKey(
        "scm.GoodsReceipt", models.PROTECT, null=True, related_name="consumptions", verbose_name=_("goods receipt")
    )
    used_move = models.ForeignKey("erp.StockMove", models.PROTECT, null=True, related_name="+", verbose_name=_("used"))
    lost_move = models.ForeignKey("erp.StockMove", models.PROTECT, null=True, related_name="+", verbose_name=_("lost"))
    used_quantity = QuantityField(_("used"), default=0)
    lost_quantity = QuantityField(_("lost"), default=0)
    consumed_on = models.DateField(_("date"))
    is_reversed = models.BooleanField(_("reversed"), default=False)

    class Meta:
        verbose_name = _("consumption at a subcontractor")
        verbose_name_plural = _("consumptions at subcontractors")
        ordering = ["id"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=Q(used_quantity__gte=0, lost_quantity__gte=0), name="scm_subcontractconsumption_signs"
            )
        ]

    def __str__(self) -> str:
        return f"{self.material_id}: {self.used_quantity}"


class SubcontractChargeBack(models.Model):
    """Material that a supplier has to pay: used beyond the allowance, or spoilt; at our cost, base currency.

    It waits for his next statement (``settled_by`` names what it was set off with).
    """

    order = models.ForeignKey(
        SubcontractOrder, models.PROTECT, related_name="charge_backs", verbose_name=_("subcontract order")
    )
    receipt = models.ForeignKey(
        "scm.GoodsReceipt", models.PROTECT, null=True, related_name="+", verbose_name=_("goods receipt")
    )
    partner = models.ForeignKey("masterdata.Partner", models.PROTECT, related_name="+", verbose_name=_("supplier"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("material"))
    reason = models.CharField(_("reason"), max_length=10, choices=ChargeBackReason)
    quantity = QuantityField(_("quantity"))
    amount = AmountField(_("amount"))
    charged_on = models.DateField(_("date"))
    is_reversed = models.BooleanField(_("reversed"), default=False)
    settled_by = models.CharField(_("set off with"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("charge to a subcontractor")
        verbose_name_plural = _("charges to subcontractors")
        ordering = ["-id"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0, amount__gte=0), name="scm_subcontractcharge_signs"),
            models.CheckConstraint(
                condition=Q(reason__in=ChargeBackReason.values), name="scm_subcontractcharge_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["partner"], name="scm_subcontractcharge_open", condition=Q(settled_by="", is_reversed=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.amount}"
