"""What an item costs by element, rolled up from its structure, level by level."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from core.clock import today
from core.operations import may_perform
from core.typed import is_key
from core.views.base import OperationView, Page
from erp.models import Bom
from erp.selectors.boms import with_lines
from erp.selectors.cost_rollup import CostCycle, roll_up
from erp.selectors.cost_sheets import cost_sheet
from erp.services.cost_proposals import propose_standard_costs
from erp.views.boms import asked_day
from masterdata.models import Item


class ItemCostPage(Page, TemplateView):
    """The cost of a unit of an item on a day: components, operations, outputs; each component leads on."""

    permission_required = "masterdata.view_cost"
    template_name = "erp/bom/cost.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        item = Item.objects.select_related("uom").filter(pk=self.kwargs["pk"]).first()
        if item is None:
            raise Http404
        day = asked_day(self.request)
        asked = self.request.GET.get("bom", "")
        bom = Bom.objects.filter(pk=int(asked), item=item).first() if is_key(asked) else None
        context = super().get_context_data(**kwargs) | {"item": item, "date": day, "bom": bom}
        try:
            rolled = roll_up([item.pk], day, drafts=with_lines(Bom.objects.filter(pk=bom.pk), day) if bom else ())
        except CostCycle as circle:
            codes = dict(Item.objects.filter(pk__in=circle.path).values_list("pk", "code"))
            return context | {"circle": " → ".join(codes[pk] for pk in circle.path)}
        may_propose = may_perform(propose_standard_costs, self.request.user) and day == today() and bom is None
        return context | {"sheet": cost_sheet(rolled, item.pk), "may_propose": may_propose}


class ProposeStandardCosts(OperationView):
    """Draft a revaluation with the rolled-up costs."""

    service = propose_standard_costs
    pk_argument = "item_id"
    message = _("These are the proposed standard costs; posting them makes them valid.")
