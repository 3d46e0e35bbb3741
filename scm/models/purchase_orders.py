"""Purchase orders, their lines and their numbered changes."""

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine, Transitions
from core.fields import PercentField, QuantityField
from core.history import History
from masterdata.models.priced import PricedDocument, PricedLine
from scm.states import PURCHASE_ORDER_TRANSITIONS, PurchaseOrderState


class PurchaseOrder(Document, PricedDocument):
    """An order to a supplier (``partner``)."""

    TRANSITIONS: ClassVar[Transitions] = PURCHASE_ORDER_TRANSITIONS
    LOCK_PLACE: ClassVar[int] = 52
    SCOPE_OWNER: ClassVar[str | None] = None
    APPROVAL_DONE_STATES: ClassVar[frozenset[str]] = frozenset(
        {PurchaseOrderState.APPROVED, PurchaseOrderState.CLOSED, PurchaseOrderState.CANCELLED}
    )

    state = models.CharField(_("state"), max_length=12, choices=PurchaseOrderState, default=PurchaseOrderState.DRAFT)
    warehouse = models.ForeignKey(
        "masterdata.Warehouse", models.PROTECT, related_name="+", verbose_name=_("deliver to warehouse")
    )
    payment_term = models.ForeignKey(
        "masterdata.PaymentTerm",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("payment terms"),
    )
    department = models.ForeignKey(
        "masterdata.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department"),
        help_text=_("Its entries are booked under it."),
    )
    project = models.ForeignKey(
        "masterdata.Project", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("project")
    )
    supplier_reference = models.CharField(_("supplier's order number"), max_length=60, blank=True)
    over_receipt_percent = PercentField(
        _("over-delivery accepted, %"),
        default=0,
        help_text=_("How much more than ordered may be received on a line."),
    )
    revision = models.PositiveIntegerField(_("revision"), default=0, editable=False)
    pending_change = models.JSONField(_("proposed change"), null=True, editable=False)
    approved_at = models.DateTimeField(_("approved at"), null=True, editable=False)
    is_subcontract = models.BooleanField(
        _("fee of a subcontract order"),
        default=False,
        editable=False,
        help_text=_("Its goods are made of our material."),
    )
    work_order = models.ForeignKey(
        "erp.WorkOrder",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("work order"),
        help_text=_("An operation of it is done at the supplier: pieces come back, the fee is a cost of the order."),
    )
    operation_no = models.PositiveIntegerField(_("operation"), null=True, blank=True, editable=False)
    is_imported = models.BooleanField(_("taken over from another system"), default=False, editable=False)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("purchase order")
        verbose_name_plural = _("purchase orders")
        permissions = [
            ("approve_purchaseorder", _("Can approve purchase orders")),
            ("cancel_purchaseorder", _("Can cancel purchase orders")),
            ("close_purchaseorder", _("Can close purchase orders short")),
            ("revise_purchaseorder", _("Can change approved purchase orders")),
            ("confirm_purchaseorder_dates", _("Can enter dates confirmed by suppliers")),
            ("import_purchaseorder", _("Can take over purchase orders of another system")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=PurchaseOrderState.values), name="scm_purchaseorder_state_known"
            ),
            models.CheckConstraint(
                condition=Q(over_receipt_percent__gte=0, over_receipt_percent__lte=100),
                name="scm_purchaseorder_tolerance_percent",
            ),
            models.CheckConstraint(
                condition=Q(work_order__isnull=True, operation_no__isnull=True)
                | Q(work_order__isnull=False, operation_no__isnull=False, is_subcontract=False),
                name="scm_purchaseorder_operation_whole",
            ),
        ]
        indexes = [models.Index(fields=["state", "partner"], name="scm_purchaseorder_state")]

    def get_absolute_url(self) -> str:
        return reverse("scm:purchase-order-detail", args=[self.pk])


class PurchaseOrderLine(DocumentLine, PricedLine):
    """One ordered item or service. Progress is derived and counted in the item's stock unit.

    received_quantity    taken in, reversals off.       returned_quantity  sent back, reversals off.
    to_replace_quantity  the part of the returned goods that the supplier delivers again.
    invoiced_quantity    on posted supplier invoices, credits off.
    """

    order = models.ForeignKey(PurchaseOrder, models.CASCADE, related_name="lines", verbose_name=_("purchase order"))
    requisition_line = models.ForeignKey(
        "scm.RequisitionLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="order_lines",
        verbose_name=_("requisition line"),
    )
    due_date = models.DateField(_("due on"))
    confirmed_date = models.DateField(_("confirmed by the supplier for"), null=True, blank=True)
    received_quantity = QuantityField(_("received"), default=0, editable=False)
    returned_quantity = QuantityField(_("returned"), default=0, editable=False)
    to_replace_quantity = QuantityField(_("to be replaced"), default=0, editable=False)
    invoiced_quantity = QuantityField(_("invoiced"), default=0, editable=False)
    is_closed = models.BooleanField(_("closed short"), default=False, editable=False)

    class Meta(DocumentLine.Meta):
        verbose_name = _("purchase order line")
        verbose_name_plural = _("purchase order lines")
        constraints = [
            models.UniqueConstraint(fields=["order", "line_no"], name="scm_purchaseorderline_line_no"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, stock_quantity__gt=0), name="scm_purchaseorderline_positive"
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="scm_purchaseorderline_price_not_negative"),
            models.CheckConstraint(
                condition=Q(
                    received_quantity__gte=0,
                    returned_quantity__gte=0,
                    returned_quantity__lte=F("received_quantity"),
                    to_replace_quantity__gte=0,
                    to_replace_quantity__lte=F("returned_quantity"),
                    invoiced_quantity__gte=0,
                ),
                name="scm_purchaseorderline_progress_plausible",
            ),
            models.CheckConstraint(
                condition=Q(item__isnull=False) | ~Q(description=""), name="scm_purchaseorderline_says_what"
            ),
        ]
        indexes = [
            models.Index(fields=["item", "order"], condition=Q(is_closed=False), name="scm_purchaseorderline_item")
        ]

    def __str__(self) -> str:
        return f"{self.order}/{self.line_no}"

    @property
    def what(self) -> str:
        """What is bought, in words."""
        return str(self.item) if self.item_id else self.description

    @property
    def expected_date(self):
        """The supplier's confirmed date, else the date asked for."""
        return self.confirmed_date or self.due_date

    @property
    def kept_quantity(self) -> Decimal:
        """Received and not sent back, in the stock unit."""
        return self.received_quantity - self.returned_quantity

    @property
    def open_quantity(self) -> Decimal:
        """Still to be delivered, in the stock unit."""
        if self.is_closed:
            return Decimal(0)
        return max(self.stock_quantity - self.received_quantity + self.to_replace_quantity, Decimal(0))


class PurchaseOrderChange(models.Model):
    """One numbered revision of an approved order: what the lines were, what they became, and why. Append-only."""

    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="changes", verbose_name=_("purchase order"))
    revision = models.PositiveIntegerField(_("revision"))
    reason = models.CharField(_("reason"), max_length=500)
    before = models.JSONField(_("before"))
    after = models.JSONField(_("after"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("changed by")
    )
    at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("change of a purchase order")
        verbose_name_plural = _("changes of purchase orders")
        ordering = ["-revision"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["order", "revision"], name="scm_purchaseorderchange_revision"),
            models.CheckConstraint(condition=~Q(reason=""), name="scm_purchaseorderchange_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.order} r{self.revision}"
