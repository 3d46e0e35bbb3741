"""The journals of the general ledger (日记账): the program's own, one for each kind, and those a company adds."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.history import History
from finance.models.accounts import Account
from finance.states import Journal, VoucherSeries
from masterdata.models.base import MasterRecord


class LedgerJournal(MasterRecord):
    """One book that entries are written in.

    Automatic entries go to the standard journal of their kind; an added journal takes typed entries of its kind.
    ``series`` is the voucher series of its entries (empty: as the ledger settings say); the default accounts are taken
    by typed lines that name none, by the side they stand on.
    """

    LOCK_PLACE = 63

    kind = models.CharField(_("kind"), max_length=10, choices=Journal, default=Journal.GENERAL)
    series = models.CharField(_("voucher series"), max_length=10, choices=VoucherSeries, blank=True)
    debit_account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("default account, debit")
    )
    credit_account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("default account, credit")
    )
    is_standard = models.BooleanField(_("the program writes in it"), default=False, editable=False)
    history = History()

    class Meta(MasterRecord.Meta):
        verbose_name = _("journal")
        verbose_name_plural = _("journals")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Journal.values), name="finance_journal_kind_known"),
            models.CheckConstraint(
                condition=Q(series="") | Q(series__in=VoucherSeries.values), name="finance_journal_series_known"
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(is_standard=True), name="finance_journal_one_standard"
            ),
            models.CheckConstraint(
                condition=Q(is_standard=False) | Q(is_active=True), name="finance_journal_standard_open"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("finance:journal-detail", args=[self.pk])
