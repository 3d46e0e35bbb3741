"""Quantities of the ledgers' unit that somebody typed in another one."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import RateField
from core.money import round_quantity


class InUnit(models.Model):
    """A row whose quantity (in the stock unit) may have been typed in ``uom``: ``unit_factor`` stock units each, then.

    TYPED  the field that holds the quantity.
    """

    TYPED: ClassVar[str] = "quantity"

    uom = models.ForeignKey(
        "masterdata.UnitOfMeasure",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("typed in"),
    )
    unit_factor = RateField(
        _("factor"), null=True, blank=True, editable=False, help_text=_("Stock units that one of it was.")
    )

    class Meta:
        abstract = True

    @property
    def entered_quantity(self) -> Decimal | None:
        """What was typed, in ``uom``; None: it was typed in the stock unit."""
        return self.in_typed_unit(getattr(self, self.TYPED))

    def in_typed_unit(self, quantity: Decimal) -> Decimal | None:
        """Return a quantity of the row (in the stock unit) in ``uom``; None: it was typed in the stock unit."""
        return None if self.unit_factor is None else round_quantity(quantity / self.unit_factor, 6)


def unit_check(name: str) -> models.CheckConstraint:
    """Return the check that unit and factor of an `InUnit` stand together."""
    return models.CheckConstraint(
        condition=Q(uom__isnull=True, unit_factor__isnull=True) | Q(uom__isnull=False, unit_factor__gt=0), name=name
    )
