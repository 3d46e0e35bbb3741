"""Units of measure."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.history import History
from masterdata.models.base import MasterRecord


class UnitOfMeasure(MasterRecord):
    """A unit quantities are counted in; ``decimals`` is the rounding step of quantities in it."""

    decimals = models.PositiveSmallIntegerField(_("decimals"), default=0)
    history = History()

    class Meta(MasterRecord.Meta):
        verbose_name = _("unit of measure")
        verbose_name_plural = _("units of measure")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decimals__lte=6),
                name="masterdata_uom_decimals",
                violation_error_message=_("At most six decimals."),
            )
        ]

    def __str__(self) -> str:
        return self.label()

    def get_absolute_url(self) -> str:
        return reverse("masterdata:unit-detail", args=[self.pk])
