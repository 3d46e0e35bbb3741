from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "core.exchange"
    label = "exchange"
    verbose_name = _("Import and export")
