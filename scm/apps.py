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
        from scm import permissions

        register_rule("scm.requisition", "PR")
        register_rule("scm.purchaseorder", "PO")
        register_rule("scm.goodsreceipt", "GR")
        register_rule("scm.supplierreturn", "SR")
        register_field_rules(permissions.FIELD_RULES)
        register_roles(permissions.ROLES)
