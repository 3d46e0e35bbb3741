"""Sales orders: what a customer has ordered, how it changed, and how it is to be paid."""

import datetime as dt
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine
from core.fields import ZERO, AmountField, PercentField, QuantityField, UnitPriceField
from core.history import History
from crm.states import SALES_ORDER_TRANSITIONS, LeadSource, PaymentBasis, SalesOrderState
from masterdata.models.priced import PricedDocument, PricedLine
from masterdata.selectors.price_reasons import reason_text


class SalesOrder(Document, PricedDocument):
    """One customer's order; confirmed it is binding and changes only by numbered revisions."""

    LOCK_PLACE = 20
    TRANSITIONS = SALES_ORDER_TRANSITIONS
    APPROVAL_DONE_STATES = frozenset({SalesOrderState.CLOSED, SalesOrderState.CANCELLED})

    state = models.CharField(
        _("state"), max_length=12, choices=SalesOrderState, default=SalesOrderState.DRAFT, editable=False
    )
    quotation = models.OneToOneField(
        "crm.Quotation", models.PROTECT, null=True, blank=True, related_name="sales_order", editable=False
    )
    source = models.CharField(_("source"), max_length=12, choices=LeadSource, default=LeadSource.OTHER)
    campaign = models.ForeignKey(
        "crm.Campaign", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("campaign")
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
    customer_po = models.CharField(_("customer's order number"), max_length=60, blank=True)
    payment_term = models.ForeignKey(
        "masterdata.PaymentTerm",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("payment terms"),
    )
    ship_to = models.ForeignKey(
        "masterdata.PartnerAddress",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("delivery address"),
    )
    warehouse = models.ForeignKey("masterdata.Warehouse", models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    requested_date = models.DateField(_("wanted on"), null=True, blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=0, editable=False)
    confirmed_date = models.DateField(_("confirmed on"), null=True, editable=False)
    pending_change = models.JSONField(_("proposed change"), null=True, blank=True, editable=False)
    is_history = models.BooleanField(_("taken over from an earlier system"), default=False, editable=False)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("sales order")
        verbose_name_plural = _("sales orders")
        permissions = [
            ("confirm_salesorder", _("Can confirm sales orders")),
            ("revise_salesorder", _("Can change confirmed sales orders")),
            ("close_salesorder", _("Can close sales orders")),
            ("cancel_salesorder", _("Can cancel sales orders")),
            ("import_closed_salesorder", _("Can take over closed sales orders")),
        ]
        indexes = [
            models.Index(fields=["partner", "-id"], name="crm_salesorder_partner"),
            models.Index(fields=["state", "-id"], name="crm_salesorder_state"),
            models.Index(fields=["document_date"], name="crm_salesorder_date"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=SalesOrderState.values), name="crm_salesorder_state_known"
            ),
            models.CheckConstraint(condition=models.Q(exchange_rate__gt=0), name="crm_salesorder_rate_sign"),
            models.CheckConstraint(
                condition=~models.Q(state=SalesOrderState.CONFIRMED) | models.Q(confirmed_date__isnull=False),
                name="crm_salesorder_confirmed_dated",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("crm:sales-order-detail", args=[self.pk])


class SalesOrderLine(DocumentLine, PricedLine):
    """One ordered item. The progress columns are in the item's stock unit, written by the report-ups alone."""

    order = models.ForeignKey(SalesOrder, models.CASCADE, related_name="lines")
    quotation_line = models.ForeignKey(
        "crm.QuotationLine", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    ship_date = models.DateField(_("delivery date"), null=True, blank=True)
    promised_date = models.DateField(_("promised on"), null=True, blank=True)
    price_reason = models.CharField(_("price from"), max_length=120, blank=True, editable=False)
    floor_price = UnitPriceField(_("floor price"), null=True, blank=True, editable=False)
    is_promised = models.BooleanField(
        _("promised in parts"),
        default=False,
        editable=False,
        help_text=_("It was offered as a part of a split delivery: what it was promised is kept for it."),
    )
    is_closed = models.BooleanField(_("closed"), default=False, editable=False)
    delivered_quantity = QuantityField(_("delivered"), default=ZERO, editable=False)
    signed_quantity = QuantityField(_("signed for"), default=ZERO, editable=False)
    returned_quantity = QuantityField(_("returned"), default=ZERO, editable=False)
    invoiced_quantity = QuantityField(_("invoiced"), default=ZERO, editable=False)
    history = History(
        excluded_fields=["delivered_quantity", "signed_quantity", "returned_quantity", "invoiced_quantity"]
    )

    class Meta(DocumentLine.Meta):
        verbose_name = _("sales order line")
        verbose_name_plural = _("sales order lines")
        constraints = [
            models.UniqueConstraint(fields=["order", "line_no"], name="crm_salesorderline_line_no"),
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0, stock_quantity__gt=0)
                | models.Q(is_closed=True, quantity__gte=0, stock_quantity__gte=0),
                name="crm_salesorderline_quantity_sign",
            ),
            models.CheckConstraint(
                condition=models.Q(price__gte=0, discount_percent__gte=0, discount_percent__lte=100),
                name="crm_salesorderline_price_sign",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    delivered_quantity__gte=0,
                    delivered_quantity__lte=models.F("stock_quantity"),
                    signed_quantity__gte=0,
                    signed_quantity__lte=models.F("delivered_quantity"),
                    returned_quantity__gte=0,
                    returned_quantity__lte=models.F("delivered_quantity"),
                    invoiced_quantity__gte=0,
                ),
                name="crm_salesorderline_progress_range",
            ),
        ]
        indexes = [models.Index(fields=["item", "-id"], name="crm_salesorderline_item")]

    @property
    def open_quantity(self) -> Decimal:
        """What is still to be shipped, in the item's stock unit; a line without item (a fee) is never shipped."""
        if self.is_closed or self.item_id is None:
            return ZERO
        return self.stock_quantity - self.delivered_quantity

    @property
    def due_date(self) -> dt.date:
        """The day the goods are to leave: promised, else wanted for the line, else wanted for the order."""
        return self.promised_date or self.ship_date or self.order.requested_date or self.order.document_date

    @property
    def price_from(self) -> str:
        """Where the price comes from, in the language of the reader."""
        return reason_text(self.price_reason)


class OrderChange(models.Model):
    """One numbered revision of a confirmed order: why, and what it was before and after. Append-only."""

    order = models.ForeignKey(SalesOrder, models.PROTECT, related_name="changes")
    revision = models.PositiveIntegerField(_("revision"))
    reason = models.CharField(_("reason"), max_length=500)
    before = models.JSONField(_("before"))
    after = models.JSONField(_("after"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("order change")
        verbose_name_plural = _("order changes")
        ordering = ["-revision"]
        constraints = [
            models.UniqueConstraint(fields=["order", "revision"], name="crm_orderchange_revision"),
            models.CheckConstraint(condition=models.Q(revision__gt=0), name="crm_orderchange_revision_sign"),
        ]

    def __str__(self) -> str:
        return f"{self.order} / {self.revision}"


class PaymentPlanLine(models.Model):
    """One instalment of an order's payment plan 回款计划, gross, in the order's currency.

    ``due_date`` is fixed for instalments that count from the order, expected for those that count from shipment
    or invoice. The amounts of a confirmed order sum to its gross amount.
    """

    order = models.ForeignKey(SalesOrder, models.CASCADE, related_name="payment_plan")
    seq = models.PositiveSmallIntegerField(_("instalment"))
    basis = models.CharField(_("counts from"), max_length=10, choices=PaymentBasis)
    percent = PercentField(_("percent"))
    days = models.PositiveSmallIntegerField(_("days"), default=0)
    end_of_month = models.BooleanField(_("end of month"), default=False)
    amount = AmountField(_("amount"))
    due_date = models.DateField(_("due date"))

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("payment plan")
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["order", "seq"], name="crm_paymentplanline_seq"),
            models.CheckConstraint(
                condition=models.Q(basis__in=PaymentBasis.values), name="crm_paymentplanline_basis_known"
            ),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="crm_paymentplanline_amount_sign"),
        ]

    def __str__(self) -> str:
        return f"{self.order} / {self.seq}"
