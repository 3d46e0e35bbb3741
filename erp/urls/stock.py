"""Pages of stock, shipments and returns."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from erp.services import returns, shipments
from erp.services import stock_documents as documents
from erp.views import labels, packing, places, project_stock, scanning, stock, stock_documents, stock_prints
from erp.views import returns as return_views
from erp.views import shipments as shipment_views
from erp.views.verbs import verb_view

DOCUMENT = stock_documents.StockDocumentPage
SHIPMENT = shipment_views.ShipmentPage
RETURN = return_views.ReturnReceiptPage

urlpatterns = [
    path("stock/", stock.StockBalanceList.as_view(), name="stock-balance-list"),
    path("stock/moves/", stock.StockMoveList.as_view(), name="stock-move-list"),
    path("stock/lots/", stock.LotList.as_view(), name="lot-list"),
    path("stock/lots/labels/", labels.LotLabels.as_view(), name="lot-labels"),
    path("stock/lots/<int:pk>/labels/", labels.LotLabels.as_view(), name="lot-label"),
    path("stock/lots/<int:pk>/", places.LotPage.as_view(), name="lot-detail"),
    path("stock/lots/<int:pk>/release/", places.SetLotStatus.as_view(status="usable"), name="lot-release"),
    path("stock/lots/<int:pk>/inspect/", places.SetLotStatus.as_view(status="inspection"), name="lot-inspect"),
    path("stock/lots/<int:pk>/block/", places.SetLotStatus.as_view(status="blocked"), name="lot-block"),
    path("stock/places/<int:pk>/", places.PlacePage.as_view(), name="place-detail"),
    path("stock/places/<int:pk>/release/", places.SetPlaceStatus.as_view(status="usable"), name="place-release"),
    path("stock/places/<int:pk>/inspect/", places.SetPlaceStatus.as_view(status="inspection"), name="place-inspect"),
    path("stock/places/<int:pk>/block/", places.SetPlaceStatus.as_view(status="blocked"), name="place-block"),
    path("stock/scan/", scanning.StockLookup.as_view(), name="scan-lookup"),
    path("stock/scan/move/", scanning.MoveByScan.as_view(), name="scan-move"),
    path("stock/summary/", stock.StockSummary.as_view(), name="stock-summary"),
    path("stock/summary/print/", stock_prints.StockSummaryPrint.as_view(), name="stock-summary-print"),
    path("stock/items/<int:pk>/ledger/print/", stock.ItemLedgerPrint.as_view(), name="item-ledger-print"),
    path("stock/items/<int:pk>/", stock.ItemAvailability.as_view(), name="item-availability"),
    path("stock/items/<int:pk>/ledger/", stock.ItemLedgerPage.as_view(), name="item-ledger"),
    path("stock/demands/<int:pk>/reassign/", stock.ReassignReservation.as_view(), name="demand-reassign"),
    path("stock/projects/", project_stock.ProjectStockList.as_view(), name="project-stock-list"),
    path("stock/projects/move/", project_stock.MoveProjectStock.as_view(), name="project-stock-move"),
    path("stock/projects/transfers/", project_stock.ProjectTransferList.as_view(), name="project-transfer-list"),
    path(
        "stock/projects/transfers/<int:pk>/",
        project_stock.ProjectTransferPage.as_view(),
        name="project-transfer-detail",
    ),
    path("stock/opening/", stock_documents.OpeningStock.as_view(), name="opening-stock"),
    path("stock-documents/", stock_documents.StockDocumentList.as_view(), name="stock-document-list"),
    path("stock-documents/count/", stock_documents.CreateCount.as_view(), name="stock-count-create"),
    path(
        "stock-documents/new/<slug:kind>/", stock_documents.CreateStockDocument.as_view(), name="stock-document-create"
    ),
    path("stock-documents/<int:pk>/", DOCUMENT.as_view(), name="stock-document-detail"),
    path(
        "stock-documents/<int:pk>/post-on-day/",
        stock_documents.PostOnDay.as_view(),
        name="stock-document-post-on-day",
    ),
    path(
        "stock-documents/<int:pk>/reverse-on-day/",
        stock_documents.ReverseOnDay.as_view(),
        name="stock-document-reverse-on-day",
    ),
    path("stock-documents/<int:pk>/edit/", stock_documents.EditStockDocument.as_view(), name="stock-document-edit"),
    path("stock-documents/<int:pk>/counts/", stock_documents.EnterCounts.as_view(), name="stock-count-enter"),
    path(
        "stock-documents/<int:pk>/post/",
        verb_view(documents.post_stock_document, DOCUMENT, _("Posted.")),
        name="stock-document-post",
    ),
    path(
        "stock-documents/<int:pk>/send/",
        verb_view(documents.send_transfer, DOCUMENT, _("Sent.")),
        name="stock-document-send",
    ),
    path("stock-documents/<int:pk>/receive/", stock_documents.ReceiveTransfer.as_view(), name="stock-document-receive"),
    path(
        "stock-documents/<int:pk>/reverse/",
        verb_view(documents.reverse_stock_document, DOCUMENT, _("Reversed.")),
        name="stock-document-reverse",
    ),
    path(
        "stock-documents/<int:pk>/cancel/",
        verb_view(documents.cancel_stock_document, DOCUMENT, _("Cancelled.")),
        name="stock-document-cancel",
    ),
    path("shipments/", shipment_views.ShipmentList.as_view(), name="shipment-list"),
    path("shipments/<int:pk>/", SHIPMENT.as_view(), name="shipment-detail"),
    path("shipments/<int:pk>/pick/", shipment_views.PickByList.as_view(), name="shipment-pick"),
    path(
        "shipments/<int:pk>/pick-quantities/",
        shipment_views.PickQuantities.as_view(),
        name="shipment-pick-quantities",
    ),
    path("shipments/<int:pk>/scan/", shipment_views.ScanPage.as_view(), name="shipment-scan"),
    path("shipments/<int:pk>/scan/code/", shipment_views.Scan.as_view(), name="shipment-scan-code"),
    path("shipments/<int:pk>/scan/undo/", shipment_views.UndoScan.as_view(), name="shipment-scan-undo"),
    path("shipments/<int:pk>/scan/weigh/", shipment_views.WeighPick.as_view(), name="shipment-scan-weigh"),
    path("shipments/<int:pk>/scan/finish/", shipment_views.FinishPicking.as_view(), name="shipment-scan-finish"),
    path("shipments/<int:pk>/pack/", packing.PackPage.as_view(), name="shipment-pack"),
    path("shipments/<int:pk>/pack/scan/", packing.ScanIntoUnit.as_view(), name="shipment-pack-scan"),
    path("shipments/<int:pk>/pack/open/", packing.OpenUnit.as_view(), name="shipment-unit-open"),
    path("shipments/<int:pk>/pack/loose/", packing.PackLoose.as_view(), name="shipment-pack-loose"),
    path("shipments/<int:pk>/pack/place/", packing.PlaceOn.as_view(), name="shipment-unit-place"),
    path("shipments/<int:pk>/pack/weigh/", packing.Weigh.as_view(), name="shipment-unit-weigh"),
    path("shipments/<int:pk>/pack/unpack/", packing.Unpack.as_view(), name="shipment-unpack"),
    path("shipments/<int:pk>/packing-list/", packing.PackingList.as_view(), name="shipment-packing-list"),
    path("shipments/<int:pk>/labels/", packing.UnitLabels.as_view(), name="shipment-unit-labels"),
    path("shipments/<int:pk>/ship/", shipment_views.Ship.as_view(), name="shipment-ship"),
    path("shipments/<int:pk>/sign-off/", shipment_views.SignOff.as_view(), name="shipment-sign-off"),
    path("shipments/<int:pk>/reopen/", verb_view(shipments.reopen_picking, SHIPMENT), name="shipment-reopen"),
    path(
        "shipments/<int:pk>/reverse/",
        verb_view(shipments.reverse_shipment, SHIPMENT, _("Reversed.")),
        name="shipment-reverse",
    ),
    path(
        "shipments/<int:pk>/cancel/",
        verb_view(shipments.cancel_shipment, SHIPMENT, _("Cancelled.")),
        name="shipment-cancel",
    ),
    path("shipments/<int:pk>/again/", shipment_views.PickAgain.as_view(), name="shipment-again"),
    path("shipments/<int:pk>/print/", shipment_views.DeliveryNote.as_view(), name="shipment-print"),
    path("delivery-requests/<int:request_pk>/pick-list/", shipment_views.NewPickList.as_view(), name="shipment-create"),
    path("returns/", return_views.ReturnReceiptList.as_view(), name="return-receipt-list"),
    path("returns/<int:pk>/", RETURN.as_view(), name="return-receipt-detail"),
    path("returns/<int:pk>/receive/", return_views.ReceiveReturn.as_view(), name="return-receipt-receive"),
    path(
        "returns/<int:pk>/cancel/",
        verb_view(returns.cancel_return_receipt, RETURN, _("Cancelled.")),
        name="return-receipt-cancel",
    ),
]
