"""Routes of the settings of receivables and payables."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from core.api.viewsets import DocumentViewSet, Empty, idempotency_key, operation_action
from core.operations import perform
from finance.api.serializers import receivable_settings as shapes
from finance.filters.dunning import LevelFilter
from finance.filters.write_offs import ToleranceFilter
from finance.models import DunningBlock, DunningLevel, MatchTolerance
from finance.selectors.provisions import provision_percents
from finance.services import dunning, provisions
from finance.services.invoices import save_tolerance


class SavedViewSet(DocumentViewSet):
    """Rows that one operation both makes and changes; ``saved_key`` is the name of its argument for the row."""

    saved_key: ClassVar[str]

    def update(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        saved = perform(
            type(self).create_service,
            actor=request.user,
            key=idempotency_key(request),
            **{self.saved_key: self.get_object().pk},
            **self._input(request),
        )
        return self.answer(saved)


class ToleranceViewSet(SavedViewSet):
    queryset = MatchTolerance.objects.order_by("pk")
    serializer_class = shapes.ToleranceSerializer
    input_serializer_class = shapes.ToleranceInput
    filterset_class = ToleranceFilter
    permission_required = "finance.view_matchtolerance"
    create_service = save_tolerance
    saved_key = "tolerance_id"


class DunningLevelViewSet(SavedViewSet):
    queryset = DunningLevel.objects.order_by("level")
    serializer_class = shapes.DunningLevelSerializer
    input_serializer_class = shapes.DunningLevelInput
    filterset_class = LevelFilter
    permission_required = "finance.view_dunninglevel"
    create_service = dunning.save_level
    saved_key = "level_id"


class DunningBlockViewSet(DocumentViewSet):
    queryset = DunningBlock.objects.order_by("pk")
    serializer_class = shapes.DunningBlockSerializer
    input_serializer_class = shapes.DunningBlockInput
    permission_required = "finance.view_dunningletter"
    create_service = dunning.block_dunning

    lift = operation_action(dunning.lift_block, name="lift", serializer=Empty)


class ProvisionBandViewSet(ViewSet):
    """The percentages by band of age: what is set, else what is usual."""

    permission_required = "finance.view_provisionrun"
    serializer_class: ClassVar[type[serializers.Serializer]] = shapes.BandSerializer

    def _answer(self) -> Response:
        rows = [{"bucket": bucket, "percent": percent} for bucket, percent in provision_percents().items()]
        return Response(shapes.BandSerializer(rows, many=True).data)

    @extend_schema(responses={200: shapes.BandSerializer(many=True)})
    def list(self, request: Any) -> Response:
        """Every band with its percentage."""
        return self._answer()

    @extend_schema(request=shapes.BandsInput, responses={200: shapes.BandSerializer(many=True)})
    def create(self, request: Any) -> Response:
        """Set the percentages of the bands named."""
        form = shapes.BandsInput(data=request.data)
        form.is_valid(raise_exception=True)
        percents = {row["bucket"]: row["percent"] for row in form.validated_data["bands"]}
        perform(provisions.save_provision_bands, actor=request.user, key=idempotency_key(request), percents=percents)
        return self._answer()
