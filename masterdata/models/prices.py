"""Price lists and the suppliers' catalogue."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import PercentField, QuantityField, UnitPriceField
from core.history import History
from core.locks import LockRank
from masterdata.models.base import MasterRecord


class PriceList(MasterRecord):
    """Prices in one currency for one partner, one customer class, or everybody; ``valid_to`` is exclusive."""

    class Kind(models.TextChoices):
        SALES = "sales", _("Sales")
        PURCHASE = "purchase", _("Purchase")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.SALES)
    currency = models.ForeignKey("masterdata.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    tax_included = models.BooleanField(_("prices include tax"), default=True)
    partner = models.ForeignKey(
        "masterdata.Partner",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("only for partner"),
    )
    customer_class = models.ForeignKey(
        "masterdata.CustomerClass",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("only for customer class"),
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until (exclusive)"), null=True, blank=True)
    history = History()

    class Meta(MasterRecord.Meta):
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True)
                | models.Q(valid_from__isnull=True)
                | models.Q(valid_to__gt=models.F("valid_from")),
                name="masterdata_pricelist_validity",
                violation_error_message=_("The end of validity lies before its beginning."),
            ),
            models.CheckConstraint(
                condition=models.Q(partner__isnull=True) | models.Q(customer_class__isnull=True),
                name="masterdata_pricelist_for_whom",
                violation_error_message=_("A price list is for a partner or for a customer class, not for both."),
            ),
            models.CheckConstraint(
                condition=models.Q(kind="sales") | models.Q(kind="purchase", customer_class__isnull=True),
                name="masterdata_pricelist_kind_known",
                violation_error_message=_("Customer classes have sales prices only."),
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("masterdata:price-list-detail", args=[self.pk])


class PriceListLine(models.Model):
    """A price of one item (or a discount on a whole category) from a quantity on; quantities in ``uom``.

    ``uom`` empty means the item's stock unit. With ``item`` the price less the discount holds; with ``category`` the
    discount is taken from the item's list price (price 0), or the price holds for each item of the category.
    """

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="lines", verbose_name=_("price list"))
    item = models.ForeignKey(
        "masterdata.Item", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("item")
    )
    category = models.ForeignKey(
        "masterdata.ItemCategory", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    uom = models.ForeignKey(
        "masterdata.UnitOfMeasure", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    min_quantity = QuantityField(_("from quantity"), default=0)
    price = UnitPriceField(_("price"), default=0)
    discount_percent = PercentField(_("discount in %"), default=0)
    floor_price = UnitPriceField(
        _("floor price"), null=True, blank=True, help_text=_("Selling below it needs an approval.")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until (exclusive)"), null=True, blank=True)
    history = History()

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ["price_list", "item__code", "category__code", "min_quantity", "id"]
        indexes = [
            models.Index(fields=["item", "price_list"], name="masterdata_priceline_item"),
            models.Index(fields=["category", "price_list"], name="masterdata_priceline_category"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(item__isnull=True) ^ models.Q(category__isnull=True),
                name="masterdata_priceline_what",
                violation_error_message=_("A price is for an item or for a category."),
            ),
            models.CheckConstraint(
                condition=models.Q(
                    min_quantity__gte=0, price__gte=0, discount_percent__gte=0, discount_percent__lte=100
                )
                & (models.Q(floor_price__isnull=True) | models.Q(floor_price__gte=0)),
                name="masterdata_priceline_signs",
                violation_error_message=_(
                    "Quantities and prices cannot be negative; a discount lies between 0 and 100."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True)
                | models.Q(valid_from__isnull=True)
                | models.Q(valid_to__gt=models.F("valid_from")),
                name="masterdata_priceline_validity",
                violation_error_message=_("The end of validity lies before its beginning."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.price_list.code} {self.item or self.category}"


class SupplierItem(models.Model):
    """What one supplier offers of one item: his code, lead time, smallest order and price (without tax)."""

    LOCK_RANK: int = LockRank.HEADER
    LOCK_PLACE: int = 6

    partner = models.ForeignKey(
        "masterdata.Partner", models.PROTECT, related_name="catalogue", verbose_name=_("supplier")
    )
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="suppliers", verbose_name=_("item"))
    supplier_code = models.CharField(_("supplier's code"), max_length=80, blank=True, db_index=True)
    lead_time_days = models.PositiveIntegerField(_("lead time in working days"), default=0)
    min_order = QuantityField(_("minimum order"), default=0, help_text=_("In the stock unit."))
    price = UnitPriceField(_("price"), default=0, help_text=_("Per stock unit, without tax."))
    currency = models.ForeignKey("masterdata.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    is_preferred = models.BooleanField(_("preferred supplier"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(_("version"), default=0, editable=False)
    history = History()

    class Meta:
        verbose_name = _("supplier's item")
        verbose_name_plural = _("suppliers' catalogue")
        ordering = ["item__code", "partner__code"]
        permissions = [("view_purchase_price", _("Can see purchase prices"))]
        constraints = [
            models.UniqueConstraint(fields=["partner", "item"], name="masterdata_supplieritem_once"),
            models.UniqueConstraint(
                fields=["item"],
                condition=models.Q(is_preferred=True),
                name="masterdata_supplieritem_preferred",
                violation_error_message=_("An item has one preferred supplier."),
            ),
            models.CheckConstraint(
                condition=models.Q(min_order__gte=0, price__gte=0),
                name="masterdata_supplieritem_signs",
                violation_error_message=_("Quantities, prices and costs cannot be negative."),
            ),
            models.CheckConstraint(
                condition=models.Q(lead_time_days__lte=3650),
                name="masterdata_supplieritem_lead_time",
                violation_error_message=_("A lead time is at most 3650 working days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} · {self.item}"

    def get_absolute_url(self) -> str:
        return reverse("masterdata:supplier-item-detail", args=[self.pk])
