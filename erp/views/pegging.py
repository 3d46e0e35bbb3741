"""Pages of pegging both ways, and of what is short for one order: as a table, a tree, a sankey."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core.clock import today
from core.formats import readable
from core.views.base import OperationView, Page, visible
from crm.models import SalesOrder, SalesOrderLine
from erp.models import PlannedOrder, PlanningEvent, PlanVerdict, Supply, WorkOrder
from erp.models.planning import identity_parts
from erp.selectors.peg_pictures import sankey_option, tree_option, tree_size, tree_width
from erp.selectors.peg_uses import Uses, uses_of_planned_order, uses_of_stock, uses_of_supply
from erp.selectors.pegging import pegs_of_line, pegs_of_work_order
from erp.selectors.plan import current_run, planned_order
from erp.selectors.short_of import awaited_items, short_items
from erp.selectors.sources import url_of
from erp.selectors.work_orders import MaterialSupply, material_supply
from erp.services import planning
from erp.views.planning import firmed_text
from masterdata.models import Item

TABLE, TREE, SANKEY = "table", "tree", "sankey"
VIEWS = (
    (TABLE, gettext_lazy("Table")),
    (TREE, gettext_lazy("Tree")),
    (SANKEY, gettext_lazy("Sankey")),
)


class PegsPage(Page, TemplateView):
    """Nodes as a table, a tree or a sankey, as ``view`` in the address says."""

    def drawn(self, title: str, roots: Any) -> dict[str, Any]:
        """Return the tabs and the picture, if one is asked for."""
        asked = self.request.GET.get("view", TABLE)
        tabs = [
            {"label": label, "url": f"{self.request.path}?view={code}", "active": code == asked}
            for code, label in VIEWS
        ]
        option = {TREE: tree_option, SANKEY: sankey_option}.get(asked)
        picture = option(title, roots) if option and roots else None
        is_tree = picture is not None and asked == TREE
        return {
            "tabs": tabs,
            "picture": picture,
            "size": tree_size(picture) if is_tree else "xl",
            "width": tree_width(picture) if is_tree else "w2",
            "has_shares": any(node.is_share for root in roots for node in root.flat()),
        }


def line_in_scope(user: Any, pk: int) -> SalesOrderLine:
    """Return an order line the user may see."""
    rows = SalesOrderLine.objects.filter(pk=pk, order__in=visible(SalesOrder, user), item__isnull=False)
    line = rows.select_related("order__partner", "item__uom").first()
    if line is None:
        raise Http404
    return line


class PeggingPage(PegsPage):
    """From an order line down to the raw material."""

    permission_required = "erp.view_planverdict"
    template_name = "erp/plan/pegging.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        line = line_in_scope(user, self.kwargs["pk"])
        pegs = pegs_of_line(line.pk)
        title = f"{line.order} {readable(line.open_quantity)} {line.item.code}"
        return (
            super().get_context_data(**kwargs)
            | self.drawn(title, pegs.roots if pegs else [])
            | {
                "line": line,
                "pegs": pegs,
                "rows": pegs.rows() if pegs else [],
                "verdict": PlanVerdict.objects.filter(order_line=line).select_related("blocking_item").first(),
                "run": current_run(),
                "sees_plan": user.has_perm("erp.view_plannedorder"),
            }
        )


class UsesPage(PegsPage):
    """From a supply up to the demands it serves."""

    permission_required = "erp.view_plannedorder"
    template_name = "erp/plan/uses.html"

    def subject(self) -> tuple[str, str, str, Uses | None]:
        """Return what the supply is called, of what kind it is, its own page, and where it goes."""
        raise AssertionError("a page of uses names its supply")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title, kind, url, uses = self.subject()
        if uses is None:
            raise Http404
        return (
            super().get_context_data(**kwargs)
            | self.drawn(f"{uses.item.code} {readable(uses.quantity)} {title}", uses.roots)
            | {
                "title": title,
                "kind": kind,
                "own_url": url,
                "uses": uses,
                "rows": uses.rows(),
                "served": uses.served(),
                "run": current_run(),
            }
        )


class SupplyUses(UsesPage):
    """Where an expected receipt goes."""

    def subject(self) -> tuple[str, str, str, Uses | None]:
        supply = Supply.objects.select_related("item__uom").filter(pk=self.kwargs["pk"]).first()
        if supply is None:
            raise Http404
        url = url_of(supply.source_label, supply.source_id)
        return supply.source_number, supply.get_kind_display(), url, uses_of_supply(supply)


class WorkOrderUses(UsesPage):
    """Where what a work order will bring goes."""

    def subject(self) -> tuple[str, str, str, Uses | None]:
        order = WorkOrder.objects.filter(pk=self.kwargs["pk"]).first()
        supply = (
            order
            and Supply.objects.filter(source_label="erp.workorder", source_id=order.pk, item_id=order.item_id)
            .select_related("item__uom")
            .first()
        )
        if order is None or supply is None:
            raise Http404
        return order.number, _("Work order"), order.get_absolute_url(), uses_of_supply(supply)


class PlannedOrderUses(UsesPage):
    """Where a planned order goes."""

    def subject(self) -> tuple[str, str, str, Uses | None]:
        try:
            order: PlannedOrder | None = planned_order(identity_parts(self.kwargs["identity"]))
        except ValueError as error:
            raise Http404 from error
        if order is None:
            raise Http404
        url = reverse("erp:planned-order", args=[order.identity])
        return readable(order.due_date), _("Planned order"), url, uses_of_planned_order(order)


class StockUses(UsesPage):
    """Where the free stock of an item goes."""

    def subject(self) -> tuple[str, str, str, Uses | None]:
        item = Item.objects.filter(pk=self.kwargs["pk"]).first()
        if item is None:
            raise Http404
        return item.code, _("Free stock"), reverse("erp:item-availability", args=[item.pk]), uses_of_stock(item)


class ShortagePage(Page, TemplateView):
    """What is short for one order, by when, and the way to ask for it."""

    permission_required = "erp.view_plannedorder"
    template_name = "erp/plan/short_of.html"

    def subject(self) -> tuple[Any, Any, Sequence[MaterialSupply]]:
        """Return the document, its trees, and its lines of material, where it has such."""
        raise AssertionError("a page of shortages names its source")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        document, pegs, materials = self.subject()
        rows = short_items(pegs)
        return super().get_context_data(**kwargs) | {
            "document": document,
            "pegs": pegs,
            "rows": rows,
            "awaited": awaited_items(pegs, materials),
            "identities": [order.identity for row in rows for order in row.orders],
            "may_firm": self.request.user.has_perm("erp.firm_plannedorder"),
            "is_behind": PlanningEvent.objects.exists() or any(row.is_behind for row in rows),
            "run": current_run(),
        }


class LineShortages(ShortagePage):
    """What is short for an order line."""

    def subject(self) -> tuple[Any, Any, Sequence[MaterialSupply]]:
        line = line_in_scope(self.request.user, self.kwargs["pk"])
        return line.order, pegs_of_line(line.pk), ()


class WorkOrderShortages(ShortagePage):
    """What is short for a work order."""

    def subject(self) -> tuple[Any, Any, Sequence[MaterialSupply]]:
        order = WorkOrder.objects.filter(pk=self.kwargs["pk"]).first()
        if order is None:
            raise Http404
        return order, pegs_of_work_order(order.pk), material_supply(order, today())


class RequestShort(OperationView):
    """Firm the planned orders that bring what is short: a work order, a requisition, a subcontract order."""

    service = planning.firm_planned_orders

    def arguments(self) -> dict[str, Any]:
        return {"identities": self.request.POST.getlist("ids")}

    def done(self, result: Any) -> HttpResponse:
        messages.success(self.request, firmed_text(result))
        return super().done(result)

    def success_url(self, result: Any) -> str:
        following = self.request.POST.get("next", "")
        return following if following.startswith("/") and not following.startswith("//") else reverse("erp:plan")
