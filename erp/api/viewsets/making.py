"""Routes of picking for production and operations."""

from core.api.viewsets import DocumentViewSet, operation_action
from erp.api.serializers import making as shapes
from erp.filters.making import MergedPickFilter
from erp.models import MergedPick
from erp.services import merged_picks


class MergedPickViewSet(DocumentViewSet):
    queryset = MergedPick.objects.prefetch_related("lines__shares").order_by("-pk")
    serializer_class = shapes.MergedPickSerializer
    input_serializer_class = shapes.MergedPickInput
    filterset_class = MergedPickFilter
    permission_required = "erp.view_mergedpick"
    create_service = merged_picks.create_merged_pick

    post_document = operation_action(merged_picks.post_merged_pick, name="post", serializer=shapes.PostPickInput)
    finish = operation_action(merged_picks.finish_merged_pick, name="finish", serializer=shapes.VersionInput)
    cancel = operation_action(merged_picks.cancel_merged_pick, name="cancel", serializer=shapes.VersionInput)


ROUTES = (("merged-picks", MergedPickViewSet, "merged-pick"),)
