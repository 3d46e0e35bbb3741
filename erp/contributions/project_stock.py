"""Where stock by project and order is shown: navigation, the project's page, the buttons of orders and items."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from core.contributions import Fact, Hit, Navigation, Panel, RelatedDocuments, SearchSource, contribute
from erp.models import ProjectTransfer
from erp.selectors.project_stock import project_position, stock_by_project

SHOWN = 50


def register() -> None:
    """Register the contributions of stock by project."""
    contribute(*NAVIGATION, PANEL, *RELATED, SEARCH, FACT)


NAVIGATION = (
    Navigation(
        "warehouse",
        _("Stock by project and order"),
        "erp:project-stock-list",
        "erp.view_projectstock",
        "briefcase",
        57,
        section="inquiries",
    ),
    Navigation(
        "warehouse",
        _("Project stock transfers"),
        "erp:project-transfer-list",
        "erp.view_projectstock",
        "arrows-exchange",
        58,
        section="inquiries",
    ),
)


def _listed(**query: Any) -> str:
    return f"{reverse('erp:project-stock-list')}?{urlencode(query)}"


def _of_project(project: Any, _user: Any) -> dict[str, Any]:
    rows = project_position(project.pk)
    return {"rows": rows[:SHOWN], "more": max(0, len(rows) - SHOWN), "list_url": _listed(project=project.pk)}


PANEL = Panel(
    "masterdata.project",
    "erp.projectstock",
    _("Stock of the project"),
    "erp.view_projectstock",
    "erp/panels/project_stock.html",
    _of_project,
    order=20,
    budget=2,
)

RELATED = (
    RelatedDocuments(
        "crm.salesorder",
        "erp.projectstock",
        _("Stock of the order"),
        "erp.view_projectstock",
        lambda order, user: (
            stock_by_project().filter(demand__source_label="crm.salesorder", demand__source_id=order.pk).count()
        ),
        lambda order: _listed(order=order.number),
        icon="briefcase",
        order=26,
    ),
    RelatedDocuments(
        "masterdata.item",
        "erp.projectstock",
        _("Stock of projects and orders"),
        "erp.view_projectstock",
        lambda item, user: stock_by_project().filter(demand__item=item).count(),
        lambda item: _listed(item=item.pk),
        icon="briefcase",
        order=26,
    ),
    RelatedDocuments(
        "masterdata.project",
        "erp.projecttransfer",
        _("Project stock transfers"),
        "erp.view_projectstock",
        lambda project, user: ProjectTransfer.objects.filter(
            Q(from_project=project.pk) | Q(to_project=project.pk)
        ).count(),
        lambda project: f"{reverse('erp:project-transfer-list')}?{urlencode({'project': project.pk})}",
        icon="arrows-exchange",
        order=27,
    ),
)


def _find(text: str, _user: Any, limit: int) -> Sequence[Hit]:
    rows = ProjectTransfer.objects.filter(number__icontains=text).order_by("-pk")[:limit]
    return [
        Hit(one.number, one.get_absolute_url(), one.reason, "arrows-exchange", one.number == text.upper())
        for one in rows
    ]


SEARCH = SearchSource("erp.projecttransfer", _("Project stock transfers"), "erp.view_projectstock", _find, 63)
FACT = Fact(_("stock of a project"), "erp")
