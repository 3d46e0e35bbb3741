"""The reports of finance in the navigation and in the table of facts."""

from django.utils.translation import gettext_lazy as _

from core.contributions import Fact, Navigation

CONTRIBUTIONS = (
    Navigation("finance", _("Reports"), "finance:reports", "finance.view_statements", "report-analytics", 58),
    Fact(_("layout of the financial statements"), "finance"),
)
