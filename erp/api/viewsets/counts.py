"""Routes of stocktakes."""

from core.api.viewsets import DocumentViewSet, operation_action
from erp.api.serializers import counts as shapes
from erp.api.serializers.stock import DateInput, ReverseInput
from erp.filters.counts import StocktakeFilter
from erp.models import Stocktake
from erp.services import stocktakes


class StocktakeViewSet(DocumentViewSet):
    queryset = Stocktake.objects.prefetch_related("lines__stocktake").order_by("-pk")
    serializer_class = shapes.StocktakeSerializer
    input_serializer_class = shapes.StocktakeInput
    filterset_class = StocktakeFilter
    permission_required = "erp.view_stocktake"
    create_service = stocktakes.create_stocktake

    start = operation_action(stocktakes.start_stocktake, name="start", serializer=shapes.VersionInput)
    count = operation_action(stocktakes.enter_counted, name="count", serializer=shapes.CountedInput)
    scan = operation_action(stocktakes.scan_count, name="scan", serializer=shapes.ScanCountInput)
    undo = operation_action(stocktakes.undo_count_scan, name="undo")
    finish = operation_action(stocktakes.finish_counting, name="finish", serializer=shapes.FinishInput)
    recount = operation_action(stocktakes.request_recount, name="recount", serializer=shapes.RecountInput)
    explain = operation_action(stocktakes.explain_differences, name="explain", serializer=shapes.ReasonsInput)
    post_document = operation_action(stocktakes.post_stocktake, name="post", serializer=DateInput)
    reverse = operation_action(stocktakes.reverse_stocktake, name="reverse", serializer=ReverseInput)
    cancel = operation_action(stocktakes.cancel_stocktake, name="cancel")


ROUTES = (("stocktakes", StocktakeViewSet, "stocktake"),)
