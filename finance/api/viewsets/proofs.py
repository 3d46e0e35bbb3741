"""Routes of what the proof of the books found broken."""

from core.api.viewsets import DocumentViewSet
from finance.api.serializers.proofs import BooksBreachSerializer
from finance.filters.proofs import BreachFilter
from finance.models import Breach


class BreachViewSet(DocumentViewSet):
    queryset = Breach.objects.order_by("-pk")
    serializer_class = BooksBreachSerializer
    filterset_class = BreachFilter
    permission_required = "finance.view_breach"
