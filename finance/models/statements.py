"""Layouts of the financial statements: what their rows sum up, and which cash lines are classified by hand."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.history import History
from finance.models.accounts import Account
from finance.models.entries import JournalEntry
from finance.states import CashDirection, RowKind, RowSide, StatementKind, StatementStandard
from masterdata.models.base import MasterRecord, in_chinese


class StatementLayout(MasterRecord):
    """One statement in one layout (资产负债表 会小企01 …); its rows say which accounts each figure sums up."""

    LOCK_PLACE = 86

    kind = models.CharField(_("statement"), max_length=20, choices=StatementKind)
    standard = models.CharField(
        _("standard"), max_length=20, choices=StatementStandard, default=StatementStandard.OWN, editable=False
    )
    form_code = models.CharField(_("form"), max_length=20, blank=True, help_text=_("Printed top right: 会小企01表."))
    history = History()

    class Meta(MasterRecord.Meta):
        verbose_name = _("statement layout")
        verbose_name_plural = _("statement layouts")
        permissions = [("view_statements", _("Can see balance sheet, profit and loss, and cash flow"))]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=StatementKind.values), name="finance_layout_kind_known"),
            models.CheckConstraint(
                condition=Q(standard__in=StatementStandard.values), name="finance_layout_standard_known"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("finance:statement", args=[self.pk])


class StatementRow(models.Model):
    """One row: a heading, the sum of ``accounts``, the sum of other rows (``formula``), or the opening cash.

    ``side`` is the side on which the figure is positive. ``is_memo`` rows (其中) repeat a part of the row above and are
    not asked when it is checked that every account stands somewhere. In a cash flow statement ``accounts`` are the
    accounts on the other side of the cash, and ``direction`` keeps money that came in or went out only.
    """

    layout = models.ForeignKey(StatementLayout, models.CASCADE, related_name="rows", verbose_name=_("layout"))
    position = models.PositiveIntegerField(_("position"))
    code = models.CharField(_("row"), max_length=10)
    kind = models.CharField(_("kind"), max_length=10, choices=RowKind)
    level = models.PositiveSmallIntegerField(_("indent"), default=0)
    side = models.CharField(_("positive side"), max_length=10, choices=RowSide)
    direction = models.CharField(_("money"), max_length=10, choices=CashDirection, blank=True)
    is_memo = models.BooleanField(_("of which"), default=False)
    accounts = models.CharField(_("accounts"), max_length=400, blank=True)
    formula = models.CharField(_("formula"), max_length=200, blank=True)
    name = models.CharField(_("name"), max_length=120)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("statement row")
        verbose_name_plural = _("statement rows")
        ordering = ["layout_id", "position"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["layout", "code"], name="finance_statementrow_code"),
            models.CheckConstraint(condition=Q(kind__in=RowKind.values), name="finance_statementrow_kind_known"),
            models.CheckConstraint(condition=Q(side__in=RowSide.values), name="finance_statementrow_side_known"),
        ]

    def __str__(self) -> str:
        return self.label()

    def label(self) -> str:
        """Return the name in the reader's language."""
        return self.name_zh if self.name_zh and in_chinese() else self.name

    @property
    def sign(self) -> int:
        """1 where a debit (in a cash flow: money in) is shown positive, else -1."""
        return 1 if self.side in {RowSide.DEBIT, RowSide.IN} else -1


class CashClassification(models.Model):
    """The cash lines of one entry against one account belong to this row, whatever the layout says of the account."""

    row_code = models.CharField(_("row"), max_length=10)
    layout = models.ForeignKey(StatementLayout, models.CASCADE, related_name="+", verbose_name=_("layout"))
    entry = models.ForeignKey(JournalEntry, models.PROTECT, related_name="+", verbose_name=_("journal entry"))
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("account"))
    history = History()

    class Meta:
        verbose_name = _("classified cash line")
        verbose_name_plural = _("classified cash lines")
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["layout", "entry", "account"], name="finance_cashclassification_key")
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.account_id} → {self.row_code}"
