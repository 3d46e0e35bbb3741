"""Warehouses with their zones, and the locations stock lies in or moves through."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import QuantityField
from core.history import History
from core.locks import LockRank
from masterdata.models.base import MasterRecord, in_chinese


class PickRule(models.TextChoices):
    """In which order stock is taken."""

    FEFO = "fefo", _("First expiring first")
    FIFO = "fifo", _("First in first out")
    BIN = "bin", _("By the order of the places")


class Warehouse(MasterRecord):
    """A building (or a part of one) whose stock is kept apart."""

    pick_rule = models.CharField(
        _("taking from stock"),
        max_length=8,
        choices=PickRule,
        default=PickRule.FEFO,
        help_text=_("Items may have a rule of their own."),
    )
    address = models.CharField(_("address"), max_length=250, blank=True)
    contact_name = models.CharField(_("contact"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    history = History()

    class Meta(MasterRecord.Meta):
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")

    def get_absolute_url(self) -> str:
        return reverse("masterdata:warehouse-detail", args=[self.pk])


class Zone(models.Model):
    """A part of a warehouse whose places belong together: cold store, high rack, small parts."""

    LOCK_RANK: int = LockRank.HEADER
    LOCK_PLACE: int = 5

    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="zones", verbose_name=_("warehouse"))
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(_("version"), default=0, editable=False)
    history = History()

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        ordering = ["warehouse__code", "code"]
        constraints = [models.UniqueConstraint(fields=["warehouse", "code"], name="masterdata_zone_code")]

    def __str__(self) -> str:
        return f"{self.warehouse.code} / {self.code}"

    def get_absolute_url(self) -> str:
        return reverse("masterdata:zone-detail", args=[self.pk])

    def label(self) -> str:
        """Return the name in the reader's language."""
        return self.name_zh if self.name_zh and in_chinese() else self.name


class StockStatus(models.TextChoices):
    """Whether goods may be used: of a place for all that lies there, of a lot wherever it lies."""

    USABLE = "usable", _("Usable")
    INSPECTION = "inspection", _("In inspection")
    BLOCKED = "blocked", _("Blocked")


class Location(models.Model):
    """A shelf of a warehouse, or one of the virtual places goods come from and go to (no warehouse)."""

    class Kind(models.TextChoices):
        STORAGE = "storage", _("Storage")
        LINE_SIDE = "line_side", _("Line side")
        SUPPLIER = "supplier", _("Suppliers")
        CUSTOMER = "customer", _("Customers")
        PRODUCTION = "production", _("Production")
        SCRAP = "scrap", _("Scrap")
        COUNT = "count", _("Count difference")
        TRANSIT = "transit", _("In transit")
        AT_SUPPLIER = "at_supplier", _("At a subcontractor")

    LOCK_RANK: int = LockRank.HEADER
    LOCK_PLACE: int = 6

    warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, null=True, blank=True, related_name="locations", verbose_name=_("warehouse")
    )
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.STORAGE)
    zone = models.ForeignKey(
        Zone, models.PROTECT, null=True, blank=True, related_name="locations", verbose_name=_("zone")
    )
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=StockStatus,
        default=StockStatus.USABLE,
        help_text=_("Goods in inspection or blocked are on hand, not available."),
    )
    pick_order = models.PositiveIntegerField(
        _("pick order"), default=0, help_text=_("The way through the warehouse: lower first.")
    )
    put_away_order = models.PositiveIntegerField(_("put-away order"), default=0, help_text=_("Lower first."))
    capacity = QuantityField(
        _("capacity"),
        null=True,
        blank=True,
        help_text=_("How much fits, in stock units of what lies there; empty: no limit."),
    )
    partner = models.ForeignKey(
        "masterdata.Partner", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("supplier")
    )
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
                condition=models.Q(kind__in=["storage", "line_side", "scrap", "transit"], warehouse__isnull=False)
                | models.Q(
                    kind__in=["supplier", "customer", "production", "scrap", "count", "transit", "at_supplier"],
                    warehouse__isnull=True,
                ),
                name="masterdata_location_kind_place",
                violation_error_message=_("Storage lies in a warehouse; suppliers, customers, production do not."),
            ),
            models.CheckConstraint(
                condition=models.Q(kind="at_supplier", partner__isnull=False)
                | (~models.Q(kind="at_supplier") & models.Q(partner__isnull=True)),
                name="masterdata_location_supplier",
                violation_error_message=_("A place at a subcontractor names the supplier, no other place does."),
            ),
            models.UniqueConstraint(fields=["partner"], name="masterdata_location_one_per_supplier"),
            models.CheckConstraint(
                condition=models.Q(status__in=StockStatus.values), name="masterdata_location_status"
            ),
            models.CheckConstraint(
                condition=models.Q(status="usable") | models.Q(is_default=False),
                name="masterdata_location_default_usable",
                violation_error_message=_("The default location of a warehouse is usable."),
            ),
            models.CheckConstraint(
                condition=models.Q(capacity__isnull=True) | models.Q(capacity__gt=0),
                name="masterdata_location_capacity",
                violation_error_message=_("A capacity is greater than zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.warehouse.code} / {self.code}" if self.warehouse_id and self.warehouse else self.label()

    def get_absolute_url(self) -> str:
        return reverse("masterdata:location-detail", args=[self.pk])

    def label(self) -> str:
        """Return the name in the reader's language."""
        return self.name_zh if self.name_zh and in_chinese() else self.name
