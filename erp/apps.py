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

    def _wire_stock(self) -> None:
        from core import numbering

        numbering.register_rule("erp.shipment", "DN")
        numbering.register_rule("erp.returnreceipt", "RR")
        numbering.register_rule("erp.stockdocument", "ST")

    def _wire_make(self) -> None:
        """Wire the make half."""
