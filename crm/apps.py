"""Wiring of the app: what it contributes, which announcements it hears, which questions it answers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrmConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "crm"
    verbose_name = _("Customers and sales")

    def ready(self) -> None:
        from core.numbering import register_rule
        from core.permissions import register_field_rules, register_roles
        from crm import contributions, permissions

        register_field_rules(permissions.FIELD_RULES)
        register_roles(permissions.ROLES)
        contributions.register()
        register_rule("crm.lead", "LD")
        register_rule("crm.opportunity", "OP")
        register_rule("crm.quotation", "QT")
        register_rule("crm.salesorder", "SO")
        register_rule("crm.deliveryrequest", "DN")
        register_rule("crm.returnrequest", "RR")
