"""Pages of payments: list, detail, form with its allocation grid, verbs."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.errors import DomainError
from core.formats import plain
from core.operations import perform
from core.typed import is_key
from core.views.base import DocumentPage, FormPage, ListPage, Page, Verb, visible
from finance.filters.payments import PaymentFilter
from finance.forms.payments import SORTS, PaymentForm, sort_of, typed_allocations
from finance.models import BankAccount, Invoice, Payment
from finance.selectors.ledger import entries_of
from finance.selectors.matching import blocked_among
from finance.selectors.payments import is_natural, live_allocations, open_invoices
from finance.services import payments
from finance.states import PaymentState, Side
from finance.tables.payments import PaymentTable
from finance.views.shared import VersionedOperation, posted_version
from masterdata.models import Partner

S = PaymentState
Typed = dict[int, dict[str, Any]]


class PaymentList(ListPage):
    model = Payment
    table_class = PaymentTable
    filterset_class = PaymentFilter
    permission_required = "finance.view_payment"
    title = _("Payments")
    create_url = "finance:payment-create"
    create_label = _("New payment")
    create_permission = "finance.add_payment"
    empty_text = _("Money that came in or went out, and the invoices it settled.")

    def base_queryset(self) -> Any:
        related = ("partner", "bank_account", "currency")
        return visible(Payment, self.request.user).select_related(*related).order_by("-document_date", "-pk")


def has_money_left(payment: Payment) -> bool:
    """Whether something of a posted payment is not allocated."""
    return payment.state == S.POSTED and payment.open_amount != 0


class PaymentDetail(DocumentPage):
    model = Payment
    permission_required = "finance.view_payment"
    template_name = "finance/payment/detail.html"
    list_url = "finance:payment-list"
    main_path = (S.DRAFT, S.POSTED)
    verbs = (
        Verb(_("Post"), "finance:payment-post", payments.post_payment, to=S.POSTED, main=True, icon="check"),
        Verb(
            _("Allocate"),
            "finance:payment-allocate",
            permission="finance.allocate_payment",
            when=has_money_left,
            link=True,
            main=True,
            icon="arrows-split",
        ),
        Verb(
            _("Edit"),
            "finance:payment-edit",
            permission="finance.change_payment",
            states=frozenset({S.DRAFT}),
            link=True,
            icon="edit",
        ),
        Verb(
            _("Reverse"),
            "finance:payment-reverse",
            payments.reverse_payment,
            to=S.REVERSED,
            when=lambda payment: payment.bill_id is None and payment.opening_entry_id is None,
            danger=True,
            reason=True,
        ),
        Verb(_("Cancel"), "finance:payment-cancel", payments.cancel_payment, to=S.CANCELLED, danger=True, reason=True),
    )

    def get_object_queryset(self) -> Any:
        related = (
            "partner",
            "bank_account",
            "bill",
            "currency",
            "sales_order",
            "purchase_order",
            "owner",
            "opening_entry",
        )
        return visible(Payment, self.request.user).select_related(*related)

    def extra_context_for(self, document: Payment) -> dict[str, Any]:
        sees_books = self.request.user.has_perm("finance.view_journalentry")
        return {
            "sort": SORTS[sort_of(document.kind, document.direction)][2],
            "planned": list(document.lines.select_related("invoice")) if document.state == S.DRAFT else [],
            "allocations": list(live_allocations(document)),
            "may_undo": document.state == S.POSTED and self.request.user.has_perm("finance.allocate_payment"),
            "entries": list(entries_of("finance.payment", document.pk)) if sees_books else [],
            "subtitle": str(document.partner),
        }


class PaymentOperation(VersionedOperation):
    """A verb on the page of a payment."""

    page = PaymentDetail


class PostPayment(PaymentOperation):
    service = payments.post_payment
    message = _("The payment is posted.")


class CancelPayment(PaymentOperation):
    service = payments.cancel_payment


class ReversePayment(PaymentOperation):
    service = payments.reverse_payment


def grid_rows(partner_id: int, kind: str, currency_id: int, typed: Typed) -> list[dict[str, Any]]:
    """Return the open invoices of a partner with what is typed beside each."""
    day = today()
    found = list(open_invoices(partner_id, kind, currency_id).select_related("currency"))
    stopped = blocked_among(found)
    return [
        {
            "invoice": one,
            "typed": typed.get(one.pk, {}),
            "open": plain(one.open_amount),
            "discount": one.discount_until is not None and one.discount_until >= day,
            "is_blocked": one.pk in stopped,
        }
        for one in found
    ]


def typed_in(data: Any) -> Typed:
    """Return {invoice key: {column: figure as typed}} of a posted or asked grid."""
    rows, _readable = typed_allocations(data)
    return {
        row["invoice_id"]: {name: plain(figure) for name, figure in row.items() if name != "invoice_id"} for row in rows
    }


class UndoAllocation(PaymentOperation):
    """One allocation taken back; the money is an advance again."""

    service = payments.undo_allocation
    message = _("The invoice is open again.")

    def arguments(self) -> dict[str, Any]:
        return super().arguments() | {"allocation_id": self.kwargs["allocation_pk"]}


class PaymentFormPage(FormPage):
    """Header, and the open invoices of the partner with an amount beside each."""

    form_class = PaymentForm
    template_name = "finance/payment/form.html"
    model = Payment

    def form_kwargs(self) -> dict[str, Any]:
        return {"is_new": self.document is None}

    def typed(self) -> Typed:
        return typed_in(self.request.POST or self.request.GET)

    def arguments(self, form: PaymentForm, formset: Any) -> dict[str, Any]:
        rows, _readable = typed_allocations(self.request.POST)
        return form.arguments() | {"lines": rows}

    def context_of_grid(self, form: Any) -> tuple[int | None, str, int | None]:
        """Return (partner, side, currency) whose invoices the grid shows."""
        partner = _key(form["partner"].value())
        sort = form["sort"].value()
        kind = str(SORTS[sort][0]) if sort in SORTS else str(Side.CUSTOMER)
        return partner, kind, _currency_of(form["bank_account"].value())

    def show(self, form: Any, formset: Any, *, refusal: DomainError | None = None, status: int = 200) -> HttpResponse:
        partner, kind, currency = self.context_of_grid(form)
        self.rows = grid_rows(partner, kind, currency, self.typed()) if partner and currency else []
        return super().show(form, formset, refusal=refusal, status=status)

    def extra_context(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "open_invoices_url": reverse("finance:payment-open-invoices"),
            "may_post": self.request.user.has_perm("finance.post_payment"),
            "back_url": "" if self.document else reverse("finance:payment-list"),
        }

    def done(self, result: Payment) -> HttpResponse:
        """Post at once when asked to; a refusal is shown on the page of the saved draft."""
        if "post" not in self.request.POST:
            return super().done(result)
        if not self.request.user.has_perm("finance.post_payment"):
            raise PermissionDenied("finance.post_payment")
        try:
            perform(payments.post_payment, actor=self.request.user, payment_id=result.pk)
        except DomainError as refusal:
            page = PaymentDetail()
            page.setup(self.request, pk=result.pk)
            return page.refused(refusal)
        messages.success(self.request, _text("The payment is posted."))
        return HttpResponseRedirect(result.get_absolute_url())


def _key(value: Any) -> int | None:
    text = str(getattr(value, "pk", value) or "")
    return int(text) if is_key(text) else None


def _currency_of(bank_account: Any) -> int | None:
    key = _key(bank_account)
    return BankAccount.objects.filter(pk=key).values_list("currency_id", flat=True).first() if key else None


class PaymentCreate(PaymentFormPage):
    service = payments.create_payment
    title = _("New payment")

    def get_initial(self) -> dict[str, Any]:
        first = BankAccount.objects.filter(is_active=True).order_by("code").first()
        given = {"sort": "receipt", "document_date": today(), "bank_account": first.pk if first else None}
        return given | super().get_initial()

    def build(self, data: Any = None, files: Any = None) -> tuple[Any, Any]:
        form, formset = super().build(data, files)
        asked = self.request.GET.get("partner", "")
        if data is None and is_key(asked):
            form.fields["partner"].widget.label = str(Partner.objects.filter(pk=asked).first() or "")
        return form, formset


class PaymentEdit(PaymentFormPage):
    service = payments.update_payment
    title = _("Edit payment")

    def get_initial(self) -> dict[str, Any]:
        payment = self.document
        names = ("document_date", "reference", "note")
        return {name: getattr(payment, name) for name in names} | {
            "amount": plain(payment.amount),
            "exchange_rate": plain(payment.exchange_rate) if payment.exchange_rate != 1 else None,
            "bank_account": payment.bank_account_id,
            "sales_order": payment.sales_order_id,
            "purchase_order": payment.purchase_order_id,
        }

    def typed(self) -> Typed:
        if self.request.POST:
            return super().typed()
        return {
            line.invoice_id: {
                "amount": plain(line.amount),
                "discount": plain(line.discount_amount) if line.discount_amount else "",
                "difference": plain(line.difference_amount) if line.difference_amount else "",
            }
            for line in self.document.lines.all()
        }

    def context_of_grid(self, form: Any) -> tuple[int | None, str, int | None]:
        return self.document.partner_id, self.document.kind, _currency_of(form["bank_account"].value())

    def arguments(self, form: PaymentForm, formset: Any) -> dict[str, Any]:
        own = {"payment_id": self.document.pk, "version": posted_version(self.request)}
        return super().arguments(form, formset) | own


class OpenInvoices(Page):
    """The allocation grid alone, for the partner, side and bank account chosen so far; typed amounts are kept."""

    permission_required = "finance.add_payment"

    def get(self, request: HttpRequest) -> HttpResponse:
        partner, currency = _key(request.GET.get("partner")), _currency_of(request.GET.get("bank_account"))
        sort = request.GET.get("sort", "")
        rows: list[dict[str, Any]] = []
        if partner and currency and sort in SORTS:
            rows = grid_rows(partner, str(SORTS[sort][0]), currency, typed_in(request.GET))
        return render(request, "finance/payment/_open_invoices.html", {"rows": rows, "partner_chosen": bool(partner)})


class PayInvoice(Page):
    """From an invoice to a payment that settles it: the form with everything filled in."""

    permission_required = "finance.add_payment"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice = visible(Invoice, request.user).filter(pk=pk).first()
        if invoice is None:
            raise Http404
        direction = "in" if (invoice.kind == Side.CUSTOMER) == (invoice.open_amount > 0) else "out"
        bank = BankAccount.objects.filter(is_active=True, currency_id=invoice.currency_id).order_by("code").first()
        query = {
            "sort": sort_of(invoice.kind, direction),
            "partner": invoice.partner_id,
            "amount": plain(abs(invoice.open_amount)),
            "bank_account": bank.pk if bank else "",
            f"allocate-{invoice.pk}": plain(invoice.open_amount),
        }
        text = "&".join(f"{name}={value}" for name, value in query.items())
        return HttpResponseRedirect(f"{reverse('finance:payment-create')}?{text}")


class AllocatePayment(Page):
    """What is left of a posted payment, and the open invoices it may settle."""

    permission_required = "finance.allocate_payment"

    def _payment(self) -> Payment:
        found = visible(Payment, self.request.user).select_related("partner", "currency").filter(pk=self.kwargs["pk"])
        payment = found.first()
        if payment is None:
            raise Http404
        return payment

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(self._payment())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        payment = self._payment()
        rows, _readable = typed_allocations(request.POST)
        try:
            perform(
                payments.allocate_payment,
                actor=request.user,
                key=request.POST.get("_key") or None,
                payment_id=payment.pk,
                version=posted_version(request),
                allocations=rows,
            )
        except DomainError as refusal:
            return self.show(payment, refusal)
        messages.success(request, _text("The payment is allocated."))
        return HttpResponseRedirect(payment.get_absolute_url())

    def show(self, payment: Payment, refusal: DomainError | None = None) -> HttpResponse:
        typed = typed_in(self.request.POST)
        context = {
            "title": _text("Allocate"),
            "payment": payment,
            "rows": grid_rows(payment.partner_id, payment.kind, payment.currency_id, typed),
            "is_natural": is_natural(payment),
            "refusal": refusal,
        }
        status = refusal.status if refusal else 200
        return render(self.request, "finance/payment/allocate.html", context, status=status)
