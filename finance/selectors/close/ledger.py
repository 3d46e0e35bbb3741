"""Checks before the general ledger of a period is closed."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from finance.selectors.close.base import Check, holds
from finance.selectors.invariants import LEDGER
from finance.states import PeriodModule

CHECKS = (
    Check(
        "ledger",
        PeriodModule.LEDGER,
        _("Entries balance, and every posted document has its entry"),
        "administrator",
        holds(*(one for one in LEDGER if one.closes)),
        lambda period: reverse("finance:trial-balance"),
        _("Look at the trial balance"),
    ),
)
