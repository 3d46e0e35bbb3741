"""Pages of currency revaluations."""

from django.urls import path

from finance.views import revaluations as pages

urlpatterns = [
    path("revaluations/", pages.RevaluationList.as_view(), name="revaluation-list"),
    path("revaluations/new/", pages.RevaluationCreate.as_view(), name="revaluation-create"),
    path("revaluations/<int:pk>/", pages.RevaluationDetail.as_view(), name="revaluation-detail"),
    path("revaluations/<int:pk>/post/", pages.PostRevaluation.as_view(), name="revaluation-post"),
    path("revaluations/<int:pk>/reverse/", pages.ReverseRevaluation.as_view(), name="revaluation-reverse"),
    path("revaluations/<int:pk>/cancel/", pages.CancelRevaluation.as_view(), name="revaluation-cancel"),
]
