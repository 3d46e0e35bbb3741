"""What every document with prices has: currency, tax mode, rounding level, amounts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import AmountField, PercentField, QuantityField, RateField, UnitPriceField


class PricedDocument(models.Model):
    """Header of a document with prices; amounts in ``currency``, ``exchange_rate`` = base units for 1 of it."""

    class RoundingLevel(models.TextChoices):
        LINE = "line", _("Per line")
        DOCUMENT = "document", _("Per document")

    partner = models.ForeignKey("masterdata.Partner", models.PROTECT, related_name="+", verbose_name=_("partner"))
    currency = models.ForeignKey("masterdata.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    exchange_rate = RateField(_("exchange rate"), default=1)
    tax_included = models.BooleanField(_("prices include tax"), default=True)
    rounding_level = models.CharField(
        _("tax rounding"), max_length=10, choices=RoundingLevel, default=RoundingLevel.LINE
    )
    net_amount = AmountField(_("net amount"), default=0, editable=False)
    tax_amount = AmountField(_("tax amount"), default=0, editable=False)
    gross_amount = AmountField(_("total with tax"), default=0, editable=False)

    class Meta:
        abstract = True


class PricedLine(models.Model):
    """Line of a document with prices: what was typed, and the amounts that follow from it.

    ``quantity`` and ``price`` are in ``uom``; ``stock_quantity`` is the same quantity in the item's stock unit.
    A line without ``item`` is a text line (a service, a fee) and has a ``description``.
    """

    item = models.ForeignKey(
        "masterdata.Item", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("item")
    )
    description = models.CharField(_("description"), max_length=300, blank=True)
    quantity = QuantityField(_("quantity"))
    uom = models.ForeignKey(
        "masterdata.UnitOfMeasure", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    stock_quantity = QuantityField(_("quantity in stock unit"), default=0, editable=False)
    price = UnitPriceField(_("price"), default=0)
    discount_percent = PercentField(_("discount in %"), default=0)
    tax = models.ForeignKey(
        "masterdata.Tax", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tax")
    )
    tax_rate = PercentField(_("tax rate in %"), default=0)
    net_amount = AmountField(_("net amount"), default=0, editable=False)
    tax_amount = AmountField(_("tax amount"), default=0, editable=False)
    gross_amount = AmountField(_("amount with tax"), default=0, editable=False)

    class Meta:
        abstract = True
