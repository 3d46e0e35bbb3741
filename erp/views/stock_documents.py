"""Pages of stock documents: receipts and issues, transfers, counts, opening stock."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.permissions import may_view_field
from core.views.base import DocumentPage, FormPage, ListPage, Verb
from erp.filters.stock import StockDocumentFilter
from erp.forms.stock_documents import (
    ArrivalForm,
    CountedForm,
    CountForm,
    PostOnDayForm,
    StockDocumentForm,
    StockLines,
    initial_of,
)
from erp.models import StockDocument, StockMove
from erp.services import stock_documents
from erp.states import StockDocumentKind, StockDocumentState
from erp.tables.stock import StockDocumentTable
from erp.views.verbs import posted_version
from masterdata.views.units import stock_units

K = StockDocumentKind
DRAFT = frozenset({StockDocumentState.DRAFT})
TITLES = {
    K.MISC_RECEIPT: _("New miscellaneous receipt"),
    K.MISC_ISSUE: _("New miscellaneous issue"),
    K.TRANSFER: _("New transfer"),
    K.OWNER_RECEIPT: _("New receipt of goods of others"),
    K.OWNER_RETURN: _("New return of goods of others"),
}


class StockDocumentList(ListPage):
    """All stock documents."""

    model = StockDocument
    table_class = StockDocumentTable
    filterset_class = StockDocumentFilter
    permission_required = "erp.view_stockdocument"
    template_name = "erp/stock_document/list.html"
    title = _("Stock documents")
    empty_text = _("Goods that come, go or change their place without purchase, sale or production; counts.")

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("warehouse")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_add = self.request.user.has_perm("erp.add_stockdocument")
        kinds = [(reverse("erp:stock-document-create", args=[kind]), kind.label) for kind in TITLES]
        kinds.append((reverse("erp:stock-count-create"), K.COUNT.label))
        return super().get_context_data(**kwargs) | {
            "kinds": kinds if may_add else [],
            "opening_url": reverse("erp:opening-stock") if self.request.user.has_perm("erp.post_opening_stock") else "",
        }


class StockDocumentPage(DocumentPage):
    """One stock document."""

    model = StockDocument
    permission_required = "erp.view_stockdocument"
    template_name = "erp/stock_document/detail.html"
    list_url = "erp:stock-document-list"
    main_path = (StockDocumentState.DRAFT, StockDocumentState.POSTED)
    verbs = (
        Verb(
            _("Post"),
            "erp:stock-document-post",
            stock_documents.post_stock_document,
            states=DRAFT,
            when=lambda document: not document.is_two_step,
            main=True,
            icon="check",
        ),
        Verb(
            _("Post on another day"),
            "erp:stock-document-post-on-day",
            stock_documents.post_stock_document,
            permission="erp.backdate_stock",
            states=DRAFT,
            when=lambda document: not document.is_two_step,
            link=True,
            icon="calendar-event",
        ),
        Verb(
            _("Send"),
            "erp:stock-document-send",
            stock_documents.send_transfer,
            states=DRAFT,
            when=lambda document: document.is_two_step,
            main=True,
            icon="truck",
        ),
        Verb(
            _("Receive"),
            "erp:stock-document-receive",
            stock_documents.receive_transfer,
            states=frozenset({StockDocumentState.IN_TRANSIT}),
            link=True,
            main=True,
            icon="package-import",
        ),
        Verb(
            _("Enter counts"),
            "erp:stock-count-enter",
            stock_documents.enter_counts,
            states=DRAFT,
            when=lambda document: document.kind == K.COUNT,
            link=True,
            icon="clipboard-list",
        ),
        Verb(
            _("Edit"),
            "erp:stock-document-edit",
            stock_documents.update_stock_document,
            states=DRAFT,
            when=lambda document: document.kind != K.COUNT,
            link=True,
            icon="edit",
        ),
        Verb(
            _("Reverse"),
            "erp:stock-document-reverse",
            stock_documents.reverse_stock_document,
            to=StockDocumentState.REVERSED,
            reason=True,
            danger=True,
            icon="arrow-back-up",
        ),
        Verb(
            _("Reverse on another day"),
            "erp:stock-document-reverse-on-day",
            stock_documents.reverse_stock_document,
            permission="erp.backdate_stock",
            to=StockDocumentState.REVERSED,
            link=True,
            danger=True,
            icon="calendar-event",
        ),
        Verb(
            _("Cancel"),
            "erp:stock-document-cancel",
            stock_documents.cancel_stock_document,
            to=StockDocumentState.CANCELLED,
            reason=True,
            danger=True,
            icon="x",
        ),
    )

    def get_object_queryset(self) -> Any:
        related = ("warehouse", "to_warehouse", "department", "owner", "goods_owner")
        return super().get_object_queryset().select_related(*related)

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        lines = list(
            document.lines.select_related(
                "item__uom", "item__second_uom", "uom", "lot", "location__warehouse", "to_location__warehouse"
            )
        )
        return {
            "subtitle": f"{document.get_kind_display()} · {document.warehouse}",
            "lines": lines,
            "is_count": document.kind == K.COUNT,
            "is_transfer": document.kind == K.TRANSFER,
            "is_sent": document.is_two_step and document.state != StockDocumentState.DRAFT,
            "has_second": any(line.item.second_uom_id for line in lines),
            "sees_value": may_view_field(self.request.user, "erp.stockdocumentline.amount"),
            "moved": StockMove.objects.filter(source_label="erp.stockdocument", source_id=document.pk).exists(),
        }


class CreateStockDocument(FormPage):
    """Draft a receipt, an issue or a transfer."""

    service = stock_documents.create_stock_document
    form_class = StockDocumentForm
    formset_class = StockLines
    template_name = "core/form.html"

    @property
    def kind(self) -> str:
        if self.kwargs["kind"] not in TITLES:
            raise Http404
        return str(self.kwargs["kind"])

    @property
    def title(self) -> Any:  # type: ignore[override]
        return TITLES[K(self.kind)]

    def form_kwargs(self) -> dict[str, Any]:
        return {"kind": self.kind}

    def formset_kwargs(self) -> dict[str, Any]:
        may_cost = may_view_field(self.request.user, "erp.stockdocumentline.unit_cost")
        return {"kind": self.kind, "may_cost": may_cost}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"kind": self.kind, "lines": formset.typed()} | form.header()

    def extra_context(self) -> dict[str, Any]:
        return stock_units() | {"back_url": reverse("erp:stock-document-list")}


class EditStockDocument(CreateStockDocument):
    """Change a draft."""

    service = stock_documents.update_stock_document
    model = StockDocument
    title = _("Edit stock document")  # type: ignore[assignment]

    @property
    def kind(self) -> str:
        return str(self.document.kind)

    def get_initial(self) -> dict[str, Any]:
        document = self.document
        return {
            "warehouse": document.warehouse_id,
            "to_warehouse": document.to_warehouse_id,
            "reason_code": document.reason_code,
            "department": document.department_id,
            "is_two_step": document.is_two_step,
            "goods_owner": document.goods_owner_id,
            "note": document.note,
        }

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return initial_of(self.document.lines.select_related("lot").order_by("line_no"))

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        version = posted_version(self.request)
        return {"document_id": self.document.pk, "version": version, "lines": formset.typed()} | form.header()

    def extra_context(self) -> dict[str, Any]:
        return stock_units()


class OpeningStock(CreateStockDocument):
    """Enter what lies in a warehouse when the books begin."""

    service = stock_documents.record_opening_stock
    kind = K.OPENING  # type: ignore[assignment]
    title = _("Opening stock")  # type: ignore[assignment]
    message = _("The opening stock is posted.")

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"lines": formset.typed()} | form.header()

    def extra_context(self) -> dict[str, Any]:
        return stock_units() | {"back_url": reverse("erp:stock-balance-list")}


class PostOnDay(FormPage):
    """Post a document on a day that has passed: with the right to backdate, and a reason."""

    service = stock_documents.post_stock_document
    form_class = PostOnDayForm
    template_name = "core/form.html"
    title = _("Post on another day")
    model = StockDocument
    message = _("Posted.")

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"document_id": self.document.pk, "version": posted_version(self.request)} | form.cleaned_data


class ReverseOnDay(PostOnDay):
    """Take a document back on a day that has passed: with the right to backdate, and a reason."""

    service = stock_documents.reverse_stock_document
    title = _("Reverse on another day")
    message = _("Taken back.")


class ReceiveTransfer(FormPage):
    """Say what has arrived of a transfer that is on the way."""

    service = stock_documents.receive_transfer
    form_class = ArrivalForm
    template_name = "erp/stock_document/receive.html"
    title = _("Receive the transfer")
    model = StockDocument
    message = _("Received.")

    def form_kwargs(self) -> dict[str, Any]:
        lines = self.document.lines.select_related("item__uom", "lot").order_by("line_no")
        return {"lines": lines, "warehouse_id": self.document.to_warehouse_id}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {
            "document_id": self.document.pk,
            "version": posted_version(self.request),
            "lines": form.arrived(),
            "close": form.cleaned_data["close"],
            "date": form.cleaned_data["date"],
            "reason": form.cleaned_data["reason"],
        }


class CreateCount(FormPage):
    """Prepare a count sheet."""

    service = stock_documents.create_count
    form_class = CountForm
    template_name = "core/form.html"
    title = _("New stock count")

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        data = form.cleaned_data
        keys = {f"{name}_id": data[name] for name in ("warehouse", "location", "category")}
        return keys | {"note": data["note"]}

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("erp:stock-document-list")}


class EnterCounts(FormPage):
    """Fill in a count sheet."""

    service = stock_documents.enter_counts
    form_class = CountedForm
    formset_class = StockLines
    template_name = "erp/stock_document/counts.html"
    title = _("Enter counts")
    model = StockDocument
    message = _("The counted quantities are saved.")

    def form_kwargs(self) -> dict[str, Any]:
        lines = self.document.lines.select_related("item__uom", "lot", "location__warehouse")
        return {"lines": lines.order_by("line_no")}

    def formset_kwargs(self) -> dict[str, Any]:
        return {"kind": K.COUNT}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {
            "document_id": self.document.pk,
            "version": posted_version(self.request),
            "counts": form.counts(),
            "found": formset.typed(),
        }
