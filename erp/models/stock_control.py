"""How stock is watched: the rules, the class of each item, its limits per warehouse, provision bands."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import AmountField, PercentField, QuantityField
from core.history import History
from core.locks import LockRank
from erp.states import AbcClass
from erp.states.engineering import IssueMethod


class StockSettings(models.Model):
    """The one row of rules for counting, classes and slow-moving stock."""

    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 3

    singleton = models.BooleanField(default=True, unique=True, editable=False)
    abc_months = models.PositiveSmallIntegerField(
        _("months of consumption looked at"), default=12, help_text=_("Consumption by value decides the class.")
    )
    a_percent = PercentField(_("class A up to this share of the value"), default=Decimal(80))
    b_percent = PercentField(_("class B up to this share of the value"), default=Decimal(95))
    count_days_a = models.PositiveSmallIntegerField(_("count class A every … days"), default=30)
    count_days_b = models.PositiveSmallIntegerField(_("count class B every … days"), default=90)
    count_days_c = models.PositiveSmallIntegerField(_("count class C every … days"), default=365)
    tolerance_percent = PercentField(_("recount beyond a difference of %"), default=Decimal(2))
    slow_days = models.PositiveSmallIntegerField(_("slow-moving after … days without consumption"), default=90)
    hold_days = models.PositiveSmallIntegerField(_("a quotation holds stock for … days"), default=7)
    queues_whole_lines = models.BooleanField(
        _("backflush all or nothing"),
        default=False,
        help_text=_(
            "When too little lies at the line, the whole material waits in the error queue. "
            "Otherwise what is there is posted, and only the rest waits."
        ),
    )
    usual_issue = models.CharField(
        _("material is usually issued"),
        max_length=10,
        choices=IssueMethod,
        default=IssueMethod.PICK,
        help_text=_("A new line of a bill of material is issued so, unless the line itself says otherwise."),
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    class Meta:
        verbose_name = _("stock settings")
        verbose_name_plural = _("stock settings")
        permissions = [("configure_stock", _("Can change the stock settings"))]
        constraints = [
            models.CheckConstraint(condition=Q(singleton=True), name="erp_stocksettings_singleton"),
            models.CheckConstraint(condition=Q(usual_issue__in=IssueMethod.values), name="erp_stocksettings_issue"),
            models.CheckConstraint(
                condition=Q(a_percent__gt=0, a_percent__lte=F("b_percent"), b_percent__lte=100),
                name="erp_stocksettings_abc",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Stock settings"))


class ProvisionBand(models.Model):
    """Stock without consumption for at least so many days is written down by so many percent."""

    from_days = models.PositiveIntegerField(_("from … days without consumption"), unique=True)
    percent = PercentField(_("provision in %"))

    class Meta:
        verbose_name = _("provision band")
        verbose_name_plural = _("provision bands")
        default_permissions = ()
        ordering = ["from_days"]
        constraints = [
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="erp_provisionband_percent")
        ]

    def __str__(self) -> str:
        return f"{self.from_days}: {self.percent} %"


class ItemClass(models.Model):
    """The ABC class of an item: what the last run proposes and what somebody accepted."""

    item = models.OneToOneField("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    abc_class = models.CharField(_("class"), max_length=1, choices=AbcClass, blank=True)
    proposed_class = models.CharField(_("proposed"), max_length=1, choices=AbcClass)
    consumption = AmountField(_("consumption"), default=0)
    share = PercentField(_("share in %"), default=0)
    cumulative = PercentField(_("cumulative share in %"), default=0)
    run_on = models.DateField(_("run on"))
    accepted_on = models.DateField(_("accepted on"), null=True)

    class Meta:
        verbose_name = _("item class")
        verbose_name_plural = _("item classes")
        default_permissions = ("view",)
        permissions = [("classify_items", _("Can run and accept the ABC classification"))]
        ordering = ["-consumption", "item_id"]
        constraints = [
            models.CheckConstraint(condition=Q(proposed_class__in=AbcClass.values), name="erp_itemclass_proposed"),
            models.CheckConstraint(condition=Q(abc_class__in=["", *AbcClass.values]), name="erp_itemclass_class"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.abc_class or '-'}"


class StockLimit(models.Model):
    """How little and how much of an item should lie in a warehouse, and how much is asked for when it runs low."""

    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 7

    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    warehouse = models.ForeignKey("masterdata.Warehouse", models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    minimum = QuantityField(_("minimum"), default=0, help_text=_("In the stock unit; below it the item runs low."))
    maximum = QuantityField(_("maximum"), null=True, blank=True, help_text=_("Empty: no upper limit."))
    reorder_quantity = QuantityField(
        _("reorder quantity"), null=True, blank=True, help_text=_("Empty: up to the maximum, else to the minimum.")
    )
    asked_on = models.DateField(_("asked for on"), null=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    class Meta:
        verbose_name = _("stock limit")
        verbose_name_plural = _("stock limits")
        ordering = ["item_id", "warehouse_id"]
        permissions = [("replenish_stocklimit", _("Can ask for goods that run low"))]
        constraints = [
            models.UniqueConstraint(fields=["item", "warehouse"], name="erp_stocklimit_key"),
            models.CheckConstraint(
                condition=Q(minimum__gte=0)
                & (Q(maximum__isnull=True) | Q(maximum__gte=F("minimum")))
                & (Q(reorder_quantity__isnull=True) | Q(reorder_quantity__gt=0)),
                name="erp_stocklimit_quantities",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} · {self.warehouse}"

    def get_absolute_url(self) -> str:
        return reverse("erp:stock-limit-edit", args=[self.pk])
