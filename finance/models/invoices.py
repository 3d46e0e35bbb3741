"""Invoices and credit notes of customers and suppliers, their lines and instalments."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine, Transitions
from core.fields import AmountField, PercentField, QuantityField
from core.history import History
from finance.models.accounts import Account
from finance.states import INVOICE_TRANSITIONS, InvoiceState, MatchState, Side
from masterdata.models.priced import PricedDocument, PricedLine


class Invoice(Document, PricedDocument):
    """What a customer owes us or we owe a supplier. A credit note (红字) has negative quantities and amounts.

    ``settled_amount`` (its currency) and ``settled_base_amount`` (at the invoice's rate) follow from the allocations.
    """

    LOCK_PLACE: ClassVar[int] = 70
    SCOPE_OWNER: ClassVar[str | None] = None
    TRANSITIONS: ClassVar[Transitions] = INVOICE_TRANSITIONS

    state = models.CharField(_("state"), max_length=10, choices=InvoiceState, default=InvoiceState.DRAFT)
    kind = models.CharField(_("kind"), max_length=10, choices=Side)
    is_credit = models.BooleanField(_("credit note"), default=False)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="credit_notes", verbose_name=_("corrects invoice")
    )
    legal_number = models.CharField(_("invoice number"), max_length=30, blank=True, editable=False)
    supplier_reference = models.CharField(_("supplier's invoice number"), max_length=60, blank=True)
    is_opening = models.BooleanField(_("opening item"), default=False, editable=False)
    opening_entry = models.ForeignKey(
        "finance.ManualEntry",
        models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        related_name="opened_items",
        verbose_name=_("opening voucher"),
    )
    payment_term = models.ForeignKey(
        "masterdata.PaymentTerm",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("payment terms"),
    )
    due_date = models.DateField(_("last due date"), null=True, editable=False)
    discount_percent = PercentField(_("cash discount in %"), default=0, editable=False)
    discount_until = models.DateField(_("cash discount until"), null=True, editable=False)
    match_state = models.CharField(
        _("three-way match"), max_length=10, choices=MatchState, blank=True, default=MatchState.NONE, editable=False
    )
    source = models.CharField(_("source"), max_length=20, blank=True, editable=False)
    campaign = models.ForeignKey(
        "crm.Campaign", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("campaign")
    )
    base_net_amount = AmountField(_("net in base currency"), default=0, editable=False)
    base_tax_amount = AmountField(_("tax in base currency"), default=0, editable=False)
    base_gross_amount = AmountField(_("total in base currency"), default=0, editable=False)
    settled_amount = AmountField(_("settled"), default=0, editable=False)
    settled_base_amount = AmountField(_("settled in base currency"), default=0, editable=False)
    open_amount = models.GeneratedField(
        expression=F("gross_amount") - F("settled_amount"), output_field=AmountField(_("open")), db_persist=True
    )
    open_base_amount = models.GeneratedField(
        expression=F("base_gross_amount") - F("settled_base_amount"),
        output_field=AmountField(_("open in base currency")),
        db_persist=True,
    )
    history = History(excluded_fields=["settled_amount", "settled_base_amount", "open_amount", "open_base_amount"])

    class Meta(Document.Meta):
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        permissions = [
            ("post_invoice", _("Can post invoices")),
            ("cancel_invoice", _("Can cancel draft invoices")),
            ("credit_invoice", _("Can make credit notes")),
            ("enter_openingitem", _("Can enter what was open of customers and suppliers before the books began")),
            ("release_invoice", _("Can release supplier invoices that are blocked for payment")),
            ("view_receivables", _("Can see receivables and their age")),
            ("view_payables", _("Can see payables and their age")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=InvoiceState.values), name="finance_invoice_state_known"),
            models.CheckConstraint(condition=Q(kind__in=Side.values), name="finance_invoice_kind_known"),
            models.CheckConstraint(
                condition=Q(is_credit=False, gross_amount__gte=0) | Q(is_credit=True, gross_amount__lte=0),
                name="finance_invoice_sign",
            ),
            models.CheckConstraint(
                condition=Q(gross_amount=F("net_amount") + F("tax_amount")), name="finance_invoice_total"
            ),
            models.CheckConstraint(
                condition=Q(is_credit=False, settled_amount__gte=0, settled_amount__lte=F("gross_amount"))
                | Q(is_credit=True, settled_amount__lte=0, settled_amount__gte=F("gross_amount")),
                name="finance_invoice_settled",
            ),
            models.CheckConstraint(
                condition=~Q(settled_amount=F("gross_amount")) | Q(settled_base_amount=F("base_gross_amount")),
                name="finance_invoice_settled_base",
            ),
            models.CheckConstraint(
                condition=~Q(state="reversed") | Q(is_opening=True, settled_amount=0), name="finance_invoice_reversed"
            ),
            models.CheckConstraint(condition=Q(match_state__in=MatchState.values), name="finance_invoice_match_known"),
            models.CheckConstraint(
                condition=Q(legal_number="") | Q(state="posted", kind="customer"), name="finance_invoice_legal_number"
            ),
            models.UniqueConstraint(
                fields=["legal_number"], condition=~Q(legal_number=""), name="finance_invoice_legal_number_once"
            ),
            models.UniqueConstraint(
                fields=["partner", "supplier_reference"],
                condition=Q(kind="supplier") & ~Q(state__in=["cancelled", "reversed"]) & ~Q(supplier_reference=""),
                name="finance_invoice_supplier_reference",
            ),
        ]
        indexes = [
            models.Index(
                fields=["partner", "kind"], name="finance_invoice_open", condition=Q(state="posted") & ~Q(open_amount=0)
            ),
            models.Index(fields=["document_date", "kind"], name="finance_invoice_date"),
            models.Index(
                fields=["opening_entry"], name="finance_invoice_opened", condition=Q(opening_entry__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.legal_number or (self.supplier_reference if self.is_opening else "") or self.number

    def get_absolute_url(self) -> str:
        return reverse("finance:invoice-detail", args=[self.pk])

    def recount_open(self) -> None:
        """Show what is open after a change in memory, as the database counts it."""
        self.open_amount = self.gross_amount - self.settled_amount
        self.open_base_amount = self.base_gross_amount - self.settled_base_amount


class InvoiceLine(DocumentLine, PricedLine):
    """One line of an invoice: goods that came or left, a text line of an order, a charge of goods, or a free line.

    Of a charge ``billed_quantity`` is the part that is invoiced (1: all of it), of a free line its account is named.

    ``billed_quantity`` is the quantity in the unit of its sub-ledger row (the stock unit), ``cleared_…`` what it took
    off that row when posted, in the order's currency and in base currency.
    """

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines", verbose_name=_("invoice"))
    sales_order_line = models.ForeignKey("crm.SalesOrderLine", models.PROTECT, null=True, related_name="+")
    shipment_line = models.ForeignKey("erp.ShipmentLine", models.PROTECT, null=True, related_name="+")
    purchase_order_line = models.ForeignKey("scm.PurchaseOrderLine", models.PROTECT, null=True, related_name="+")
    receipt_line = models.ForeignKey("scm.GoodsReceiptLine", models.PROTECT, null=True, related_name="+")
    landed_charge = models.ForeignKey("scm.LandedCostCharge", models.PROTECT, null=True, related_name="+")
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("account")
    )
    corrects_line = models.ForeignKey("self", models.PROTECT, null=True, related_name="credit_lines")
    billed_quantity = QuantityField(_("quantity in stock unit"), default=0, editable=False)
    base_net_amount = AmountField(default=0, editable=False)
    base_tax_amount = AmountField(default=0, editable=False)
    cleared_currency_amount = AmountField(default=0, editable=False)
    cleared_amount = AmountField(default=0, editable=False)
    history = History()

    class Meta(DocumentLine.Meta):
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
        constraints = [
            models.CheckConstraint(
                condition=Q(gross_amount=F("net_amount") + F("tax_amount")), name="finance_invoiceline_total"
            ),
            models.CheckConstraint(
                condition=Q(shipment_line__isnull=True) | Q(receipt_line__isnull=True),
                name="finance_invoiceline_one_source",
            ),
        ]
        indexes = [
            models.Index(fields=["shipment_line"], name="finance_invline_shipment"),
            models.Index(fields=["receipt_line"], name="finance_invline_receipt"),
            models.Index(
                fields=["landed_charge"], name="finance_invline_charge", condition=Q(landed_charge__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}/{self.line_no}"


class InvoiceInstalment(models.Model):
    """A part of a posted invoice and the day it is due. Allocations settle the oldest first.

    Side, partner and ``open_base_amount`` repeat what the invoice says, so that ageing reads this table alone.
    """

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="instalments", verbose_name=_("invoice"))
    kind = models.CharField(_("kind"), max_length=10, choices=Side, default=Side.CUSTOMER)
    partner = models.ForeignKey("masterdata.Partner", models.PROTECT, related_name="+", verbose_name=_("partner"))
    line_no = models.PositiveSmallIntegerField(_("line"))
    due_date = models.DateField(_("due date"))
    amount = AmountField(_("amount"))
    settled_amount = AmountField(_("settled"), default=0)
    open_amount = models.GeneratedField(
        expression=F("amount") - F("settled_amount"), output_field=AmountField(_("open")), db_persist=True
    )
    open_base_amount = AmountField(_("open in base currency"), default=0)

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        ordering = ["invoice_id", "line_no"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "line_no"], name="finance_instalment_key"),
            models.CheckConstraint(
                condition=Q(settled_amount__gte=0, settled_amount__lte=F("amount"))
                | Q(settled_amount__lte=0, settled_amount__gte=F("amount")),
                name="finance_instalment_settled",
            ),
        ]
        indexes = [
            models.Index(fields=["due_date"], name="finance_instalment_due", condition=~Q(open_amount=0)),
            models.Index(
                fields=["kind", "partner", "due_date"],
                name="finance_instalment_age",
                condition=~Q(open_amount=0),
                include=["open_base_amount"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} {self.line_no}"
