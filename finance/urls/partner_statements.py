"""Pages of statements of account."""

from django.urls import path

from finance.views import partner_statements as pages

urlpatterns = [
    path("statements-of-account/", pages.PartnerStatement.as_view(), name="partner-statement"),
    path(
        "statements-of-account/<int:pk>/print/", pages.PartnerStatementPrint.as_view(), name="partner-statement-print"
    ),
]
