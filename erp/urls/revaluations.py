"""Addresses of stock revaluations."""

from django.urls import path

from erp.services import revaluations as services
from erp.views import revaluations as pages
from erp.views.verbs import verb_view

PAGE = pages.StockRevaluationPage

urlpatterns = [
    path("revaluations/", pages.StockRevaluationList.as_view(), name="stock-revaluation-list"),
    path("revaluations/new/", pages.CreateRevaluation.as_view(), name="stock-revaluation-create"),
    path("revaluations/<int:pk>/", PAGE.as_view(), name="stock-revaluation-detail"),
    path("revaluations/<int:pk>/edit/", pages.EditRevaluation.as_view(), name="stock-revaluation-edit"),
    path(
        "revaluations/<int:pk>/post/",
        verb_view(services.post_stock_revaluation, PAGE),
        name="stock-revaluation-post",
    ),
    path(
        "revaluations/<int:pk>/reverse/",
        verb_view(services.reverse_stock_revaluation, PAGE),
        name="stock-revaluation-reverse",
    ),
    path(
        "revaluations/<int:pk>/cancel/",
        verb_view(services.cancel_stock_revaluation, PAGE),
        name="stock-revaluation-cancel",
    ),
]
