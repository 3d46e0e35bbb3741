"""Import files over the API: upload, see what is wrong with which row, confirm; the steps of the import page."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from core.api.parsers import StrictJSONParser
from core.api.viewsets import Empty, idempotency_key
from core.contributions import ImportTarget, contributions
from core.exchange import services
from core.exchange.models import ImportRun
from core.operations import perform


class ImportColumnSerializer(serializers.Serializer):
    """A column of a kind of rows: a heading that is its name, its label or an alias is found by itself."""

    name = serializers.CharField()
    label = serializers.CharField()
    kind = serializers.CharField()
    required = serializers.BooleanField()
    help = serializers.CharField()
    aliases = serializers.ListField(child=serializers.CharField())


class ImportTargetSerializer(serializers.Serializer):
    """A kind of rows that the caller may import."""

    key = serializers.CharField()
    label = serializers.CharField()
    columns = ImportColumnSerializer(many=True)


class ImportErrorSerializer(serializers.Serializer):
    """A row (of a document with several: its first) that is refused, with its cells by heading."""

    row = serializers.IntegerField(help_text="Its number in the file; the headings are row 1.")
    code = serializers.CharField()
    message = serializers.CharField()
    cells = serializers.DictField(child=serializers.CharField())


class ImportRunSerializer(serializers.ModelSerializer):
    """An uploaded file: state, which heading means which column, how many documents are good, are done, are refused."""

    mapping = serializers.DictField(child=serializers.IntegerField(), help_text="Name of a column: place of a heading.")
    headings = serializers.ListField(child=serializers.CharField())
    refused = serializers.SerializerMethodField()

    class Meta:
        model = ImportRun
        fields = (
            *("id", "target", "file_name", "state", "headings", "mapping", "total", "good", "done", "refused"),
            "created_at",
        )

    def get_refused(self, run: ImportRun) -> int:
        return len(run.errors)


class ImportUpload(serializers.Serializer):
    """Rows as XLSX or CSV; ``target`` is the key of a kind of rows."""

    target = serializers.CharField(max_length=80)
    file = serializers.FileField()


class ImportCheckInput(serializers.Serializer):
    """Which heading means which column, where it was not found by itself."""

    mapping = serializers.DictField(
        child=serializers.IntegerField(min_value=0), required=False, help_text="Name of a column: place of a heading."
    )


@extend_schema_view(list=extend_schema(description="The caller's own files, the newest first."))
class ImportViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """The caller's own import files; every row takes the right of its kind, as on the import page."""

    permission_required = "core.import_data"
    serializer_class = ImportRunSerializer
    queryset = ImportRun.objects.all()
    filterset_fields = ("target", "state")
    parser_classes = (StrictJSONParser, MultiPartParser)
    lookup_value_regex = r"\d+"

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(created_by=self.request.user)

    def own(self, pk: Any) -> ImportRun:
        run: ImportRun = get_object_or_404(self.get_queryset(), pk=int(pk))
        return run

    @extend_schema(request={"multipart/form-data": ImportUpload}, responses={201: ImportRunSerializer})
    def create(self, request: Any) -> Response:
        """Upload a file; nothing is imported yet."""
        form = ImportUpload(data=request.data)
        form.is_valid(raise_exception=True)
        run = perform(
            services.upload_file,
            actor=request.user,
            key=idempotency_key(request),
            target=form.validated_data["target"],
            upload=form.validated_data["file"],
        )
        return Response(ImportRunSerializer(run).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=ImportTargetSerializer(many=True), filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def targets(self, request: Any) -> Response:
        """The kinds of rows that the caller may import, with their columns."""
        kinds = contributions(ImportTarget, user=request.user)
        return Response(ImportTargetSerializer(kinds, many=True).data)

    @extend_schema(request=ImportCheckInput, responses=ImportRunSerializer)
    @action(detail=True, methods=["post"])
    def check(self, request: Any, pk: Any = None) -> Response:
        """Rehearse the whole file: nothing is stored but how many are good, and the errors."""
        form = ImportCheckInput(data=request.data or {})
        form.is_valid(raise_exception=True)
        run = self.own(pk)
        mapping = form.validated_data.get("mapping", run.mapping)
        key = idempotency_key(request)
        mapped = perform(services.map_columns, actor=request.user, key=key, run_id=run.pk, mapping=mapping)
        return Response(ImportRunSerializer(services.check(mapped, request.user)).data)

    @extend_schema(responses=ImportErrorSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def errors(self, request: Any, pk: Any = None) -> Response:
        """The refused rows of the last check or import, with what stands in them."""
        run = self.own(pk)
        cells = services.cells_of(run, [error["row"] for error in run.errors])
        rows = [error | {"cells": cells.get(error["row"], {})} for error in run.errors]
        return Response(ImportErrorSerializer(rows, many=True).data)

    @extend_schema(request=Empty, responses=ImportRunSerializer)
    @action(detail=True, methods=["post"])
    def commit(self, request: Any, pk: Any = None) -> Response:
        """Import the good rows, each document in a transaction of its own; again imports nothing twice."""
        idempotency_key(request)
        return Response(ImportRunSerializer(services.commit(self.own(pk), request.user)).data)
