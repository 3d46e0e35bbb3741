"""API routes of the app."""

from rest_framework.routers import DefaultRouter

from finance.api import viewsets

router = DefaultRouter()
router.register("accounts", viewsets.AccountViewSet, basename="finance-account")
router.register("bank-accounts", viewsets.BankAccountViewSet, basename="finance-bank-account")
router.register("periods", viewsets.FiscalPeriodViewSet, basename="finance-period")
router.register("entries", viewsets.JournalEntryViewSet, basename="finance-entry")
router.register("invoices", viewsets.InvoiceViewSet, basename="finance-invoice")
router.register("payments", viewsets.PaymentViewSet, basename="finance-payment")

urlpatterns = router.urls
