"""Changes of the plan that somebody has to decide on."""

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import QuantityField
from core.locks import LockRank
from erp.states.plan_changes import PlanChangeKind, PlanChangeOutcome


class PlanChange(models.Model):
    """One thing that a run found different from the run before, and what came of it. Quantities in the stock unit.

    advice      on the supply named by ``source``: ``old_date`` is its date, ``new_date`` the advised one, ``quantity``
                what of ``old_quantity`` is not needed (to raise it: what is needed beyond it).
    shortage    of the item: ``quantity`` is planned for the next weeks now, ``old_quantity`` was before; needed from
                ``new_date`` on, to be ordered by ``old_date``.
    moved       ``order_line`` was to be met on ``old_date`` and is on ``new_date``.
    cause       the reason of the event that most likely brought it, and the document the event came from.
    """

    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 8

    kind = models.CharField(_("change"), max_length=10, choices=PlanChangeKind)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=PlanChangeOutcome, default=PlanChangeOutcome.OPEN, editable=False
    )
    run_number = models.BigIntegerField(_("found by run"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    supply_id = models.BigIntegerField(null=True, blank=True)
    source_label = models.CharField(_("source"), max_length=60, blank=True)
    source_id = models.BigIntegerField(_("source document"), null=True, blank=True)
    source_number = models.CharField(_("source number"), max_length=40, blank=True)
    order_line = models.ForeignKey(
        "crm.SalesOrderLine", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("order line")
    )
    old_date = models.DateField(_("from day"), null=True, blank=True)
    new_date = models.DateField(_("to day"), null=True, blank=True)
    old_quantity = QuantityField(_("of quantity"), default=0)
    quantity = QuantityField(_("quantity"), default=0)
    cause = models.CharField(_("because of"), max_length=60, blank=True)
    cause_label = models.CharField(max_length=60, blank=True)
    cause_id = models.BigIntegerField(null=True, blank=True)
    cause_number = models.CharField(_("caused by"), max_length=40, blank=True)
    created_at = models.DateTimeField(_("found at"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    note = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("change of the plan")
        verbose_name_plural = _("changes of the plan")
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("decide_planchange", _("Can decide on changes of the plan"))]
        indexes = [
            models.Index(fields=["outcome", "kind"], name="erp_planchange_outcome"),
            models.Index(fields=["item"], name="erp_planchange_item"),
            models.Index(fields=["source_label", "source_id"], name="erp_planchange_source"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PlanChangeKind.values), name="erp_planchange_kind"),
            models.CheckConstraint(condition=Q(outcome__in=PlanChangeOutcome.values), name="erp_planchange_outcome_of"),
            models.CheckConstraint(
                condition=Q(outcome__in=["open", "proposed"], decided_at__isnull=True)
                | (~Q(outcome__in=["open", "proposed"]) & Q(decided_at__isnull=False)),
                name="erp_planchange_decided",
            ),
            models.UniqueConstraint(
                fields=["supply_id", "kind"],
                condition=Q(outcome__in=["open", "proposed"], supply_id__isnull=False),
                name="erp_planchange_one_supply",
            ),
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(outcome="open", kind="shortage"),
                name="erp_planchange_one_shortage",
            ),
            models.UniqueConstraint(
                fields=["order_line"],
                condition=Q(outcome="open", order_line__isnull=False),
                name="erp_planchange_one_line",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.item}"

    @property
    def moved_days(self) -> int:
        """How many days later (below zero: earlier) the new day is."""
        return (self.new_date - self.old_date).days if self.new_date and self.old_date else 0

    @property
    def kept_quantity(self) -> Decimal:
        """What of the supply is still needed."""
        return self.old_quantity - self.quantity


class PlannedTotal(models.Model):
    """What was planned of an item when the plan was last compared: in all, and for the next weeks; stock unit."""

    item = models.OneToOneField("masterdata.Item", models.CASCADE, primary_key=True, related_name="+")
    total = QuantityField(default=0)
    near = QuantityField(default=0)

    class Meta:
        verbose_name = _("planned total")
        verbose_name_plural = _("planned totals")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.item_id} {self.total}"
