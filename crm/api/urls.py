"""API routes of the app."""

from rest_framework.routers import DefaultRouter

from crm.api import viewsets

router = DefaultRouter()
router.register("campaigns", viewsets.CampaignViewSet, basename="crm-campaign")
router.register("stages", viewsets.StageViewSet, basename="crm-stage")
router.register("leads", viewsets.LeadViewSet, basename="crm-lead")
router.register("opportunities", viewsets.OpportunityViewSet, basename="crm-opportunity")
router.register("quotations", viewsets.QuotationViewSet, basename="crm-quotation")
router.register("sales-orders", viewsets.SalesOrderViewSet, basename="crm-sales-order")
router.register("delivery-requests", viewsets.DeliveryRequestViewSet, basename="crm-delivery-request")
router.register("return-requests", viewsets.ReturnRequestViewSet, basename="crm-return-request")

urlpatterns = router.urls
