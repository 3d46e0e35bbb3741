"""What the forms of deliveries and returns share: one order, one row for each line that may move."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.http import Http404
from django.urls import reverse

from core.typed import is_key
from core.views.base import FormPage, visible
from crm.models import SalesOrder


class RequestFormPage(FormPage):
    """A request of an order (``pk`` of the order when it is new, of the request when it is edited)."""

    template_name = "crm/_request_form.html"
    editing: ClassVar[bool] = False

    def get_document(self) -> Any:
        return super().get_document() if self.editing else None

    @property
    def order(self) -> SalesOrder:
        """The order that the request is of."""
        if self.document is not None:
            return self.document.order
        found = visible(SalesOrder, self.request.user).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def rows(self) -> Sequence[Any]:
        """Return the order lines that may move, each with the most that may."""
        raise AssertionError("a request's form names its rows")

    def present(self) -> dict[int, Decimal]:
        """Return {order line id: quantity} of the stored request."""
        return {line.order_line_id: line.quantity for line in self.document.lines.all()}

    def get_lines_initial(self) -> list[dict[str, Any]]:
        present = self.present() if self.document is not None else None
        return [
            {
                "order_line_id": row.line.pk,
                "quantity": self.proposed(row) if present is None else present.get(row.line.pk),
            }
            for row in self.rows()
        ]

    def proposed(self, row: Any) -> Decimal | None:
        """Return the quantity that stands in a new form."""
        return row.quantity

    def formset_kwargs(self) -> dict[str, Any]:
        return {"rows": self.rows()}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        common = {"lines": formset.typed()} | form.header()
        if self.document is None:
            return {"order_id": self.order.pk} | common
        version = self.request.POST.get("version", "")
        known = {"version": int(version)} if is_key(version) else {}
        return {"request_id": self.document.pk} | known | common

    def extra_context(self) -> dict[str, Any]:
        order = self.order
        return {"order": order, "back_url": reverse("crm:sales-order-detail", args=[order.pk])}
