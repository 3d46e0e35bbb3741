"""GET and PUT /api/v1/erp/planning-settings/: the rules the planner works by."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from core.api.one_row import OneRow
from erp.api.serializers import planning as shapes
from erp.models import PlanningSettings
from erp.services.planning import configure_planning


class PlanningSettingsView(OneRow):
    """The one row of rules the planner works by."""

    permission_required = "erp.configure_planning"
    service = configure_planning
    input_shape = shapes.PlanningSettingsInput
    shape = shapes.PlanningSettingsSerializer

    @extend_schema(responses=shapes.PlanningSettingsSerializer)
    def get(self, request: Any) -> Response:
        """Return the rules."""
        row = PlanningSettings.objects.first() or PlanningSettings()
        return Response(self.shape(row, context={"request": request}).data)

    @extend_schema(request=shapes.PlanningSettingsInput, responses=shapes.PlanningSettingsSerializer)
    def put(self, request: Any) -> Response:
        """Change the rules and have the plan made anew."""
        return self.saved(request)
