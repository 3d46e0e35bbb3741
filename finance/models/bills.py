"""Bills of exchange (票据): received from customers, issued to suppliers."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, Transitions
from core.fields import AmountField, RateField
from core.history import History
from finance.models.accounts import BankAccount
from finance.states import BILL_TRANSITIONS, BillKind, BillSide, BillState


class Bill(Document):
    """A bank or commercial acceptance bill. Taking it in (or issuing it) is a payment that stands on the bill.

    ``received`` bills are ours until they are endorsed, discounted or collected; ``issued`` ones we owe until maturity.
    ``opening_state``: it is older than the books, and what it was when they began; no payment stands behind it.
    """

    LOCK_PLACE: ClassVar[int] = 71
    SCOPE_OWNER: ClassVar[str | None] = None
    TRANSITIONS: ClassVar[Transitions] = BILL_TRANSITIONS

    state = models.CharField(_("state"), max_length=12, choices=BillState, default=BillState.DRAFT)
    side = models.CharField(_("side"), max_length=10, choices=BillSide)
    kind = models.CharField(_("kind"), max_length=20, choices=BillKind, default=BillKind.BANK)
    bill_number = models.CharField(_("bill number"), max_length=40)
    partner = models.ForeignKey("masterdata.Partner", models.PROTECT, related_name="+", verbose_name=_("partner"))
    drawer = models.CharField(_("drawer"), max_length=120, blank=True)
    acceptor = models.CharField(_("acceptor"), max_length=120, blank=True)
    currency = models.ForeignKey("masterdata.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    exchange_rate = RateField(_("exchange rate"), default=1)
    amount = AmountField(_("amount"))
    base_amount = AmountField(_("amount in base currency"), default=0, editable=False)
    issue_date = models.DateField(_("issued on"))
    due_date = models.DateField(_("due on"))
    split_from = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="parts", verbose_name=_("part of bill")
    )
    endorsed_to = models.ForeignKey(
        "masterdata.Partner", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("endorsed to")
    )
    bank_account = models.ForeignKey(
        BankAccount, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("bank account")
    )
    interest = AmountField(_("interest"), default=0, editable=False)
    settled_date = models.DateField(_("left our hands on"), null=True, editable=False)
    opening_state = models.CharField(
        _("state when the books began"), max_length=12, choices=BillState, blank=True, editable=False
    )
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("bill")
        verbose_name_plural = _("bills")
        permissions = [
            ("register_bill", _("Can take in and issue bills")),
            ("cancel_bill", _("Can cancel draft bills")),
            ("endorse_bill", _("Can endorse bills to suppliers")),
            ("discount_bill", _("Can discount bills at a bank")),
            ("settle_bill", _("Can collect or honour bills at maturity")),
            ("split_bill", _("Can split bills")),
            ("dishonour_bill", _("Can mark bills as dishonoured")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BillState.values), name="finance_bill_state_known"),
            models.CheckConstraint(condition=Q(side__in=BillSide.values), name="finance_bill_side_known"),
            models.CheckConstraint(condition=Q(kind__in=BillKind.values), name="finance_bill_kind_known"),
            models.CheckConstraint(condition=Q(amount__gt=0, interest__gte=0), name="finance_bill_amount"),
            models.CheckConstraint(condition=Q(due_date__gte=models.F("issue_date")), name="finance_bill_dates"),
            models.CheckConstraint(
                condition=Q(opening_state__in=["", "held", "endorsed", "discounted"]), name="finance_bill_opening"
            ),
            models.UniqueConstraint(
                fields=["side", "bill_number"], condition=~Q(state="cancelled"), name="finance_bill_number_once"
            ),
        ]
        indexes = [
            models.Index(fields=["partner"], name="finance_bill_held", condition=Q(state__in=["held", "endorsed"]))
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_opening(self) -> bool:
        """Whether it is older than the books."""
        return bool(self.opening_state)

    def get_absolute_url(self) -> str:
        return reverse("finance:bill-detail", args=[self.pk])
