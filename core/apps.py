from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "core"
    verbose_name = _("Platform")

    def ready(self) -> None:
        from core import contributing, roles
        from core.permissions import register_roles

        register_roles(roles.ROLES)
        contributing.register()
