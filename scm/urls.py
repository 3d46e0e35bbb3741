"""Pages of the app."""

from django.urls import path

from scm.views import goods_receipts as receipts
from scm.views import landed_costs, operations, receiving, requisitions, subcontract_forms, subcontract_reports
from scm.views import purchase_order_forms as order_forms
from scm.views import purchase_orders as orders
from scm.views import subcontract_orders as subcontracts
from scm.views import supplier_returns as returns

app_name = "scm"

requisition_urls = [
    path("requisitions/", requisitions.RequisitionList.as_view(), name="requisition-list"),
    path("requisitions/new/", requisitions.RequisitionCreate.as_view(), name="requisition-create"),
    path("requisitions/to-order/", requisitions.LinesToOrder.as_view(), name="requisition-to-order"),
    path("requisitions/<int:pk>/", requisitions.RequisitionDetail.as_view(), name="requisition-detail"),
    path("requisitions/<int:pk>/edit/", requisitions.RequisitionEdit.as_view(), name="requisition-edit"),
    path("requisitions/<int:pk>/submit/", requisitions.SubmitRequisition.as_view(), name="requisition-submit"),
    path("requisitions/<int:pk>/withdraw/", requisitions.WithdrawRequisition.as_view(), name="requisition-withdraw"),
    path("requisitions/<int:pk>/approve/", requisitions.ApproveRequisition.as_view(), name="requisition-approve"),
    path("requisitions/<int:pk>/reject/", requisitions.RejectRequisition.as_view(), name="requisition-reject"),
    path("requisitions/<int:pk>/cancel/", requisitions.CancelRequisition.as_view(), name="requisition-cancel"),
    path("requisitions/<int:pk>/close/", requisitions.CloseRequisition.as_view(), name="requisition-close"),
]

order_urls = [
    path("purchase-orders/", orders.PurchaseOrderList.as_view(), name="purchase-order-list"),
    path("purchase-orders/new/", order_forms.PurchaseOrderCreate.as_view(), name="purchase-order-create"),
    path("purchase-orders/recalculate/", order_forms.RecalculateOrder.as_view(), name="purchase-order-recalculate"),
    path("purchase-orders/<int:pk>/", orders.PurchaseOrderDetail.as_view(), name="purchase-order-detail"),
    path("purchase-orders/<int:pk>/edit/", order_forms.PurchaseOrderEdit.as_view(), name="purchase-order-edit"),
    path(
        "purchase-orders/<int:pk>/change/",
        order_forms.PurchaseOrderChangePage.as_view(),
        name="purchase-order-change",
    ),
    path(
        "purchase-orders/<int:pk>/confirm-dates/",
        order_forms.ConfirmDates.as_view(),
        name="purchase-order-confirm-dates",
    ),
    path("purchase-orders/<int:pk>/print/", orders.PurchaseOrderPrint.as_view(), name="purchase-order-print"),
    path("purchase-orders/<int:pk>/approve/", orders.ApprovePurchaseOrder.as_view(), name="purchase-order-approve"),
    path(
        "purchase-orders/<int:pk>/apply-change/",
        orders.ApplyPurchaseOrderChange.as_view(),
        name="purchase-order-apply-change",
    ),
    path(
        "purchase-orders/<int:pk>/withdraw-change/",
        orders.WithdrawPurchaseOrderChange.as_view(),
        name="purchase-order-withdraw-change",
    ),
    path("purchase-orders/<int:pk>/reopen/", orders.ReopenPurchaseOrder.as_view(), name="purchase-order-reopen"),
    path("purchase-orders/<int:pk>/cancel/", orders.CancelPurchaseOrder.as_view(), name="purchase-order-cancel"),
    path("purchase-orders/<int:pk>/close/", orders.ClosePurchaseOrder.as_view(), name="purchase-order-close"),
]

receipt_urls = [
    path("receiving/", receiving.Receiving.as_view(), name="receiving"),
    path("receiving/<int:pk>/", receiving.ReceivingOrder.as_view(), name="receiving-order"),
    path("receiving/<int:pk>/quantities/", receipts.ReceiptQuantities.as_view(), name="receipt-quantities"),
    path("receiving/<int:pk>/count/", receiving.CountGoods.as_view(), name="receiving-count"),
    path("receiving/<int:pk>/uncount/", receiving.UncountGoods.as_view(), name="receiving-uncount"),
    path("receiving/<int:pk>/post/", receiving.PostCounted.as_view(), name="receiving-post"),
    path("goods-receipts/", receipts.GoodsReceiptList.as_view(), name="goods-receipt-list"),
    path("goods-receipts/<int:pk>/", receipts.GoodsReceiptDetail.as_view(), name="goods-receipt-detail"),
    path("purchase-orders/<int:pk>/receive/", receipts.GoodsReceiptCreate.as_view(), name="goods-receipt-create"),
    path("goods-receipts/<int:pk>/edit/", receipts.GoodsReceiptEdit.as_view(), name="goods-receipt-edit"),
    path("goods-receipts/<int:pk>/post/", receipts.PostGoodsReceipt.as_view(), name="goods-receipt-post"),
    path("goods-receipts/<int:pk>/reverse/", receipts.ReverseGoodsReceipt.as_view(), name="goods-receipt-reverse"),
    path("goods-receipts/<int:pk>/cancel/", receipts.CancelGoodsReceipt.as_view(), name="goods-receipt-cancel"),
]

