"""The page of substitutes: what may replace what, alone or together with others, and where."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.views.base import ListPage
from erp.filters.substitutes import SubstituteFilter
from erp.models import BomSubstitute
from erp.selectors.bom_uses import substitutes
from erp.tables.substitutes import SubstituteTable


class SubstituteList(ListPage):
    """All substitutes of all bills, those that are replaced together beside each other."""

    model = BomSubstitute
    table_class = SubstituteTable
    filterset_class = SubstituteFilter
    permission_required = "erp.view_bom"
    title = _("Substitutes")
    empty_text = _("No component has a substitute: they are typed on the bill of material.")

    def base_queryset(self) -> Any:
        return substitutes()
