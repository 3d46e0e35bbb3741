"""Shapes of journal entries."""

from core.api.viewsets import ConcordSerializer
from finance.models import (
    JournalEntry,
    JournalLine,
)


class JournalLineSerializer(ConcordSerializer):
    class Meta:
        model = JournalLine
        fields = (
            "line_no",
            "account",
            "amount",
            "currency",
            "currency_amount",
            "rate",
            "is_exchange_difference",
            "partner",
            "item",
            "department",
            "project",
            "sales_order",
            "work_order",
            "tax_code",
        )


class JournalEntrySerializer(ConcordSerializer):
    lines = JournalLineSerializer(many=True, read_only=True)

    class Meta:
        model = JournalEntry
        fields = (
            "id",
            "source_label",
            "source_id",
            "source_number",
            "event",
            "journal",
            "ledger_journal",
            "entry_date",
            "period",
            "description",
            "reverses",
            "actor",
            "posted_at",
            "lines",
        )
