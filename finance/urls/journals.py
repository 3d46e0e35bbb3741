"""Pages of the journals of the general ledger."""

from django.urls import path

from finance.views import journals

urlpatterns = [
    path("journals/", journals.JournalList.as_view(), name="journal-list"),
    path("journals/new/", journals.JournalCreate.as_view(), name="journal-create"),
    path("journals/<int:pk>/", journals.JournalDetail.as_view(), name="journal-detail"),
    path("journals/<int:pk>/edit/", journals.JournalEdit.as_view(), name="journal-edit"),
]