return_urls = [
    path("supplier-returns/", returns.SupplierReturnList.as_view(), name="supplier-return-list"),
    path("supplier-returns/<int:pk>/", returns.SupplierReturnDetail.as_view(), name="supplier-return-detail"),
    path("goods-receipts/<int:pk>/return/", returns.SupplierReturnCreate.as_view(), name="supplier-return-create"),
    path("supplier-returns/<int:pk>/edit/", returns.SupplierReturnEdit.as_view(), name="supplier-return-edit"),
    path("supplier-returns/<int:pk>/print/", returns.SupplierReturnPrint.as_view(), name="supplier-return-print"),
    path("supplier-returns/<int:pk>/post/", returns.PostSupplierReturn.as_view(), name="supplier-return-post"),
    path(
        "supplier-returns/<int:pk>/reverse/",
        returns.ReverseSupplierReturn.as_view(),
        name="supplier-return-reverse",
    ),
    path("supplier-returns/<int:pk>/cancel/", returns.CancelSupplierReturn.as_view(), name="supplier-return-cancel"),
]

landed_cost_urls = [
    path("landed-costs/", landed_costs.LandedCostList.as_view(), name="landed-cost-list"),
    path("landed-costs/new/", landed_costs.LandedCostCreate.as_view(), name="landed-cost-create"),
    path("goods-receipts/<int:pk>/charges/", landed_costs.LandedCostCreate.as_view(), name="goods-receipt-charges"),
    path("landed-costs/<int:pk>/", landed_costs.LandedCostDetail.as_view(), name="landed-cost-detail"),
    path("landed-costs/<int:pk>/edit/", landed_costs.LandedCostEdit.as_view(), name="landed-cost-edit"),
    path("landed-costs/<int:pk>/post/", landed_costs.PostLandedCost.as_view(), name="landed-cost-post"),
    path("landed-costs/<int:pk>/reverse/", landed_costs.ReverseLandedCost.as_view(), name="landed-cost-reverse"),
    path("landed-costs/<int:pk>/cancel/", landed_costs.CancelLandedCost.as_view(), name="landed-cost-cancel"),
]

operation_urls = [
    path(
        "work-orders/<int:pk>/operations/<int:number>/order/",
        operations.OrderOperation.as_view(),
        name="operation-order",
    ),
]

subcontract_urls = [
    path("subcontract-orders/", subcontracts.SubcontractOrderList.as_view(), name="subcontract-order-list"),
    path(
        "subcontract-orders/new/", subcontract_forms.SubcontractOrderCreate.as_view(), name="subcontract-order-create"
    ),
    path(
        "subcontract-orders/<int:pk>/", subcontracts.SubcontractOrderDetail.as_view(), name="subcontract-order-detail"
    ),
    path(
        "subcontract-orders/<int:pk>/edit/",
        subcontract_forms.SubcontractOrderEdit.as_view(),
        name="subcontract-order-edit",
    ),
    path(
        "subcontract-orders/<int:pk>/release/",
        subcontracts.ReleaseSubcontractOrder.as_view(),
        name="subcontract-order-release",
    ),
    path(
        "subcontract-orders/<int:pk>/cancel/",
        subcontracts.CancelSubcontractOrder.as_view(),
        name="subcontract-order-cancel",
    ),
    path(
        "subcontract-orders/<int:pk>/close/",
        subcontracts.CloseSubcontractOrder.as_view(),
        name="subcontract-order-close",
    ),
    path(
        "subcontract-orders/<int:pk>/quantities/",
        subcontract_forms.MaterialQuantities.as_view(),
        name="subcontract-order-quantities",
    ),
    path("subcontract-orders/<int:pk>/send/", subcontract_forms.SendMaterials.as_view(), name="subcontract-order-send"),
    path(
        "subcontract-orders/<int:pk>/return/",
        subcontract_forms.ReturnMaterials.as_view(),
        name="subcontract-order-return",
    ),
    path(
        "subcontract-orders/<int:pk>/receive/",
        subcontract_forms.ReceiveSubcontractOrder.as_view(),
        name="subcontract-order-receive",
    ),
    path("subcontracting/balance/", subcontract_reports.SupplierBalances.as_view(), name="supplier-balance"),
    path("subcontracting/to-send/", subcontract_reports.MaterialToSendList.as_view(), name="material-to-send"),
    path(
        "subcontracting/balance/<int:pk>/count/",
        subcontract_reports.CountAtSupplier.as_view(),
        name="supplier-balance-count",
    ),
    path("subcontracting/charges/", subcontract_reports.ChargeBackList.as_view(), name="charge-back-list"),
    path(
        "subcontracting/charges/<int:pk>/settle/",
        subcontract_reports.SettleChargeBack.as_view(),
        name="charge-back-settle",
    ),
]

urlpatterns = [
    *requisition_urls,
    *order_urls,
    *receipt_urls,
    *return_urls,
    *landed_cost_urls,
    *operation_urls,
    *subcontract_urls,
]
