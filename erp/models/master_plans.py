"""The master schedule as decided: what is to be available of an item in which week."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import QuantityField
from core.locks import LockRank


class MasterPlan(models.Model):
    """The master schedule of one item; its quantities are demand of kind *master* with this row as their source."""

    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 42

    item = models.OneToOneField("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))

    class Meta:
        verbose_name = _("master schedule of an item")
        verbose_name_plural = _("master schedules of items")
        default_permissions = ()
        permissions = [("set_masterplan", _("Can set quantities of the master schedule"))]

    def __str__(self) -> str:
        return f"MPS {self.item}"

    def get_absolute_url(self) -> str:
        return f"{reverse('erp:mps')}?q={self.item.code}"

    @property
    def number(self) -> str:
        """What demand and pegging call it."""
        return f"MPS {self.item.code}"


class MasterQuantity(models.Model):
    """So much of an item is to be available by the end of a week (its Monday), stock unit; orders consume it."""

    plan = models.ForeignKey(MasterPlan, models.CASCADE, related_name="quantities", verbose_name=_("master schedule"))
    week = models.DateField(_("week"))
    quantity = QuantityField(_("quantity"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("changed by")
    )
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("quantity of the master schedule")
        verbose_name_plural = _("quantities of the master schedule")
        default_permissions = ()
        ordering = ["week"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "week"], name="erp_masterquantity_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="erp_masterquantity_sign"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.week.isoformat()}"
