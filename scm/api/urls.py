"""API routes of the app."""

from rest_framework.routers import DefaultRouter

from scm.api import viewsets

router = DefaultRouter()
router.register("requisitions", viewsets.RequisitionViewSet, basename="scm-requisition")
router.register("purchase-orders", viewsets.PurchaseOrderViewSet, basename="scm-purchase-order")
router.register("goods-receipts", viewsets.GoodsReceiptViewSet, basename="scm-goods-receipt")
router.register("supplier-returns", viewsets.SupplierReturnViewSet, basename="scm-supplier-return")
router.register("landed-costs", viewsets.LandedCostViewSet, basename="scm-landed-cost")
router.register("subcontract-orders", viewsets.SubcontractOrderViewSet, basename="scm-subcontract-order")
router.register("subcontract-charges", viewsets.SubcontractChargeViewSet, basename="scm-subcontract-charge")

urlpatterns = router.urls
