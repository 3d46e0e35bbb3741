"""Wiring of the app: what it contributes, which announcements it hears, which questions it answers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MasterdataConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "masterdata"
    verbose_name = _("Master data")

    def ready(self) -> None:
        from core.numbering import register_rule
        from core.permissions import register_field_rules, register_roles
        from masterdata import contributions, permissions

        register_rule("masterdata.item", "I", date_part="", digits=6)
        register_rule("masterdata.partner", "P", date_part="", digits=5)
        register_rule("masterdata.project", "PRJ", date_part="%y", digits=4)
        register_rule("masterdata.employee", "E", date_part="", digits=4)
        register_rule("masterdata.pricelist", "PL", date_part="%y", digits=3)
        register_field_rules(permissions.FIELD_RULES)
        register_roles(permissions.ROLES)
        contributions.register()
