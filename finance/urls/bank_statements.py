"""Pages of bank statements, of the bank journal and its reconciliation."""

from django.urls import path

from finance.views import bank_journal
from finance.views import bank_statements as pages

urlpatterns = [
    path("bank/statements/", pages.StatementList.as_view(), name="bank-statement-list"),
    path("bank/statements/import/", pages.StatementImport.as_view(), name="bank-statement-import"),
    path("bank/statements/<int:pk>/", pages.StatementDetail.as_view(), name="bank-statement-detail"),
    path("bank/statements/<int:pk>/close/", pages.CloseStatement.as_view(), name="bank-statement-close"),
    path("bank/movements/", pages.MovementList.as_view(), name="bank-movement-list"),
    path("bank/movements/<int:pk>/", pages.MovementPage.as_view(), name="bank-movement"),
    path("bank/movements/<int:pk>/accept/", pages.AcceptProposal.as_view(), name="bank-movement-accept"),
    path("bank/movements/<int:pk>/unmatch/", pages.UnmatchMovement.as_view(), name="bank-movement-unmatch"),
    path("bank/journal/", bank_journal.BankJournal.as_view(), name="bank-journal"),
    path("bank/reconciliation/", bank_journal.BankReconciliation.as_view(), name="bank-reconciliation"),
]
