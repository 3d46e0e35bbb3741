"""Shape of what the proof of the books found broken."""

from core.api.viewsets import ConcordSerializer
from finance.models import Breach


class BooksBreachSerializer(ConcordSerializer):
    class Meta:
        model = Breach
        fields = ("id", "code", "subject", "evidence", "found_at", "gone_at")
