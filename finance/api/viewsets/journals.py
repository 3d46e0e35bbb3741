"""Routes of the journals of the general ledger."""

from finance.api.serializers import journals as shapes
from finance.api.viewsets.receivable_settings import SavedViewSet
from finance.filters.journals import JournalFilter
from finance.selectors.journals import all_journals
from finance.services.journals import save_journal


class JournalViewSet(SavedViewSet):
    queryset = all_journals()
    serializer_class = shapes.JournalSerializer
    input_serializer_class = shapes.JournalInput
    filterset_class = JournalFilter
    permission_required = "finance.view_ledgerjournal"
    create_service = save_journal
    saved_key = "journal_id"
