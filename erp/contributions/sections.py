"""The folds of planning, production and warehouse in the navigation; what is used all day stands above them."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.contributions import Section, contribute

SECTIONS = (
    Section("planning", "demand", _("Demand planning"), 50),
    Section("planning", "capacity", pgettext_lazy("navigation", "Capacity"), 70),
    Section("planning", "rules", _("Rules of planning"), 90),
    Section("production", "engineering", _("Engineering data"), 40),
    Section("production", "cost", _("Wages and cost"), 60),
    Section("warehouse", "inquiries", _("Stock inquiries"), 60),
    Section("warehouse", "control", _("Limits and valuation"), 80),
)


def register() -> None:
    """Register the folds."""
    contribute(*SECTIONS)
