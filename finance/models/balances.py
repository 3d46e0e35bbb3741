"""Sums of journal lines per account and period, kept by a job: what a report reads instead of every line."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import AmountField
from finance.models.accounts import Account
from finance.models.periods import FiscalPeriod
from finance.states import Journal


class SummedPeriod(models.Model):
    """Up to which entry the lines of a period are in its balances. Postings never write here."""

    period = models.OneToOneField(FiscalPeriod, models.PROTECT, related_name="+", verbose_name=_("period"))
    last_entry_id = models.BigIntegerField(_("summed up to entry"), default=0)

    class Meta:
        verbose_name = _("summed period")
        verbose_name_plural = _("summed periods")

    def __str__(self) -> str:
        return f"{self.period_id}: {self.last_entry_id}"


class AccountBalance(models.Model):
    """What moved over one account in one period and currency, by kind of journal, up to the period's mark."""

    period = models.ForeignKey(FiscalPeriod, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    currency = models.ForeignKey("masterdata.Currency", models.PROTECT, related_name="+")
    journal = models.CharField(max_length=10, choices=Journal)
    partner = models.ForeignKey("masterdata.Partner", models.PROTECT, null=True, related_name="+")
    department = models.ForeignKey("masterdata.Department", models.PROTECT, null=True, related_name="+")
    project = models.ForeignKey("masterdata.Project", models.PROTECT, null=True, related_name="+")
    item_category = models.ForeignKey("masterdata.ItemCategory", models.PROTECT, null=True, related_name="+")
    debit = AmountField(_("debit"))
    credit = AmountField(_("credit"))
    currency_amount = AmountField(_("amount in currency"))

    class Meta:
        verbose_name = _("account balance")
        verbose_name_plural = _("account balances")
        ordering = ["period_id", "account_id"]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "period",
                    "account",
                    "currency",
                    "journal",
                    "partner",
                    "department",
                    "project",
                    "item_category",
                ],
                name="finance_accountbalance_key",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(debit__gte=0, credit__gte=0), name="finance_accountbalance_signs"),
        ]
        indexes = [models.Index(fields=["account", "period"], name="finance_balance_account")]

    def __str__(self) -> str:
        return f"{self.period_id}/{self.account_id}"
