"""Pages of supplier returns."""

from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.formats import plain
from core.views.base import DocumentPage, FormPage, ListPage, Verb, visible
from core.views.printing import PrintView
from scm.filters import SupplierReturnFilter
from scm.forms.fields import storage_choices, typed_rows
from scm.forms.supplier_returns import SupplierReturnForm, SupplierReturnLineFormSet, line_arguments
from scm.models import GoodsReceipt, SupplierReturn
from scm.selectors.supplier_items import codes_at_supplier
from scm.services import supplier_returns
from scm.states import GoodsReceiptState, Settlement, SupplierReturnState
from scm.tables import SupplierReturnTable
from scm.views.shared import VersionedOperation, posted_version

S = SupplierReturnState


class SupplierReturnList(ListPage):
    model = SupplierReturn
    table_class = SupplierReturnTable
    filterset_class = SupplierReturnFilter
    permission_required = "scm.view_supplierreturn"
    title = _("Supplier returns")
    empty_text = _("Goods go back from the page of the goods receipt they came with.")

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("receipt", "order", "partner")


class SupplierReturnDetail(DocumentPage):
    model = SupplierReturn
    permission_required = "scm.view_supplierreturn"
    template_name = "scm/supplier_return/detail.html"
    list_url = "scm:supplier-return-list"
    print_url = "scm:supplier-return-print"
    main_path = (S.DRAFT, S.POSTED)
    verbs = (
        Verb(
            _("Post"),
            "scm:supplier-return-post",
            supplier_returns.post_supplier_return,
            to=S.POSTED,
            main=True,
            icon="check",
        ),
        Verb(
            _("Edit"),
            "scm:supplier-return-edit",
            permission="scm.change_supplierreturn",
            states=frozenset({S.DRAFT}),
            link=True,
            icon="edit",
        ),
        Verb(
            _("Reverse"),
            "scm:supplier-return-reverse",
            supplier_returns.reverse_supplier_return,
            to=S.REVERSED,
            reason=True,
            danger=True,
        ),
        Verb(
            _("Cancel"),
            "scm:supplier-return-cancel",
            supplier_returns.cancel_supplier_return,
            to=S.CANCELLED,
            danger=True,
        ),
    )

    def get_object_queryset(self) -> Any:
        related = ("receipt", "order", "partner", "owner")
        return visible(SupplierReturn, self.request.user).select_related(*related)

    def extra_context_for(self, document: SupplierReturn) -> dict[str, Any]:
        related = ("receipt_line__item__uom", "receipt_line__uom", "receipt_line__order_line", "location__warehouse")
        return {"lines": list(document.lines.select_related(*related)), "subtitle": str(document.partner)}


class SupplierReturnPrint(PrintView):
    """What goes with the goods back to the supplier: his codes, lots and the reason, no prices."""

    model = SupplierReturn
    template_name = "scm/supplier_return/print.html"
    permission_required = "scm.view_supplierreturn"

    def get_object_queryset(self) -> Any:
        return super().get_object_queryset().select_related("receipt__warehouse", "order", "partner", "owner")

    def context_for(self, document: SupplierReturn) -> dict[str, Any]:
        related = ("receipt_line__item", "receipt_line__uom", "receipt_line__order_line")
        lines: list[Any] = list(document.lines.select_related(*related))
        keys = [line.receipt_line.item_id for line in lines if line.receipt_line.item_id]
        codes = codes_at_supplier(document.partner_id, keys)
        for line in lines:
            line.supplier_code, line.supplier_name = codes.get(line.receipt_line.item_id or 0, ("", ""))
        partner = document.partner
        return {
            "lines": lines,
            "has_supplier_codes": any(line.supplier_code for line in lines),
            "has_lots": any(line.receipt_line.lot_code for line in lines),
            "address": partner.addresses.filter(is_active=True).order_by("-is_default", "pk").first(),
            "contact": partner.contacts.filter(is_active=True).order_by("-is_default", "pk").first(),
        }


class SupplierReturnOperation(VersionedOperation):
    """A verb on the page of a supplier return."""

    page = SupplierReturnDetail


class PostSupplierReturn(SupplierReturnOperation):
    service = supplier_returns.post_supplier_return


class ReverseSupplierReturn(SupplierReturnOperation):
    service = supplier_returns.reverse_supplier_return


class CancelSupplierReturn(SupplierReturnOperation):
    service = supplier_returns.cancel_supplier_return


class SupplierReturnFormPage(FormPage):
    """What of a receipt goes back, and why."""

    form_class = SupplierReturnForm
    formset_class = SupplierReturnLineFormSet
    template_name = "scm/supplier_return/form.html"
    receipt: Any

    def formset_kwargs(self) -> dict[str, Any]:
        lines = self.receipt.lines.select_related("item", "uom", "order_line")
        named = [
            (str(line.pk), f"{line.line_no} · {line.item or line.order_line.description} · {plain(line.quantity):f}")
            for line in lines
        ]
        return {"form_kwargs": {"choices": {"receipt_line": [("", ""), *named], "location": storage_choices()}}}

    def extra_context(self) -> dict[str, Any]:
        return {"receipt": self.receipt, "back_url": (self.document or self.receipt).get_absolute_url()}

    def return_arguments(self, form: SupplierReturnForm, formset: Any) -> dict[str, Any]:
        rows = [row for row in typed_rows(formset) if row.get("quantity")]
        return form.cleaned_data | {"lines": [line_arguments(row) for row in rows]}


class SupplierReturnCreate(SupplierReturnFormPage):
    service = supplier_returns.create_supplier_return
    title = _("Send goods back")

    @cached_property
    def receipt(self) -> GoodsReceipt:
        receipts = visible(GoodsReceipt, self.request.user).filter(state=GoodsReceiptState.POSTED)
        receipt = receipts.select_related("partner").filter(pk=self.kwargs["pk"]).first()
        if receipt is None:
            raise Http404
        return receipt

    def get_initial(self) -> dict[str, Any]:
        return {"settlement": Settlement.REPLACE}

    def get_lines_initial(self) -> list[dict[str, Any]]:
        lines = self.receipt.lines.all()
        return [{"receipt_line": line.pk, "location": line.location_id} for line in lines if line.returnable_quantity]

    def arguments(self, form: SupplierReturnForm, formset: Any) -> dict[str, Any]:
        return {"receipt_id": self.receipt.pk, **self.return_arguments(form, formset)}


class SupplierReturnEdit(SupplierReturnFormPage):
    service = supplier_returns.update_supplier_return
    model = SupplierReturn
    title = _("Edit supplier return")

    @cached_property
    def receipt(self) -> GoodsReceipt:
        return self.document.receipt

    def get_initial(self) -> dict[str, Any]:
        document = self.document
        return {"cause": document.reason, "settlement": document.settlement, "note": document.note}

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return [
            {"receipt_line": line.receipt_line_id, "quantity": plain(line.quantity), "location": line.location_id}
            for line in self.document.lines.all()
        ]

    def arguments(self, form: SupplierReturnForm, formset: Any) -> dict[str, Any]:
        own = {"return_id": self.document.pk, "version": posted_version(self.request)}
        return own | self.return_arguments(form, formset)
