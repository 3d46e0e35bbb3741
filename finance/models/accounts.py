"""The chart of accounts, what its accounts are used for, and the company's own bank and cash accounts."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.history import History
from core.locks import LockRank
from finance.states import AccountKind, AccountRole, BalanceSide, Dimension
from masterdata.models.base import MasterRecord


class Account(MasterRecord):
    """One account of the general ledger. Lines are booked on accounts without children only.

    A control account is the total of a sub-ledger (receivables, stock …): only that one's own services book on it.
    """

    LOCK_PLACE = 60

    kind = models.CharField(_("kind"), max_length=10, choices=AccountKind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent account")
    )
    is_control = models.BooleanField(
        _("control account"), default=False, help_text=_("The total of a sub-ledger; takes no manual line.")
    )
    direction = models.CharField(
        _("balance side"),
        max_length=6,
        choices=BalanceSide,
        default=BalanceSide.DEBIT,
        help_text=_("Where the balance stands as a rule: accumulated depreciation is an asset on the credit side."),
    )
    requires_partner = models.BooleanField(_("lines name a partner"), default=False)
    requires_department = models.BooleanField(_("lines name a department"), default=False)
    requires_project = models.BooleanField(_("lines name a project"), default=False)
    requires_item_group = models.BooleanField(_("lines name an item group"), default=False)
    requires_order = models.BooleanField(_("lines name an order"), default=False)
    history = History()

    class Meta(MasterRecord.Meta):
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        permissions = [("load_chart", _("Can load a chart of accounts"))]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=AccountKind.values), name="finance_account_kind_known"),
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="finance_account_not_own_parent"),
            models.CheckConstraint(
                condition=models.Q(direction__in=BalanceSide.values), name="finance_account_direction_known"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("finance:account-detail", args=[self.pk])

    @property
    def dimensions(self) -> list[Dimension]:
        """What its lines must name, in the order of Dimension."""
        return [one for one in Dimension if getattr(self, f"requires_{one}")]


class AccountMapping(models.Model):
    """Which account plays a role in automatic entries, for one item category (and those below it) or for all."""

    role = models.CharField(_("used for"), max_length=30, choices=AccountRole)
    category = models.ForeignKey(
        "masterdata.ItemCategory",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("item category"),
    )
    account = models.ForeignKey(Account, models.PROTECT, related_name="mappings", verbose_name=_("account"))
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    LOCK_RANK = LockRank.HEADER
    LOCK_PLACE = 61

    class Meta:
        verbose_name = _("account mapping")
        verbose_name_plural = _("account mappings")
        ordering = ["role", "category_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["role", "category"], name="finance_accountmapping_key", nulls_distinct=False
            ),
            models.CheckConstraint(condition=models.Q(role__in=AccountRole.values), name="finance_mapping_role_known"),
        ]

    def __str__(self) -> str:
        return str(self.get_role_display())

    def get_absolute_url(self) -> str:
        return reverse("finance:mapping-list")


class BankAccount(MasterRecord):
    """A bank or cash account of the company, in one currency, with its ledger account."""

    LOCK_PLACE = 62

    currency = models.ForeignKey("masterdata.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("ledger account"))
    bank_name = models.CharField(_("bank"), max_length=120, blank=True)
    account_number = models.CharField(_("account number"), max_length=40, blank=True)
    history = History()

    class Meta(MasterRecord.Meta):
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")

    def get_absolute_url(self) -> str:
        return reverse("finance:bank-account-list")
