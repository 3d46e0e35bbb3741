"""Pages of subcontract orders: list, detail, verbs."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.clock import today
from core.permissions import may_view_field
from core.views.base import DocumentPage, ListPage, Verb
from erp.selectors.sources import name_of, url_of
from scm.filters import SubcontractOrderFilter
from scm.models import SubcontractOrder
from scm.selectors.subcontracting import adjustments_of, material_at_supplier, subcontract_orders
from scm.services import subcontract_orders as services
from scm.states import SubcontractState
from scm.tables import SubcontractOrderTable
from scm.views.shared import VersionedOperation

S = SubcontractState
RELEASED = frozenset({S.RELEASED})
SENT = frozenset({S.RELEASED, S.CLOSED})


class SubcontractOrderList(ListPage):
    model = SubcontractOrder
    table_class = SubcontractOrderTable
    filterset_class = SubcontractOrderFilter
    permission_required = "scm.view_subcontractorder"
    title = _("Subcontract orders")
    create_url = "scm:subcontract-order-create"
    create_label = _("New subcontract order")
    create_permission = "scm.add_subcontractorder"
    empty_text = _("A supplier makes goods out of material we send him, for a fee. The plan writes these orders too.")

    def base_queryset(self) -> Any:
        return subcontract_orders(self.request.user)


class SubcontractOrderDetail(DocumentPage):
    model = SubcontractOrder
    permission_required = "scm.view_subcontractorder"
    template_name = "scm/subcontract_order/detail.html"
    list_url = "scm:subcontract-order-list"
    main_path = (S.DRAFT, S.RELEASED, S.CLOSED)
    verbs = (
        Verb(
            _("Release"),
            "scm:subcontract-order-release",
            services.release_subcontract_order,
            to=S.RELEASED,
            states=frozenset({S.DRAFT}),
            main=True,
            icon="check",
        ),
        Verb(
            _("Send material"),
            "scm:subcontract-order-send",
            services.send_materials,
            states=RELEASED,
            main=True,
            link=True,
            icon="package-export",
        ),
        Verb(
            pgettext_lazy("subcontract order", "Receive"),
            "scm:subcontract-order-receive",
            services.receive_subcontract_order,
            states=RELEASED,
            main=True,
            link=True,
            icon="package-import",
        ),
        Verb(
            _("Take material back"),
            "scm:subcontract-order-return",
            services.return_materials,
            states=SENT,
            link=True,
            icon="arrow-back-up",
        ),
        Verb(
            _("Edit"),
            "scm:subcontract-order-edit",
            services.update_subcontract_order,
            states=frozenset({S.DRAFT}),
            link=True,
            icon="edit",
        ),
        Verb(
            pgettext_lazy("subcontract order", "Close short"),
            "scm:subcontract-order-close",
            services.close_subcontract_order,
            to=S.CLOSED,
            reason=True,
            icon="lock",
        ),
        Verb(
            _("Cancel"),
            "scm:subcontract-order-cancel",
            services.cancel_subcontract_order,
            to=S.CANCELLED,
            reason=True,
            danger=True,
            icon="x",
        ),
    )

    def get_object_queryset(self) -> Any:
        return subcontract_orders(self.request.user).select_related("bom", "owner", "uom", "sales_order_line__order")

    def extra_context_for(self, document: SubcontractOrder) -> dict[str, Any]:
        user = self.request.user
        sees_cost = may_view_field(user, "scm.subcontractchargeback.amount")
        return {
            "subtitle": f"{document.item} · {document.partner}",
            "lines": list(document.materials.select_related("item__uom")),
            "held": material_at_supplier(document),
            "fee_line": document.purchase_order.lines.first(),
            "sees_fee": may_view_field(user, "scm.subcontractorder.fee"),
            "sees_cost": sees_cost,
            "charges": list(document.charge_backs.select_related("item__uom", "receipt")),
            "receipts": list(document.purchase_order.receipts.order_by("pk")),
            "adjustments": [
                {"cost": one, "url": url_of(one.source_label, one.source_id), "source": name_of(one.source_label)}
                for one in (adjustments_of(document) if sees_cost else ())
            ],
            "today": today(),
        }


class SubcontractOperation(VersionedOperation):
    """A verb on the page of a subcontract order."""

    page = SubcontractOrderDetail


class ReleaseSubcontractOrder(SubcontractOperation):
    service = services.release_subcontract_order


class CancelSubcontractOrder(SubcontractOperation):
    service = services.cancel_subcontract_order


class CloseSubcontractOrder(SubcontractOperation):
    service = services.close_subcontract_order
