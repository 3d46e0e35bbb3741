"""What the cash plan needs beside the documents: recurring money, the bank accounts' part in it, shortfalls."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import AmountField
from core.history import History
from core.locks import LockRank
from finance.models.accounts import BankAccount
from finance.states import CashStep, Direction


class RecurringCash(models.Model):
    """Money that comes or goes again and again without a document: rent, wages, a loan's rates; in base currency."""

    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 88

    name = models.CharField(_("name"), max_length=120)
    bank_account = models.ForeignKey(BankAccount, models.PROTECT, related_name="+", verbose_name=_("bank account"))
    direction = models.CharField(_("direction"), max_length=3, choices=Direction)
    amount = AmountField(_("amount in base currency"))
    step = models.CharField(_("every"), max_length=10, choices=CashStep, default=CashStep.MONTH)
    first_date = models.DateField(_("first on"))
    last_date = models.DateField(_("last on"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    class Meta:
        verbose_name = _("recurring payment")
        verbose_name_plural = _("recurring payments")
        ordering = ["name", "id"]
        permissions = [("view_cashplan", _("Can see the cash plan"))]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="finance_recurringcash_amount"),
            models.CheckConstraint(condition=Q(step__in=CashStep.values), name="finance_recurringcash_step_known"),
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name="finance_recurringcash_direction_known"
            ),
            models.CheckConstraint(
                condition=Q(last_date__isnull=True) | Q(last_date__gte=F("first_date")),
                name="finance_recurringcash_days",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("finance:recurring-cash-edit", args=[self.pk])


class CashPlanAccount(models.Model):
    """A bank account's part in the plan: what must stay on it, and whether money in its currency is expected there."""

    bank_account = models.OneToOneField(
        BankAccount, models.CASCADE, related_name="cash_plan", verbose_name=_("bank account")
    )
    minimum = AmountField(_("least balance in base currency"), default=0)
    is_expected = models.BooleanField(_("money of its currency is expected here"), default=False)
    history = History()

    class Meta:
        verbose_name = _("bank account in the cash plan")
        verbose_name_plural = _("bank accounts in the cash plan")
        ordering = ["id"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.bank_account)


class CashShortfall(models.Model):
    """The plan of a bank account falls below its least balance: written the day it appears, closed when it is gone."""

    bank_account = models.ForeignKey(BankAccount, models.CASCADE, related_name="+", verbose_name=_("bank account"))
    week = models.DateField(_("week of"))
    amount = AmountField(_("missing"))
    created_at = models.DateTimeField(_("appeared at"))
    closed_at = models.DateTimeField(_("gone at"), null=True)

    class Meta:
        verbose_name = _("cash shortfall")
        verbose_name_plural = _("cash shortfalls")
        ordering = ["-id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="finance_cashshortfall_amount"),
            models.UniqueConstraint(
                fields=["bank_account"], condition=Q(closed_at__isnull=True), name="finance_cashshortfall_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_account} {self.week}"
