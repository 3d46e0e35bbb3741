"""What a kit check and a promise can be asked."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class KitMode(models.TextChoices):
    """What counts as there when kits are checked."""

    ON_HAND = "on_hand", _("On hand")
    RECEIPTS = "receipts", _("With receipts until a day")
    SUB_ASSEMBLIES = "sub_assemblies", _("With sub-assemblies that can be made")


class KitPolicy(models.TextChoices):
    """Who gets what is short."""

    GREEDY = "greedy", _("The first takes all he can use")
    NO_HOARDING = "no_hoarding", _("Only what completes whole kits")


class KitStatus(models.TextChoices):
    """How much of an order could be made."""

    COMPLETE = "complete", _("Complete")
    PARTIAL = "partial", _("In part")
    NONE = "none", _("Not one")


class PromiseRule(models.TextChoices):
    """How far a promise goes beyond stock and firm supply."""

    ATP = "atp", _("Stock and firm supply only")
    RLT = "rlt", _("At the latest after the replenishment lead time")
    CTP = "ctp", _("What is missing is bought or made")
