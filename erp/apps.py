"""Wiring of the app: what it contributes, which announcements it hears, which questions it answers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ErpConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "erp"
    verbose_name = _("Stock, planning and production")
