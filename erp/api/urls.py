"""API routes of the app: stock, counts, production."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from erp.api import dossier, planning_settings
from erp.api.viewsets import (
    capacity,
    corrective_actions,
    counts,
    engineering,
    forecasts,
    inspections,
    make,
    making,
    order_costs,
    pegging,
    progress,
    project_stock,
    quality_figures,
    questions,
    revaluations,
    stock,
    stock_control,
    structures,
    tracking,
    valuation,
)

router = SimpleRouter()
for module in (
    stock,
    counts,
    stock_control,
    project_stock,
    make,
    making,
    engineering,
    structures,
    valuation,
    revaluations,
    forecasts,
    capacity,
    inspections,
    questions,
    pegging,
    progress,
    corrective_actions,
    tracking,
    quality_figures,
    order_costs,
):
    for prefix, viewset, name in module.ROUTES:
        router.register(prefix, viewset, basename=f"erp-{name}")

urlpatterns = [
    path("dossier/", dossier.DossierView.as_view(), name="erp-dossier"),
    path("planning-settings/", planning_settings.PlanningSettingsView.as_view(), name="erp-planning-settings"),
    path("tracking-settings/", tracking.TrackingSettingsView.as_view(), name="erp-tracking-settings"),
    *router.urls,
]
