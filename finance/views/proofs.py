"""Page of what the proof of the books found broken."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.views.base import ListPage
from finance.filters.proofs import BreachFilter
from finance.models import Breach
from finance.tables.proofs import BreachTable


class BreachList(ListPage):
    model = Breach
    table_class = BreachTable
    filterset_class = BreachFilter
    permission_required = "finance.view_breach"
    title = _("Proof of the books")
    empty_text = _(
        "Nothing is broken: the books are checked every minute where they were touched, every night in whole."
    )

    def base_queryset(self) -> Any:
        return Breach.objects.order_by("-pk")
