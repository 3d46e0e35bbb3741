"""Currencies and their dated rates."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import RateField
from core.history import History
from core.locks import LockRank
from masterdata.models.base import MasterRecord


class Currency(MasterRecord):
    """A currency by its ISO 4217 code; amounts in it are rounded to ``decimals``."""

    decimals = models.PositiveSmallIntegerField(_("decimals"), default=2)
    symbol = models.CharField(_("symbol"), max_length=6, blank=True)
    history = History()

    class Meta(MasterRecord.Meta):
        verbose_name = _("currency")
        verbose_name_plural = _("currencies")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decimals__lte=4),
                name="masterdata_currency_decimals",
                violation_error_message=_("At most four decimals."),
            ),
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[A-Z]{3}$"),
                name="masterdata_currency_code",
                violation_error_message=_("A currency code is three capital letters (ISO 4217)."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("masterdata:currency-detail", args=[self.pk])


class ExchangeRate(models.Model):
    """From ``date`` on, 1 unit of the currency is ``rate`` units of the base currency, until a later rate."""

    LOCK_RANK: int = LockRank.HEADER
    LOCK_PLACE: int = 6

    currency = models.ForeignKey(Currency, models.PROTECT, related_name="rates", verbose_name=_("currency"))
    date = models.DateField(_("from"))
    rate = RateField(_("rate"), help_text=_("Units of the base currency for one."))
    history = History()

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["currency", "-date"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "date"], name="masterdata_exchangerate_day"),
            models.CheckConstraint(
                condition=models.Q(rate__gt=0),
                name="masterdata_exchangerate_rate",
                violation_error_message=_("A rate is greater than zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.date}"
