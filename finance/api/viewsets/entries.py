"""Routes of journal entries."""

from core.api.viewsets import DocumentViewSet
from finance.api.serializers import entries as shapes
from finance.filters.entries import EntryFilter
from finance.models import JournalEntry


class JournalEntryViewSet(DocumentViewSet):
    queryset = JournalEntry.objects.prefetch_related("lines").order_by("-pk")
    serializer_class = shapes.JournalEntrySerializer
    filterset_class = EntryFilter
    permission_required = "finance.view_journalentry"
