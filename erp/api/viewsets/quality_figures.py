"""Routes of the figures of quality."""

from typing import Any

from rest_framework import serializers

from erp.api.serializers.packing import Quantity
from erp.api.viewsets.stock_control import ReportViewSet
from erp.filters.quality_figures import DefectFilter, PassRateFilter, RunFilter
from erp.models import Inspection


class DefectShareSerializer(serializers.Serializer):
    code = serializers.IntegerField(source="code.pk")
    name = serializers.CharField(source="code.code")
    pieces = serializers.IntegerField()
    inspections = serializers.IntegerField()
    share = serializers.DecimalField(9, 4)
    cumulative = serializers.DecimalField(9, 4)


class PassRateSerializer(serializers.Serializer):
    group = serializers.SerializerMethodField()
    inspections = serializers.IntegerField()
    passed = serializers.IntegerField()
    failed = serializers.IntegerField()
    rate = serializers.DecimalField(9, 4)
    sample = serializers.IntegerField()
    defective = serializers.IntegerField()
    ppm = serializers.IntegerField()

    def get_group(self, row: Any) -> str:
        return str(row.group)


class MeasuredSerializer(serializers.Serializer):
    inspection = serializers.IntegerField(source="inspection.pk")
    day = serializers.DateField()
    sample_no = serializers.IntegerField()
    value = Quantity()
    lower = Quantity(allow_null=True)
    upper = Quantity(allow_null=True)
    is_out = serializers.BooleanField()
    is_signal = serializers.BooleanField()


class QualityReportViewSet(ReportViewSet):
    queryset = Inspection.objects.order_by("pk")
    permission_required = "erp.view_inspection"


class DefectShareViewSet(QualityReportViewSet):
    serializer_class = DefectShareSerializer
    filterset_class = DefectFilter


class PassRateViewSet(QualityReportViewSet):
    serializer_class = PassRateSerializer
    filterset_class = PassRateFilter


class RunViewSet(QualityReportViewSet):
    serializer_class = MeasuredSerializer
    filterset_class = RunFilter


ROUTES = (
    ("quality/defects", DefectShareViewSet, "quality-defects"),
    ("quality/pass-rates", PassRateViewSet, "quality-rates"),
    ("quality/run", RunViewSet, "quality-run"),
)
