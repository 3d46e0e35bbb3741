"""Warehouses and the locations stock lies in or moves through."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.history import History
from core.locks import LockRank
from masterdata.models.base import MasterRecord, in_chinese


class Warehouse(MasterRecord):
    """A building (or a part of one) whose stock is kept apart."""

    address = models.CharField(_("address"), max_length=250, blank=True)
    contact_name = models.CharField(_("contact"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    history = History()

    class Meta(MasterRecord.Meta):
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")

    def get_absolute_url(self) -> str:
        return reverse("masterdata:warehouse-detail", args=[self.pk])


class Location(models.Model):
    """A shelf of a warehouse, or one of the virtual places goods come from and go to (no warehouse)."""

    class Kind(models.TextChoices):
        STORAGE = "storage", _("Storage")
        SUPPLIER = "supplier", _("Suppliers")
        CUSTOMER = "customer", _("Customers")
        PRODUCTION = "production", _("Production")
        SCRAP = "scrap", _("Scrap")
        COUNT = "count", _("Count difference")
        TRANSIT = "transit", _("In transit")

    LOCK_RANK: int = LockRank.HEADER
    LOCK_PLACE: int = 6

    warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, null=True, blank=True, related_name="locations", verbose_name=_("warehouse")
    )
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.STORAGE)
    is_default = models.BooleanField(_("default of the warehouse"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(_("version"), default=0, editable=False)
    history = History()

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        ordering = ["warehouse__code", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["warehouse", "code"], nulls_distinct=False, name="masterdata_location_code"
            ),
            models.UniqueConstraint(
                fields=["warehouse"],
                condition=models.Q(is_default=True),
                name="masterdata_location_default",
                violation_error_message=_("A warehouse has one default location."),
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["storage", "scrap", "transit"], warehouse__isnull=False)
                | models.Q(
                    kind__in=["supplier", "customer", "production", "scrap", "count", "transit"],
                    warehouse__isnull=True,
                ),
                name="masterdata_location_kind_place",
                violation_error_message=_("Storage lies in a warehouse; suppliers, customers, production do not."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.warehouse.code} / {self.code}" if self.warehouse_id and self.warehouse else self.label()

    def get_absolute_url(self) -> str:
        return reverse("masterdata:location-detail", args=[self.pk])

    def label(self) -> str:
        """Return the name in the reader's language."""
        return self.name_zh if self.name_zh and in_chinese() else self.name
