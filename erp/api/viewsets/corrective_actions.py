"""Routes of corrective actions."""

from core.api.viewsets import DocumentViewSet, operation_action
from erp.api.serializers import corrective_actions as shapes
from erp.api.serializers.counts import VersionInput
from erp.filters.corrective_actions import CorrectiveActionFilter
from erp.models import CorrectiveAction
from erp.services import corrective_actions


class CorrectiveActionViewSet(DocumentViewSet):
    queryset = CorrectiveAction.objects.order_by("-pk")
    serializer_class = shapes.CorrectiveActionSerializer
    input_serializer_class = shapes.CorrectiveActionInput
    filterset_class = CorrectiveActionFilter
    permission_required = "erp.view_correctiveaction"
    create_service = corrective_actions.create_corrective_action

    change = operation_action(
        corrective_actions.update_corrective_action, name="change", serializer=shapes.CorrectiveActionChange
    )
    analyse = operation_action(corrective_actions.start_analysis, name="analyse", serializer=VersionInput)
    act = operation_action(corrective_actions.start_action, name="act", serializer=VersionInput)
    complete = operation_action(corrective_actions.complete_action, name="complete", serializer=VersionInput)
    verify = operation_action(corrective_actions.verify_action, name="verify", serializer=shapes.VerificationInput)
    cancel = operation_action(corrective_actions.cancel_corrective_action, name="cancel")


ROUTES = (("corrective-actions", CorrectiveActionViewSet, "corrective-action"),)
