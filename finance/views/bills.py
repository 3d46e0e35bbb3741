"""Pages of bills of exchange: register, detail, forms of their verbs."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.errors import DomainError
from core.formats import plain
from core.operations import perform
from core.views.base import DocumentPage, FormPage, ListPage, Page, Verb, visible
from finance.filters.bills import BillFilter
from finance.forms.bills import BankForm, BillForm, DiscountForm, EndorseForm, SplitForm
from finance.forms.payments import typed_allocations
from finance.models import Bill
from finance.selectors.ledger import entries_of
from finance.selectors.payments import open_invoices
from finance.services import bills, opening_bills
from finance.services.bill_splitting import split_bill
from finance.states import BillSide, BillState, Side
from finance.tables.bills import BillTable
from finance.views.payments import grid_rows, typed_in
from finance.views.shared import VersionedOperation, posted_version

B = BillState


def is_received(bill: Bill) -> bool:
    """Whether the bill is one we received and hold."""
    return bill.state == B.HELD and bill.side == BillSide.RECEIVED


def is_untouched_opening(bill: Bill) -> bool:
    """Whether the bill is older than the books and nothing happened to it since."""
    return bill.is_opening and bill.state == bill.opening_state and bill.split_from_id is None


class BillList(ListPage):
    model = Bill
    table_class = BillTable
    filterset_class = BillFilter
    permission_required = "finance.view_bill"
    title = _("Bills of exchange")
    create_url = "finance:bill-create"
    create_label = _("New bill")
    create_permission = "finance.add_bill"
    empty_text = _("Bills we received or issued, with the day they are due.")

    def base_queryset(self) -> Any:
        rows = visible(Bill, self.request.user).select_related("partner", "currency", "endorsed_to")
        return rows.order_by("due_date", "pk")


class BillDetail(DocumentPage):
    model = Bill
    permission_required = "finance.view_bill"
    template_name = "finance/bill/detail.html"
    list_url = "finance:bill-list"
    main_path = (B.DRAFT, B.HELD, B.SETTLED)
    verbs = (
        Verb(
            _("Register"),
            "finance:bill-register",
            permission="finance.register_bill",
            to=B.HELD,
            link=True,
            main=True,
            icon="check",
        ),
        Verb(
            _("Paid at maturity"),
            "finance:bill-settle",
            permission="finance.settle_bill",
            to=B.SETTLED,
            link=True,
            main=True,
            icon="cash",
        ),
        Verb(
            _("Endorse"),
            "finance:bill-endorse",
            permission="finance.endorse_bill",
            when=is_received,
            link=True,
            icon="arrow-forward-up",
        ),
        Verb(
            _("Discount at the bank"),
            "finance:bill-discount",
            permission="finance.discount_bill",
            when=is_received,
            link=True,
            icon="percentage",
        ),
        Verb(
            _("Split"),
            "finance:bill-split",
            permission="finance.split_bill",
            when=is_received,
            link=True,
            icon="arrows-split",
        ),
        Verb(
            _("Dishonoured"),
            "finance:bill-dishonour",
            bills.dishonour_bill,
            to=B.DISHONOURED,
            danger=True,
            reason=True,
        ),
        Verb(
            _("Cancel"),
            "finance:bill-cancel",
            bills.cancel_bill,
            to=B.CANCELLED,
            when=lambda bill: bill.state == B.DRAFT,
            danger=True,
            reason=True,
        ),
        Verb(
            _("Take back"),
            "finance:opening-bill-withdraw",
            opening_bills.withdraw_opening_bill,
            to=B.CANCELLED,
            when=is_untouched_opening,
            danger=True,
            reason=True,
        ),
    )

    def get_object_queryset(self) -> Any:
        related = ("partner", "currency", "endorsed_to", "bank_account", "split_from", "owner")
        return visible(Bill, self.request.user).select_related(*related)

    def extra_context_for(self, document: Bill) -> dict[str, Any]:
        sees_books = self.request.user.has_perm("finance.view_journalentry")
        return {
            "parts": list(document.parts.order_by("pk")),
            "payments": list(document.payments.select_related("partner").order_by("pk")),
            "entries": list(entries_of("finance.bill", document.pk)) if sees_books else [],
            "subtitle": str(document.partner),
        }


class BillOperation(VersionedOperation):
    """A verb on the page of a bill."""

    page = BillDetail


class DishonourBill(BillOperation):
    service = bills.dishonour_bill


class CancelBill(BillOperation):
    service = bills.cancel_bill


class WithdrawOpeningBill(BillOperation):
    """An opening bill taken back; its number may be entered again."""

    service = opening_bills.withdraw_opening_bill
    message = _("The opening bill is taken back.")


class BillCreate(FormPage):
    service = bills.create_bill
    form_class = BillForm
    template_name = "core/form.html"
    title = _("New bill")

    def get_initial(self) -> dict[str, Any]:
        return {"document_date": today(), "issue_date": today()} | super().get_initial()

    def arguments(self, form: BillForm, formset: Any) -> dict[str, Any]:
        return form.arguments()


class RegisterBill(Page):
    """Which open invoices the bill settles; the oldest are proposed, the rest is an advance."""

    permission_required = "finance.register_bill"

    def _bill(self) -> Bill:
        rows = visible(Bill, self.request.user).select_related("partner", "currency")
        found = rows.filter(pk=self.kwargs["pk"], state=B.DRAFT).first()
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(self._bill())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        bill = self._bill()
        rows, _readable = typed_allocations(request.POST)
        try:
            perform(
                bills.register_bill,
                actor=request.user,
                key=request.POST.get("_key") or None,
                bill_id=bill.pk,
                version=posted_version(request),
                lines=rows,
            )
        except DomainError as refusal:
            return self.show(bill, refusal)
        messages.success(request, _text("The bill is registered."))
        return HttpResponseRedirect(bill.get_absolute_url())

    def show(self, bill: Bill, refusal: DomainError | None = None) -> HttpResponse:
        kind = str(Side.CUSTOMER if bill.side == BillSide.RECEIVED else Side.SUPPLIER)
        typed = typed_in(self.request.POST)
        if self.request.method == "GET":
            oldest = oldest_invoices(bill.partner_id, kind, bill.currency_id, bill.amount)
            typed = {row["invoice_id"]: {"amount": plain(row["amount"])} for row in oldest}
        context = {
            "title": _text("Register bill"),
            "payment": bill,
            "left": bill.amount,
            "rows": grid_rows(bill.partner_id, kind, bill.currency_id, typed),
            "refusal": refusal,
        }
        return render(self.request, "finance/bill/register.html", context, status=refusal.status if refusal else 200)


def oldest_invoices(partner_id: int, kind: str, currency_id: int, amount: Decimal) -> list[dict[str, Any]]:
    """Return rows that settle the open invoices, the oldest due first, until ``amount`` is used."""
    rows: list[dict[str, Any]] = []
    for invoice in open_invoices(partner_id, kind, currency_id).filter(open_amount__gt=0):
        part = min(amount, invoice.open_amount)
        if part <= 0:
            break
        rows.append({"invoice_id": invoice.pk, "amount": part})
        amount -= part
    return rows


class BillFormPage(FormPage):
    """A verb of a bill that needs more than a click."""

    template_name = "core/form.html"
    model = Bill

    def get_initial(self) -> dict[str, Any]:
        return {"document_date": today()}

    def keys(self) -> dict[str, Any]:
        return {"bill_id": self.document.pk, "version": posted_version(self.request)}


class EndorseBill(BillFormPage):
    service = bills.endorse_bill
    form_class = EndorseForm
    title = _("Endorse to a supplier")

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"oldest": True}

    def arguments(self, form: EndorseForm, formset: Any) -> dict[str, Any]:
        data, bill = form.cleaned_data, self.document
        supplier = data["partner"].pk
        lines = oldest_invoices(supplier, str(Side.SUPPLIER), bill.currency_id, bill.amount) if data["oldest"] else []
        return self.keys() | {"partner_id": supplier, "lines": lines, "document_date": data["document_date"]}


class SettleBill(BillFormPage):
    service = bills.settle_bill
    form_class = BankForm
    title = _("Paid at maturity")

    def form_kwargs(self) -> dict[str, Any]:
        return {"bill": self.document}

    def arguments(self, form: BankForm, formset: Any) -> dict[str, Any]:
        data = form.cleaned_data
        return self.keys() | {"bank_account_id": data["bank_account"].pk, "document_date": data["document_date"]}


class DiscountBill(SettleBill):
    service = bills.discount_bill
    form_class = DiscountForm
    title = _("Discount at the bank")

    def arguments(self, form: BankForm, formset: Any) -> dict[str, Any]:
        return super().arguments(form, formset) | {"interest": form.cleaned_data["interest"]}


class SplitBill(BillFormPage):
    """Take a part off a bill: two bills stand in its place."""

    service = split_bill
    form_class = SplitForm
    title = _("Split the bill")
    message = _("The bill is split: each part can be endorsed, discounted or collected.")

    def get_initial(self) -> dict[str, Any]:
        return {}

    def arguments(self, form: SplitForm, formset: Any) -> dict[str, Any]:
        part = form.cleaned_data["amount"]
        return self.keys() | {"parts": [part, self.document.amount - part]}

    def success_url(self, result: Any) -> str:
        return str(self.document.get_absolute_url())
