"""Routes of structures: the tree of an item and its uses, and the comparison of two bills or routings."""

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from core.clock import today
from erp.api.serializers import structures as shapes
from erp.models import Bom, Routing
from erp.selectors.bom_uses import uses_above
from erp.selectors.boms import bom_tree
from erp.selectors.comparing import compare_boms, compare_routings
from masterdata.models import Item


class StructureViewSet(GenericViewSet):
    """What an item is made of on a day, level by level, and all products that take it."""

    queryset = Item.objects.none()
    serializer_class = shapes.StructureSerializer
    permission_required = "erp.view_bom"
    lookup_value_regex = r"\d+"

    @extend_schema(parameters=[shapes.StructureInput], responses=shapes.StructureSerializer)
    def retrieve(self, request: Any, *args: Any, pk: Any = None, **kwargs: Any) -> Response:
        item = get_object_or_404(Item.objects.select_related("uom"), pk=int(pk))
        form = shapes.StructureInput(data=request.query_params)
        form.is_valid(raise_exception=True)
        day = form.validated_data.get("date") or today()
        tree = bom_tree(item, day, form.validated_data.get("quantity") or 1)
        answer = {"item": item.pk, "date": day, "parts": tree.flat(), "uses": uses_above(item, day)}
        return Response(shapes.StructureSerializer(answer).data)


class ComparisonViewSet(GenericViewSet):
    """What became of each line between two documents; a subclass sets queryset, compare and permission_required."""

    serializer_class = shapes.DifferenceSerializer
    lookup_value_regex = r"\d+"
    compare: ClassVar[Any]

    @extend_schema(parameters=[shapes.ComparisonInput], responses=shapes.DifferenceSerializer(many=True))
    def retrieve(self, request: Any, *args: Any, pk: Any = None, **kwargs: Any) -> Response:
        form = shapes.ComparisonInput(data=request.query_params)
        form.is_valid(raise_exception=True)
        after = get_object_or_404(self.get_queryset(), pk=int(pk))
        before = get_object_or_404(self.get_queryset(), pk=form.validated_data["other"])
        rows = self.compare(before, after, request.user)
        return Response(shapes.DifferenceSerializer(rows, many=True).data)


class BomComparisonViewSet(ComparisonViewSet):
    """What became of each line between two bills of material, usually two revisions of one item."""

    queryset = Bom.objects.select_related("item__uom")
    permission_required = "erp.view_bom"
    compare = staticmethod(compare_boms)


class RoutingComparisonViewSet(ComparisonViewSet):
    """What became of each operation and its files between two routings, usually two revisions of one item."""

    queryset = Routing.objects.select_related("item__uom")
    permission_required = "erp.view_routing"
    compare = staticmethod(compare_routings)


ROUTES = (
    ("structures", StructureViewSet, "structure"),
    ("bom-comparisons", BomComparisonViewSet, "bom-comparison"),
    ("routing-comparisons", RoutingComparisonViewSet, "routing-comparison"),
)
