"""Wiring of the app: what it contributes, which announcements it hears, which questions it answers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScmConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "scm"
    verbose_name = _("Purchasing")

    def ready(self) -> None:
        from core.numbering import register_rule
        from core.permissions import register_field_rules, register_roles
        from scm import contributions, permissions

        register_rule("scm.requisition", "PR")
        register_rule("scm.purchaseorder", "PO")
        register_rule("scm.goodsreceipt", "GR")
        register_rule("scm.supplierreturn", "SR")
        register_rule("scm.landedcost", "LC")
        register_rule("scm.subcontractorder", "SC")
        register_field_rules(permissions.FIELD_RULES)
        register_roles(permissions.ROLES)
        contributions.register()
        self._hear_planning()
        self._answer_planning()

    def _hear_planning(self) -> None:
        from erp import signals as erp
        from scm import receivers as on

        erp.planned_order_firmed.connect(
            on.record_requirement_on_planned_order_firmed, dispatch_uid="scm.record_requirement"
        )
        erp.supply_change_proposed.connect(
            on.record_request_on_supply_change_proposed, dispatch_uid="scm.record_supply_change"
        )
        erp.supply_change_withdrawn.connect(
            on.withdraw_request_on_supply_change_withdrawn, dispatch_uid="scm.withdraw_supply_change"
        )
        erp.goods_wanted.connect(on.record_requirement_on_goods_wanted, dispatch_uid="scm.record_wanted_goods")
        erp.goods_rejected.connect(on.draft_return_on_goods_rejected, dispatch_uid="scm.return_rejected")
        erp.component_to_return.connect(on.draft_returns_on_component_to_return, dispatch_uid="scm.return_withdrawn")

    def _answer_planning(self) -> None:
        from erp import ports
        from scm import providers

        ports.pieces_at_suppliers.provide(providers.pieces_at_suppliers)
        ports.purchase_lead_times.provide(providers.purchase_lead_times)
