from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "core"
    verbose_name = _("Platform")

    def ready(self) -> None:
        from django.core import checks

        from core import contributing, roles
        from core.checks import check_logins
        from core.permissions import register_roles

        register_roles(roles.ROLES)
        contributing.register()
        checks.register(check_logins, checks.Tags.database)
