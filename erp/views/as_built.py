"""As-built records of a work order: scan the finished piece, then what is in it."""

from typing import Any

from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from core.operations import perform
from core.views.base import OperationView
from erp.models import WorkOrder
from erp.selectors.as_built import as_built
from erp.services.work_orders import record_as_built, remove_as_built
from erp.services.work_orders.building import OPEN
from erp.views.scanning import ScannerPage


class AsBuiltPage(ScannerPage):
    """The first scan is the finished piece, every other one a component of it, until the next piece."""

    permission_required = "erp.report_workorder"
    template_name = "erp/work_order/as_built.html"

    @cached_property
    def work_order(self) -> WorkOrder:
        """The order, or 404."""
        rows = WorkOrder.objects.visible_to(self.request.user).select_related("item__uom")
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    @property
    def product(self) -> str:
        """The code of the finished piece that is being built."""
        return (self.request.POST.get("product") or self.request.GET.get("product") or "").strip()

    def after_scan(self, code: str) -> str:
        product = self.product
        if product:
            perform(
                record_as_built,
                actor=self.request.user,
                key=self.request.POST.get("_key") or None,
                work_order_id=self.work_order.pk,
                product=product,
                components=[code],
            )
            messages.success(self.request, _("%(part)s is in %(piece)s.") % {"part": code, "piece": product})
        return f"{as_built_url(self.work_order.pk)}?{urlencode({'product': product or code})}"

    def context(self) -> dict[str, Any]:
        rows = as_built(self.work_order)
        return {
            "order": self.work_order,
            "product": self.product,
            "current": next((one for one in rows if one.product.code == self.product), None),
            "rows": rows,
            "is_open": self.work_order.state in OPEN,
        }


class RemoveAsBuilt(OperationView):
    """POST: take a component out again."""

    service = remove_as_built

    def key_arguments(self) -> dict[str, Any]:
        return {"work_order_id": self.kwargs["pk"], "record_id": self.kwargs["record"]}

    def success_url(self, result: Any) -> str:
        return as_built_url(result.pk)


def as_built_url(work_order_id: int) -> str:
    """Return the page of an order's as-built records."""
    return reverse("erp:work-order-as-built", args=[work_order_id])
