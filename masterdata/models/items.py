"""Items, their categories, units, barcodes and aliases."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import PercentField, QuantityField, RateField, UnitCostField, UnitPriceField
from core.history import History
from masterdata.models.base import MasterRecord
from masterdata.models.warehouses import PickRule


class ItemCategory(MasterRecord):
    """A node of the category tree; without a valuation method of its own it has that of the category above."""

    class ValuationMethod(models.TextChoices):
        MOVING_AVERAGE = "moving_average", _("Moving average")
        FIFO = "fifo", _("First in, first out")
        STANDARD = "standard", _("Standard cost")
        MONTH_AVERAGE = "month_average", _("Month-end weighted average")

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent category")
    )
    valuation_method = models.CharField(
        _("valuation method"),
        max_length=16,
        choices=ValuationMethod,
        blank=True,
        help_text=_("How the stock of its items is valued. Empty: as in the category above, else moving average."),
    )
    history = History()

    class Meta(MasterRecord.Meta):
        verbose_name = _("item category")
        verbose_name_plural = _("item categories")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")),
                name="masterdata_itemcategory_parent",
                violation_error_message=_("Nothing lies below itself."),
            ),
            models.CheckConstraint(
                condition=models.Q(valuation_method__in=["", "moving_average", "fifo", "standard", "month_average"]),
                name="masterdata_itemcategory_valuation",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("masterdata:item-category-detail", args=[self.pk])


class Item(MasterRecord):
    """Something we buy, make, keep or sell. All ledgers count it in ``uom``, its stock unit."""

    class SupplyType(models.TextChoices):
        MAKE = "make", _("Make")
        BUY = "buy", _("Buy")
        SUBCONTRACT = "subcontract", _("Subcontract")

    class Tracking(models.TextChoices):
        NONE = "none", _("Not tracked")
        LOT = "lot", _("By lot")
        SERIAL = "serial", _("By serial number")

    class OrderPolicy(models.TextChoices):
        """Whether supply is pooled or belongs to one order."""

        MAKE_TO_STOCK = "make_to_stock", _("Make to stock")
        MAKE_TO_ORDER = "make_to_order", _("Make to order")
        MIXED = "mixed", _("From free stock, else to order")

    class LotPolicy(models.TextChoices):
        """How much is ordered at once; minimum, multiple and maximum come after it."""

        LOT_FOR_LOT = "lot_for_lot", _("Lot for lot")
        FIXED = "fixed", _("Lots of one size")
        PERIOD = "period", _("The needs of some days")
        MIN_MAX = "min_max", _("Up to the maximum stock")

    specification = models.CharField(_("specification"), max_length=200, blank=True)
    brand = models.CharField(_("brand"), max_length=80, blank=True)
    drawing_number = models.CharField(_("drawing number"), max_length=60, blank=True)
    drawing_revision = models.CharField(_("drawing revision"), max_length=20, blank=True)
    revision = models.CharField(_("item revision"), max_length=20, blank=True)
    category = models.ForeignKey(
        ItemCategory, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("category")
    )
    uom = models.ForeignKey("masterdata.UnitOfMeasure", models.PROTECT, related_name="+", verbose_name=_("stock unit"))
    supply_type = models.CharField(_("supply"), max_length=12, choices=SupplyType, default=SupplyType.BUY)
    is_phantom = models.BooleanField(
        _("phantom"),
        default=False,
        help_text=_("Never made by an order of its own: its components go into what it goes into."),
    )
    tracking = models.CharField(_("tracking"), max_length=8, choices=Tracking, default=Tracking.NONE)
    safety_stock = QuantityField(_("safety stock"), default=0, help_text=_("In the stock unit."))
    lead_time_days = models.PositiveIntegerField(_("lead time in working days"), default=0)
    min_lot = QuantityField(_("minimum lot"), default=0, help_text=_("In the stock unit; 0 means none."))
    lot_multiple = QuantityField(_("lot multiple"), default=0, help_text=_("In the stock unit; 0 means none."))
    max_lot = QuantityField(_("maximum lot"), null=True, blank=True, help_text=_("In the stock unit."))
    order_policy = models.CharField(
        _("order policy"),
        max_length=14,
        choices=OrderPolicy,
        default=OrderPolicy.MAKE_TO_STOCK,
        help_text=_("To order: each sales order has supply of its own, never shared."),
    )
    lot_policy = models.CharField(_("lot policy"), max_length=12, choices=LotPolicy, default=LotPolicy.LOT_FOR_LOT)
    lot_days = models.PositiveSmallIntegerField(
        _("days of one lot"), default=0, help_text=_("Calendar days whose needs one order covers.")
    )
    fixed_lot = QuantityField(_("fixed lot"), default=0, help_text=_("In the stock unit."))
    max_stock = QuantityField(_("maximum stock"), default=0, help_text=_("In the stock unit; an order fills up to it."))
    yield_percent = PercentField(_("yield %"), default=100, help_text=_("How much of what is started comes out good."))
    fence_days = models.PositiveSmallIntegerField(
        _("frozen days"), default=0, help_text=_("No new order is to be released within so many days from today.")
    )
    is_master_scheduled = models.BooleanField(
        _("in the master schedule"),
        default=False,
        help_text=_("Its quantities in the master schedule take the place of its forecast, and the frozen days hold."),
    )
    forecast_backward_periods = models.PositiveSmallIntegerField(
        _("forecast consumed backwards"), default=1, help_text=_("Periods before its own that an order consumes.")
    )
    forecast_forward_periods = models.PositiveSmallIntegerField(
        _("forecast consumed forwards"), default=0, help_text=_("Periods after its own that an order consumes.")
    )
    standard_cost = UnitCostField(_("standard cost"), default=0, help_text=_("Base currency per stock unit."))
    tax_category_code = models.CharField(
        _("tax classification code"),
        max_length=19,
        blank=True,
        help_text=_("Of the electronic invoice: the tax authority's code of the goods, nineteen digits."),
    )
    list_price = UnitPriceField(
        _("list price"), default=0, help_text=_("Base currency per stock unit, without tax; 0 means none.")
    )
    tax = models.ForeignKey(
        "masterdata.Tax",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tax"),
        help_text=_("Output VAT of sales documents."),
    )
    is_sold = models.BooleanField(_("sold"), default=True)
    is_purchased = models.BooleanField(_("purchased"), default=True)
    weight = QuantityField(_("weight in kg"), default=0, help_text=_("Per stock unit."))
    volume = QuantityField(_("volume in m³"), default=0, help_text=_("Per stock unit."))
    second_uom = models.ForeignKey(
        "masterdata.UnitOfMeasure",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("second unit"),
        help_text=_("Goods are also counted in this unit (pieces and kg), with the real factor of each move."),
    )
    second_factor = RateField(
        _("usual second quantity"),
        null=True,
        blank=True,
        help_text=_("How many of the second unit one stock unit usually is."),
    )
    shelf_life_days = models.PositiveIntegerField(
        _("shelf life in days"), null=True, blank=True, help_text=_("A new lot expires so many days after it came.")
    )
    inspect_receipts = models.BooleanField(
        _("receipts go to inspection"), default=False, help_text=_("Received goods wait in a place of inspection.")
    )
    pick_rule = models.CharField(
        _("taking from stock"),
        max_length=8,
        choices=PickRule,
        blank=True,
        help_text=_("Empty: the rule of the warehouse."),
    )
    put_away_zone = models.ForeignKey(
        "masterdata.Zone",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("put-away zone"),
    )
    pinyin = models.CharField(max_length=600, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        verbose_name=_("merged into"),
    )
    history = History(excluded_fields=["pinyin"])

    class Meta(MasterRecord.Meta):
        verbose_name = _("item")
        verbose_name_plural = _("items")
        permissions = [
            ("view_cost", _("Can see costs and margins")),
            ("change_cost", _("Can change standard costs")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    safety_stock__gte=0,
                    min_lot__gte=0,
                    lot_multiple__gte=0,
                    standard_cost__gte=0,
                    list_price__gte=0,
                    weight__gte=0,
                    volume__gte=0,
                ),
                name="masterdata_item_signs",
                violation_error_message=_("Quantities, prices and costs cannot be negative."),
            ),
            models.CheckConstraint(
                condition=models.Q(max_lot__isnull=True)
                | (models.Q(max_lot__gt=0) & models.Q(max_lot__gte=models.F("min_lot"))),
                name="masterdata_item_lot_sizes",
                violation_error_message=_("The maximum lot is smaller than the minimum lot."),
            ),
            models.CheckConstraint(
                condition=models.Q(supply_type__in=["make", "buy", "subcontract"]), name="masterdata_item_supply"
            ),
            models.CheckConstraint(
                condition=models.Q(tracking__in=["none", "lot", "serial"]), name="masterdata_item_tracking"
            ),
            models.CheckConstraint(
                condition=models.Q(order_policy__in=["make_to_stock", "make_to_order", "mixed"]),
                name="masterdata_item_order_policy",
            ),
            models.CheckConstraint(
                condition=models.Q(lot_policy="lot_for_lot")
                | models.Q(lot_policy="fixed", fixed_lot__gt=0)
                | models.Q(lot_policy="period", lot_days__gt=0)
                | models.Q(lot_policy="min_max", max_stock__gt=0, max_stock__gte=models.F("safety_stock")),
                name="masterdata_item_lot_policy",
                violation_error_message=_(
                    "A fixed lot needs its size, lots by period their days, "
                    "and a maximum stock at least as high as the safety stock."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(fixed_lot__gte=0, max_stock__gte=0, yield_percent__gt=0, yield_percent__lte=100),
                name="masterdata_item_planning",
                violation_error_message=_("The yield is above zero and at most 100 percent."),
            ),
            models.CheckConstraint(
                condition=models.Q(lead_time_days__lte=3650),
                name="masterdata_item_lead_time",
                violation_error_message=_("A lead time is at most 3650 working days."),
            ),
            models.CheckConstraint(
                condition=models.Q(shelf_life_days__isnull=True) | models.Q(shelf_life_days__lte=36500),
                name="masterdata_item_shelf_life",
                violation_error_message=_("A shelf life is at most 36500 days."),
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | ~models.Q(merged_into=models.F("id")),
                name="masterdata_item_merged",
            ),
            models.CheckConstraint(
                condition=models.Q(second_factor__isnull=True)
                | models.Q(second_factor__gt=0, second_uom__isnull=False),
                name="masterdata_item_second_factor",
                violation_error_message=_("The usual second quantity is above zero and has a second unit."),
            ),
            models.CheckConstraint(
                condition=~models.Q(is_phantom=True, supply_type="buy"),
                name="masterdata_item_phantom",
                violation_error_message=_("A phantom is made, never bought."),
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("masterdata:item-detail", args=[self.pk])

    @property
    def uom_decimals(self) -> int:
        """Return the decimals of quantities in the stock unit."""
        return self.uom.decimals


class ItemUnit(models.Model):
    """Another unit an item is bought, sold or issued in: 1 ``uom`` = ``factor`` stock units of this item."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="units", verbose_name=_("item"))
    uom = models.ForeignKey("masterdata.UnitOfMeasure", models.PROTECT, related_name="+", verbose_name=_("unit"))
    factor = RateField(_("factor"), help_text=_("How many stock units one of this unit is."))
    history = History()

    class Meta:
        verbose_name = _("item unit")
        verbose_name_plural = _("item units")
        ordering = ["item", "id"]
        constraints = [
            models.UniqueConstraint(fields=["item", "uom"], name="masterdata_itemunit_once"),
            models.CheckConstraint(
                condition=models.Q(factor__gt=0),
                name="masterdata_itemunit_factor",
                violation_error_message=_("A factor is greater than zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item.code} {self.uom}"


class ItemBarcode(models.Model):
    """A barcode that names an item (and, when it stands on a box, the unit of the box)."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="barcodes", verbose_name=_("item"))
    barcode = models.CharField(_("barcode"), max_length=80, unique=True)
    uom = models.ForeignKey(
        "masterdata.UnitOfMeasure", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )

    class Meta:
        verbose_name = _("barcode")
        verbose_name_plural = _("barcodes")
        ordering = ["item", "id"]

    def __str__(self) -> str:
        return self.barcode


class ItemAlias(models.Model):
    """What somebody else calls the item: a customer, a supplier, or ourselves in the past."""

    class Kind(models.TextChoices):
        CUSTOMER = "customer", _("Customer's code")
        SUPPLIER = "supplier", _("Supplier's code")
        OLD = "old", _("Old code")

    item = models.ForeignKey(Item, models.CASCADE, related_name="aliases", verbose_name=_("item"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    partner = models.ForeignKey(
        "masterdata.Partner", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("partner")
    )
    code = models.CharField(_("code"), max_length=80, db_index=True)
    name = models.CharField(_("name"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("item alias")
        verbose_name_plural = _("item aliases")
        ordering = ["item", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "partner", "code"], nulls_distinct=False, name="masterdata_itemalias_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="old", partner__isnull=True)
                | models.Q(kind__in=["customer", "supplier"], partner__isnull=False),
                name="masterdata_itemalias_partner",
                violation_error_message=_("A customer's or supplier's code names its partner; an old code has none."),
            ),
        ]

    def __str__(self) -> str:
        return self.code
