"""Labels of lots and serial numbers."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.formats import readable
from core.labels import Label
from core.views.labels import LabelsPage
from erp.filters.stock import LotFilter
from erp.models import Lot
from erp.selectors.stock import lots


class LotLabels(LabelsPage):
    """Labels of lots: scanners read the lot's code, people its item and its expiry too."""

    model = Lot
    filterset_class = LotFilter
    permission_required = "erp.view_lot"

    def rows(self) -> QuerySet:
        return lots()

    def labels(self, rows: Sequence[Any]) -> list[Label]:
        return [
            Label(
                head=lot.code,
                code=lot.code,
                name=str(lot.item),
                facts=(_("Expires on %(date)s") % {"date": readable(lot.expiry_date)},) if lot.expiry_date else (),
            )
            for lot in rows
        ]
