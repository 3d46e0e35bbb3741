"""The reports of finance in the navigation and in the table of facts."""

from django.utils.translation import gettext_lazy as _

from core.contributions import Fact

CONTRIBUTIONS = (Fact(_("layout of the financial statements"), "finance"),)
