"""Pages of the app."""

from django.urls import path

from scm.views import goods_receipts as receipts
from scm.views import purchase_order_forms as order_forms
from scm.views import purchase_orders as orders
from scm.views import receiving, requisitions
from scm.views import supplier_returns as returns

app_name = "scm"

requisition_urls = [
    path("scm/requisitions/", requisitions.RequisitionList.as_view(), name="requisition-list"),
    path("scm/requisitions/new/", requisitions.RequisitionCreate.as_view(), name="requisition-create"),
    path("scm/requisitions/to-order/", requisitions.LinesToOrder.as_view(), name="requisition-to-order"),
    path("scm/requisitions/<int:pk>/", requisitions.RequisitionDetail.as_view(), name="requisition-detail"),
    path("scm/requisitions/<int:pk>/edit/", requisitions.RequisitionEdit.as_view(), name="requisition-edit"),
    path("scm/requisitions/<int:pk>/submit/", requisitions.SubmitRequisition.as_view(), name="requisition-submit"),
    path(
        "scm/requisitions/<int:pk>/withdraw/", requisitions.WithdrawRequisition.as_view(), name="requisition-withdraw"
    ),
    path("scm/requisitions/<int:pk>/approve/", requisitions.ApproveRequisition.as_view(), name="requisition-approve"),
    path("scm/requisitions/<int:pk>/reject/", requisitions.RejectRequisition.as_view(), name="requisition-reject"),
    path("scm/requisitions/<int:pk>/cancel/", requisitions.CancelRequisition.as_view(), name="requisition-cancel"),
    path("scm/requisitions/<int:pk>/close/", requisitions.CloseRequisition.as_view(), name="requisition-close"),
]

order_urls = [
    path("scm/purchase-orders/", orders.PurchaseOrderList.as_view(), name="purchase-order-list"),
    path("scm/purchase-orders/new/", order_forms.PurchaseOrderCreate.as_view(), name="purchase-order-create"),
    path("scm/purchase-orders/recalculate/", order_forms.RecalculateOrder.as_view(), name="purchase-order-recalculate"),
    path("scm/purchase-orders/<int:pk>/", orders.PurchaseOrderDetail.as_view(), name="purchase-order-detail"),
    path("scm/purchase-orders/<int:pk>/edit/", order_forms.PurchaseOrderEdit.as_view(), name="purchase-order-edit"),
    path(
        "scm/purchase-orders/<int:pk>/change/",
        order_forms.PurchaseOrderChangePage.as_view(),
        name="purchase-order-change",
    ),
    path(
        "scm/purchase-orders/<int:pk>/confirm-dates/",
        order_forms.ConfirmDates.as_view(),
        name="purchase-order-confirm-dates",
    ),
    path("scm/purchase-orders/<int:pk>/print/", orders.PurchaseOrderPrint.as_view(), name="purchase-order-print"),
    path("scm/purchase-orders/<int:pk>/approve/", orders.ApprovePurchaseOrder.as_view(), name="purchase-order-approve"),
    path("scm/purchase-orders/<int:pk>/reopen/", orders.ReopenPurchaseOrder.as_view(), name="purchase-order-reopen"),
    path("scm/purchase-orders/<int:pk>/cancel/", orders.CancelPurchaseOrder.as_view(), name="purchase-order-cancel"),
    path("scm/purchase-orders/<int:pk>/close/", orders.ClosePurchaseOrder.as_view(), name="purchase-order-close"),
]

receipt_urls = [
    path("scm/receiving/", receiving.Receiving.as_view(), name="receiving"),
    path("scm/receiving/<int:pk>/", receiving.ReceivingOrder.as_view(), name="receiving-order"),
    path("scm/receiving/<int:pk>/count/", receiving.CountGoods.as_view(), name="receiving-count"),
    path("scm/receiving/<int:pk>/uncount/", receiving.UncountGoods.as_view(), name="receiving-uncount"),
    path("scm/receiving/<int:pk>/post/", receiving.PostCounted.as_view(), name="receiving-post"),
    path("scm/goods-receipts/", receipts.GoodsReceiptList.as_view(), name="goods-receipt-list"),
    path("scm/goods-receipts/<int:pk>/", receipts.GoodsReceiptDetail.as_view(), name="goods-receipt-detail"),
    path("scm/purchase-orders/<int:pk>/receive/", receipts.GoodsReceiptCreate.as_view(), name="goods-receipt-create"),
    path("scm/goods-receipts/<int:pk>/edit/", receipts.GoodsReceiptEdit.as_view(), name="goods-receipt-edit"),
    path("scm/goods-receipts/<int:pk>/post/", receipts.PostGoodsReceipt.as_view(), name="goods-receipt-post"),
    path("scm/goods-receipts/<int:pk>/reverse/", receipts.ReverseGoodsReceipt.as_view(), name="goods-receipt-reverse"),
    path("scm/goods-receipts/<int:pk>/cancel/", receipts.CancelGoodsReceipt.as_view(), name="goods-receipt-cancel"),
]

return_urls = [
    path("scm/supplier-returns/", returns.SupplierReturnList.as_view(), name="supplier-return-list"),
    path("scm/supplier-returns/<int:pk>/", returns.SupplierReturnDetail.as_view(), name="supplier-return-detail"),
    path("scm/goods-receipts/<int:pk>/return/", returns.SupplierReturnCreate.as_view(), name="supplier-return-create"),
    path("scm/supplier-returns/<int:pk>/edit/", returns.SupplierReturnEdit.as_view(), name="supplier-return-edit"),
    path("scm/supplier-returns/<int:pk>/post/", returns.PostSupplierReturn.as_view(), name="supplier-return-post"),
    path(
        "scm/supplier-returns/<int:pk>/reverse/",
        returns.ReverseSupplierReturn.as_view(),
        name="supplier-return-reverse",
    ),
    path(
        "scm/supplier-returns/<int:pk>/cancel/", returns.CancelSupplierReturn.as_view(), name="supplier-return-cancel"
    ),
]

urlpatterns = [*requisition_urls, *order_urls, *receipt_urls, *return_urls]
