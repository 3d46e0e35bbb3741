"""Pages of whole sets and of substitutes."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.views.base import FormPage
from erp.forms.making import ExtraRequestForm, KitForm, SubstituteForm
from erp.models import WorkOrder, WorkOrderMaterial
from erp.selectors.kits import kit_of, substitutes_for
from erp.selectors.over_issues import has_policy
from erp.selectors.work_orders import material_supply
from erp.services import work_orders
from erp.views.overruns import AsksBeforeOverrun


class IssueKits(AsksBeforeOverrun):
    """Issue so many sets; the page says how many there can be, and what runs out first."""

    service = work_orders.issue_kits
    form_class = KitForm
    template_name = "erp/work_order/kits.html"
    title = _("Issue sets")
    model = WorkOrder
    message = _("The material is issued.")

    def supplies(self) -> Any:
        if not hasattr(self, "_supplies"):
            self._supplies = material_supply(self.document, today())
        return self._supplies

    def get_initial(self) -> dict[str, Any]:
        return {"sets": kit_of(self.document, self.supplies()).possible or None}

    def extra_context(self) -> dict[str, Any]:
        return super().extra_context() | {"kit": kit_of(self.document, self.supplies()), "materials": self.supplies()}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"work_order_id": self.document.pk} | form.cleaned_data


class UseSubstitute(FormPage):
    """Replace a material by what the bill of material allows instead."""

    service = work_orders.use_substitute
    form_class = SubstituteForm
    template_name = "core/form.html"
    title = _("Use a substitute")
    model = WorkOrder
    message = _("The substitute is on the material list.")

    def material(self) -> WorkOrderMaterial:
        rows = self.document.materials.select_related("item__uom", "bom_line")
        found: WorkOrderMaterial | None = rows.filter(pk=self.kwargs["material_pk"]).first()
        if found is None:
            raise Http404
        return found

    def form_kwargs(self) -> dict[str, Any]:
        return {"substitutes": substitutes_for(self.material(), today())}

    def get_initial(self) -> dict[str, Any]:
        line = self.material()
        supplies = {one.line.pk: one for one in material_supply(self.document, today())}
        first = substitutes_for(line, today())
        short = supplies[line.pk].short if line.pk in supplies else line.open_quantity
        return {"quantity": short or line.open_quantity, "item": first[0][0].item_id if first else None}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"work_order_id": self.document.pk, "material_id": self.kwargs["material_pk"]} | form.values()


class RequestExtraMaterial(FormPage):
    """Ask for more than planned; who has to agree is asked on the order's page."""

    service = work_orders.request_extra_material
    form_class = ExtraRequestForm
    template_name = "core/form.html"
    title = submit_label = _("Ask for more than planned")
    model = WorkOrder

    @property
    def message(self) -> Any:  # type: ignore[override]
        if has_policy():
            return _("Asked for. It can be issued once it is approved.")
        return _("Noted. Somebody with the right to issue more than planned has to issue it: no approval is set up.")

    def form_kwargs(self) -> dict[str, Any]:
        return {"order": self.document}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"work_order_id": self.document.pk} | form.values()
