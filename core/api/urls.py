"""API routes of the platform, and the OpenAPI pages."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from core.api import viewsets_platform as platform
from core.api.imports import ImportViewSet
from core.views.openapi import SchemaView, SwaggerPage

router = SimpleRouter()
router.register("tokens", platform.TokenViewSet, basename="token")
router.register("approvals", platform.ApprovalViewSet, basename="approval")
router.register("notifications", platform.NotificationViewSet, basename="notification")
router.register("imports", ImportViewSet, basename="import")
router.register("people", platform.PersonViewSet, basename="person")

urlpatterns = [
    path("", include(router.urls)),
    path("me/", platform.Me.as_view(), name="me"),
    path("timeline/<str:label>/<int:pk>/", platform.Timeline.as_view(), name="timeline"),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", SwaggerPage.as_view(), name="docs"),
]
