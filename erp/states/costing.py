"""What the cost of a work order is made of, and what happens when it runs over."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CostElement(models.TextChoices):
    """What money of an order is spent for (成本要素)."""

    MATERIAL = "material", _("Material")
    SUB_ASSEMBLY = "sub_assembly", _("Sub-assemblies")
    LABOUR = "labour", _("Labour")
    MACHINE = "machine", _("Machine")
    OVERHEAD = "overhead", _("Overhead")
    SUBCONTRACT = "subcontract", _("Subcontracting")
    OTHER = "other", _("Other charges")
    BY_PRODUCT = "by_product", _("Less by-products")


class Variance(models.TextChoices):
    """Why an order cost something else than the target for what it brought (成本差异)."""

    PRICE = "price", _("Input price")
    USAGE = "usage", _("Usage")
    SUBSTITUTION = "substitution", _("Substitution")
    RATE = "rate", _("Labour rate")
    EFFICIENCY = "efficiency", _("Efficiency")
    LOT_SIZE = "lot_size", _("Set-up and lot size")
    OVERHEAD = "overhead", _("Overhead")
    SCRAP = "scrap", _("Scrap")
    OTHER = "other", _("Other charges and by-products")
    ROUNDING = "rounding", _("Rounding")


class OverrunAction(models.TextChoices):
    """What a posting does that would bring an order above its budget."""

    WARN = "warn", _("Post it and tell those responsible")
    REFUSE = "refuse", _("Refuse it, except for those who may exceed the budget")
