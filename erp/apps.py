"""Wiring of the app: what it contributes, which announcements it hears, which questions it answers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ErpConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "erp"
    verbose_name = _("Stock, planning and production")

    def ready(self) -> None:
        from core.permissions import register_field_rules, register_roles
        from erp import contributions, permissions

        register_field_rules(permissions.FIELD_RULES)
        register_roles(permissions.ROLES)
        contributions.register()
        self._wire_stock()
        self._wire_make()
        self._wire_quality()

    def _wire_stock(self) -> None:
        from core import numbering, outbox
        from crm import ports, signals
        from erp.providers import stock as answers
        from erp.receivers import stock as on
        from erp.services.stock.posting import STOCK_ARRIVED
        from masterdata import ports as masterdata_ports

        numbering.register_rule("erp.shipment", "SH")
        numbering.register_rule("erp.returnreceipt", "RR")
        numbering.register_rule("erp.stockdocument", "ST")
        numbering.register_rule("erp.handlingunit", "HU")
        numbering.register_rule("erp.stocktake", "SC")
        numbering.register_rule("erp.projecttransfer", "PT")
        numbering.register_rule("erp.stockrevaluation", "RV")
        outbox.register_handler(STOCK_ARRIVED, on.reserve_arrived_goods)

        ports.promise.provide(answers.promise)
        ports.unit_costs.provide(answers.unit_costs)
        masterdata_ports.items_with_moves.provide(answers.items_with_moves)
        masterdata_ports.items_bound_to_method.provide(answers.items_bound_to_method)
        masterdata_ports.places_with_stock.provide(answers.places_with_stock)

        signals.sales_order_confirmed.connect(
            on.record_demand_on_sales_order_confirmed, dispatch_uid="erp.record_demand"
        )
        signals.quotation_withdrawn.connect(on.end_holds_on_quotation_withdrawn, dispatch_uid="erp.end_holds")
        signals.sales_order_changed.connect(on.move_demand_on_sales_order_changed, dispatch_uid="erp.move_demand")
        signals.sales_order_cancelled.connect(on.end_demand_on_sales_order_cancelled, dispatch_uid="erp.end_demand")
        signals.sales_order_closed.connect(on.end_demand_on_sales_order_closed, dispatch_uid="erp.close_demand")
        signals.delivery_request_released.connect(
            on.make_pick_list_on_delivery_request_released, dispatch_uid="erp.make_pick_list"
        )
        signals.delivery_request_cancelled.connect(
            on.cancel_pick_lists_on_delivery_request_cancelled, dispatch_uid="erp.cancel_pick_lists"
        )
        signals.delivery_request_closed.connect(
            on.cancel_pick_lists_on_delivery_request_closed, dispatch_uid="erp.close_pick_lists"
        )
        signals.return_request_approved.connect(
            on.expect_goods_on_return_request_approved, dispatch_uid="erp.expect_return"
        )
        signals.return_request_cancelled.connect(
            on.stop_expecting_on_return_request_cancelled, dispatch_uid="erp.stop_expecting_return"
        )

    def _wire_make(self) -> None:
        from core import numbering

        numbering.register_rule("erp.bom", "BOM")
        numbering.register_rule("erp.routing", "RT")
        numbering.register_rule("erp.forecast", "FC")
        numbering.register_rule("erp.scheduleplan", "CP")
        numbering.register_rule("erp.engineeringchange", "ECN")
        numbering.register_rule("erp.workorder", "WO")
        numbering.register_rule("erp.mergedpick", "MP")

    def _wire_quality(self) -> None:
        from core import numbering, outbox
        from erp.receivers import quality as on
        from erp.services.arrivals import ARRIVAL_REVERSED

        numbering.register_rule("erp.inspectionplan", "IP")
        numbering.register_rule("erp.inspection", "QI")
        numbering.register_rule("erp.correctiveaction", "CA")
        outbox.register_handler(ARRIVAL_REVERSED, on.withdraw_reversed_arrivals)
