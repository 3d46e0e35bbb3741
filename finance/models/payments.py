"""Payments, what they are meant for, and the allocations that settle invoices."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, Transitions
from core.fields import AmountField, RateField
from core.history import History
from finance.models.accounts import BankAccount
from finance.models.invoices import Invoice
from finance.states import PAYMENT_TRANSITIONS, AllocationKind, Direction, PaymentState, Side


class Payment(Document):
    """Money (or a bill of exchange) that came from or went to a partner. ``amount`` is positive, in its currency.

    What is not allocated to invoices is an advance; ``sales_order`` or ``purchase_order`` says what it was paid for.
    ``is_opening``: an advance from before the books began; it moved no money of these books.
    """

    LOCK_PLACE: ClassVar[int] = 72
    SCOPE_OWNER: ClassVar[str | None] = None
    TRANSITIONS: ClassVar[Transitions] = PAYMENT_TRANSITIONS

    state = models.CharField(_("state"), max_length=10, choices=PaymentState, default=PaymentState.DRAFT)
    direction = models.CharField(_("direction"), max_length=3, choices=Direction)
    kind = models.CharField(_("kind"), max_length=10, choices=Side)
    partner = models.ForeignKey("masterdata.Partner", models.PROTECT, related_name="+", verbose_name=_("partner"))
    bank_account = models.ForeignKey(
        BankAccount, models.PROTECT, null=True, related_name="+", verbose_name=_("bank account")
    )
    bill = models.ForeignKey(
        "finance.Bill", models.PROTECT, null=True, editable=False, related_name="payments", verbose_name=_("bill")
    )
    currency = models.ForeignKey("masterdata.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    exchange_rate = RateField(_("exchange rate"), default=1)
    amount = AmountField(_("amount"))
    base_amount = AmountField(_("amount in base currency"), default=0, editable=False)
    reference = models.CharField(_("bank reference"), max_length=80, blank=True)
    sales_order = models.ForeignKey(
        "crm.SalesOrder", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("for sales order")
    )
    purchase_order = models.ForeignKey(
        "scm.PurchaseOrder",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("for purchase order"),
    )
    is_opening = models.BooleanField(_("opening advance"), default=False, editable=False)
    opening_entry = models.ForeignKey(
        "finance.ManualEntry",
        models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        related_name="opened_advances",
        verbose_name=_("opening voucher"),
    )
    allocated_amount = AmountField(_("allocated"), default=0, editable=False)
    allocated_base_amount = AmountField(_("allocated in base currency"), default=0, editable=False)
    open_amount = models.GeneratedField(
        expression=F("amount") - F("allocated_amount"), output_field=AmountField(_("not allocated")), db_persist=True
    )
    open_base_amount = models.GeneratedField(
        expression=F("base_amount") - F("allocated_base_amount"), output_field=AmountField(), db_persist=True
    )
    history = History(excluded_fields=["allocated_amount", "allocated_base_amount", "open_amount", "open_base_amount"])

    class Meta(Document.Meta):
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        permissions = [
            ("post_payment", _("Can post payments")),
            ("cancel_payment", _("Can cancel draft payments")),
            ("allocate_payment", _("Can allocate payments to invoices")),
            ("reverse_payment", _("Can reverse posted payments")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PaymentState.values), name="finance_payment_state_known"),
            models.CheckConstraint(condition=Q(direction__in=Direction.values), name="finance_payment_direction_known"),
            models.CheckConstraint(condition=Q(kind__in=Side.values), name="finance_payment_kind_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="finance_payment_amount"),
            models.CheckConstraint(
                condition=Q(is_opening=False, bank_account__isnull=False, bill__isnull=True)
                | Q(is_opening=False, bank_account__isnull=True, bill__isnull=False)
                | Q(is_opening=True, bank_account__isnull=True, bill__isnull=True),
                name="finance_payment_one_means",
            ),
            models.CheckConstraint(
                condition=Q(allocated_amount__gte=0) & Q(allocated_amount__lte=F("amount")),
                name="finance_payment_allocated",
            ),
            models.CheckConstraint(
                condition=~Q(allocated_amount=F("amount")) | Q(allocated_base_amount=F("base_amount")),
                name="finance_payment_allocated_base",
            ),
            models.UniqueConstraint(
                fields=["bank_account", "direction", "reference"],
                condition=Q(state__in=["draft", "posted"]) & ~Q(reference=""),
                name="finance_payment_reference",
            ),
            models.UniqueConstraint(
                fields=["partner", "kind", "reference"],
                condition=Q(state="posted", is_opening=True),
                name="finance_payment_opening_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["partner", "kind"], name="finance_payment_open", condition=Q(state="posted") & ~Q(open_amount=0)
            ),
            models.Index(fields=["sales_order"], name="finance_payment_order", condition=Q(sales_order__isnull=False)),
            models.Index(
                fields=["opening_entry"], name="finance_payment_opened", condition=Q(opening_entry__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("finance:payment-detail", args=[self.pk])

    def recount_open(self) -> None:
        """Show what is not allocated after a change in memory, as the database counts it."""
        self.open_amount = self.amount - self.allocated_amount
        self.open_base_amount = self.base_amount - self.allocated_base_amount


class PaymentLine(models.Model):
    """Which invoice a draft payment is meant for; posting turns the lines into allocations."""

    payment = models.ForeignKey(Payment, models.CASCADE, related_name="lines", verbose_name=_("payment"))
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="+", verbose_name=_("invoice"))
    amount = AmountField(_("amount"))
    discount_amount = AmountField(_("cash discount"), default=0)
    difference_amount = AmountField(_("written off"), default=0)
    granted_on = models.DateField(
        _("day the terms are asked of"), null=True, editable=False, help_text=_("Empty: the day of the payment.")
    )

    class Meta:
        verbose_name = _("payment line")
        verbose_name_plural = _("payment lines")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["payment", "invoice"], name="finance_paymentline_key"),
            models.CheckConstraint(condition=~Q(amount=0), name="finance_paymentline_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.payment} {self.invoice}"


class Allocation(models.Model):
    """A part of an invoice settled by a payment or a credit note, or given up. Append-only; undone by its negative.

    ``amount`` (the invoice's currency) and ``base_amount`` (at the invoice's rate) reduce what is open on ``invoice``;
    with ``credit`` the same amount reduces the credit note, ``credit_base_amount`` in base currency (empty: the same).
    ``payment_base_amount`` is the money at the payment's rate. Cash discount and a small difference that a payment
    leaves are rows of their own kind, which ``belongs_to`` ties to the money: no money, but undone with it.
    """

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="allocations", verbose_name=_("invoice"))
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, related_name="allocations", verbose_name=_("payment")
    )
    credit = models.ForeignKey(
        Invoice, models.PROTECT, null=True, related_name="credit_allocations", verbose_name=_("credit note")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=AllocationKind, default=AllocationKind.SETTLED)
    belongs_to = models.ForeignKey("self", models.PROTECT, null=True, related_name="dependents")
    write_off = models.ForeignKey(
        "finance.WriteOff", models.PROTECT, null=True, related_name="allocations", verbose_name=_("write-off")
    )
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversal")
    allocated_on = models.DateField(_("date"))
    amount = AmountField(_("amount"))
    base_amount = AmountField(_("amount in base currency"))
    payment_base_amount = AmountField(default=0)
    credit_base_amount = AmountField(null=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("business moment"))

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(payment__isnull=False, credit__isnull=True, write_off__isnull=True)
                | Q(payment__isnull=True, credit__isnull=False, write_off__isnull=True)
                | Q(payment__isnull=True, credit__isnull=True, write_off__isnull=False),
                name="finance_allocation_one_side",
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="finance_allocation_amount"),
            models.CheckConstraint(condition=Q(kind__in=AllocationKind.values), name="finance_allocation_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="settled") | Q(payment_base_amount=0, credit_base_amount__isnull=True),
                name="finance_allocation_no_money",
            ),
        ]
        indexes = [
            models.Index(fields=["invoice"], name="finance_allocation_invoice"),
            models.Index(fields=["payment"], name="finance_allocation_payment"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} {self.amount}"
