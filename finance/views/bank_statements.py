"""Pages of bank statements: list, import, the movements of one with their proposals, and the verbs of a movement."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, InvalidInput
from core.operations import perform
from core.typed import is_key, number_typed
from core.views.base import DocumentPage, FormPage, ListPage, OperationView, Page, Verb, visible
from finance.engines.bank_files import Statement, UnreadableRow, read_camt, read_rows
from finance.filters.bank_statements import MovementFilter, StatementFilter
from finance.forms.bank_statements import BookForm, ColumnsForm, PayForm, StatementFileForm, read_file
from finance.models import BankImportMapping, BankMovement, BankStatement
from finance.selectors.bank import proposals
from finance.services import bank_statements
from finance.states import MovementState, Side, StatementState
from finance.tables.bank_statements import MovementTable, StatementTable
from finance.views.bills import oldest_invoices
from finance.views.shared import VersionedOperation

S = StatementState
WAITING = "finance.bank_import"
"""Where the session keeps an uploaded table until its columns are chosen."""
REASONS = {
    "amount": _("same amount"),
    "number": _("number in the text"),
    "account": _("bank account of the partner"),
    "name": _("same name"),
    "like_name": _("similar name"),
}
SHOWN = 200


class StatementList(ListPage):
    model = BankStatement
    table_class = StatementTable
    filterset_class = StatementFilter
    permission_required = "finance.view_bankstatement"
    title = _("Bank statements")
    create_url = "finance:bank-statement-import"
    create_label = _("Import a file")
    create_permission = "finance.add_bankstatement"
    empty_text = _("Import what the bank reports; every movement is matched to a payment or booked.")

    def base_queryset(self) -> Any:
        rows = visible(BankStatement, self.request.user).select_related("bank_account")
        return with_open(rows).order_by("-document_date", "-pk")


def with_open(rows: Any) -> Any:
    """Annotate how many movements of each statement are not explained."""
    return rows.annotate(left=Count("movements", filter=Q(movements__state=MovementState.OPEN)))


class StatementImport(FormPage):
    """The file first; a table whose columns the bank has not got yet asks what they mean."""

    service = bank_statements.import_statement
    form_class = StatementFileForm
    template_name = "finance/bank/import.html"
    title = _("Import a bank statement")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "columns" in request.POST:
            return self._with_columns()
        form, _formset = self.build(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form, None, status=422)
        data = form.cleaned_data
        body, name = data["file"].read(), data["file"].name
        header = {
            "bank_account_id": data["bank_account"].pk,
            "file_name": name,
            "opening_balance": data["opening_balance"],
            "closing_balance": data["closing_balance"],
        }
        try:
            if body.lstrip()[:1] == b"<":
                return self._store(_camt(body, name), header)
            headings, rows = read_file(body, name)
        except DomainError as refusal:
            return self.show(form, None, refusal=refusal, status=refusal.status)
        texts = {key: str(value) if value is not None else None for key, value in header.items()}
        request.session[WAITING] = {
            "header": texts,
            "headings": headings,
            "rows": [[str(cell) if cell is not None else "" for cell in row] for row in rows],
        }
        return self._ask_columns()

    def _waiting(self) -> dict[str, Any]:
        waiting: dict[str, Any] | None = self.request.session.get(WAITING)
        if waiting is None:
            raise InvalidInput(message=_text("Choose the file again."), field="file")
        return waiting

    def _columns_form(self, data: Any = None) -> ColumnsForm:
        waiting = self._waiting()
        known = known_headings(int(waiting["header"]["bank_account_id"]))
        return ColumnsForm(data, headings=waiting["headings"], known=known)

    def _ask_columns(self, form: Any = None, refusal: Any = None, status: int = 200) -> HttpResponse:
        waiting = self._waiting()
        context = {
            "title": self.title,
            "form": form or self._columns_form(),
            "headings": waiting["headings"],
            "rows": waiting["rows"][:5],
            "refusal": refusal,
            "has_errors": status == 422,
        }
        return render(self.request, "finance/bank/columns.html", context, status=status)

    def _with_columns(self) -> HttpResponse:
        try:
            waiting, form = self._waiting(), self._columns_form(self.request.POST)
        except DomainError as refusal:
            return self.show(*self.build(), refusal=refusal, status=refusal.status)
        if not form.is_valid():
            return self._ask_columns(form, status=422)
        mapping = form.mapping()
        header = {key: value for key, value in waiting["header"].items() if value is not None}
        header |= {"headings": {name: waiting["headings"][place] for name, place in mapping.items()}}
        try:
            return self._store(_table(waiting["rows"], mapping), _typed(header))
        except DomainError as refusal:
            return self._ask_columns(form, refusal, refusal.status)

    def _store(self, statement: Statement, header: dict[str, Any]) -> HttpResponse:
        for name, value in (("opening_balance", statement.opening), ("closing_balance", statement.closing)):
            if value is not None:
                header[name] = value
        made = perform(
            bank_statements.import_statement,
            actor=self.request.user,
            key=self.request.POST.get("_key") or None,
            movements=[vars(row) for row in statement.rows],
            bank_reference=statement.reference,
            **header,
        )
        self.request.session.pop(WAITING, None)
        text = _text("%(count)s movements were imported.") % {"count": made.movements.count()}
        messages.success(self.request, text)
        return HttpResponseRedirect(made.get_absolute_url())


def known_headings(bank_account_id: int) -> dict[str, str]:
    """Return the column mapping of the bank's last file."""
    found = BankImportMapping.objects.filter(bank_account=bank_account_id).first()
    return dict(found.headings) if found else {}


def _typed(header: dict[str, Any]) -> dict[str, Any]:
    figures = {name: Decimal(header[name]) for name in ("opening_balance", "closing_balance") if name in header}
    return header | figures | {"bank_account_id": int(header["bank_account_id"])}


def _camt(body: bytes, name: str) -> Statement:
    try:
        return read_camt(body)
    except (ValueError, ArithmeticError, SyntaxError) as error:
        raise InvalidInput(
            message=_text("%(name)s is no readable CAMT.053 statement.") % {"name": name}, field="file"
        ) from error


def _table(rows: list[list[Any]], mapping: dict[str, int]) -> Statement:
    try:
        return read_rows(rows, mapping)
    except UnreadableRow as error:
        text = _text("Row %(row)s: “%(value)s” cannot be read. Is the right column chosen?")
        raise InvalidInput(message=text % {"row": error.row, "value": error.value}, field=error.column) from error


class StatementDetail(DocumentPage):
    model = BankStatement
    permission_required = "finance.view_bankstatement"
    template_name = "finance/bank/statement.html"
    list_url = "finance:bank-statement-list"
    main_path = (S.OPEN, S.CLOSED)
    verbs = (
        Verb(
            _("Close"),
            "finance:bank-statement-close",
            bank_statements.close_statement,
            to=S.CLOSED,
            main=True,
            icon="lock",
        ),
    )

    def get_object_queryset(self) -> Any:
        return visible(BankStatement, self.request.user).select_related("bank_account__currency", "owner")

    def extra_context_for(self, document: BankStatement) -> dict[str, Any]:
        rows = document.movements.select_related("payment__partner").prefetch_related("matches__journal_line__entry")
        shown = list(rows.order_by("state", "line_no")[:SHOWN])
        may_match = document.state == S.OPEN and self.request.user.has_perm("finance.match_bankstatement")
        found = proposals(shown, document.bank_account) if may_match else {}
        return {
            "movements": [{"movement": one, "proposals": _described(found.get(one.pk, []))} for one in shown],
            "left": document.movements.filter(state=MovementState.OPEN).count(),
            "more": document.movements.count() > SHOWN,
            "may_match": may_match,
            "subtitle": str(document.bank_account),
        }


def _described(found: list[Any]) -> list[dict[str, Any]]:
    return [
        {
            "proposal": one,
            "points": one.score.points,
            "is_certain": one.score.is_certain,
            "reasons": ", ".join(str(REASONS[code]) for code in one.score.reasons),
            "lines": "&".join(f"settle={invoice.pk}:{part}" for invoice, part in one.rows),
            "settles": [f"{invoice.pk}:{part}" for invoice, part in one.rows],
        }
        for one in found
    ]


class StatementOperation(VersionedOperation):
    """A verb on the page of a bank statement."""

    page = StatementDetail


class CloseStatement(StatementOperation):
    service = bank_statements.close_statement
    message = _("The statement is closed.")


class MovementOperation(OperationView):
    """A verb on one movement; back to its statement."""

    pk_argument = "movement_id"

    def arguments(self) -> dict[str, Any]:
        version = self.request.POST.get("version", "")
        return {"version": int(version)} if is_key(version) else {}

    def success_url(self, result: BankMovement) -> str:
        return f"{result.statement.get_absolute_url()}#movement-{result.pk}"


class AcceptProposal(MovementOperation):
    """A proposal as it was shown: a posted payment, or a new one that settles the named invoices."""

    service = bank_statements.pay_from_movement

    @property
    def the_service(self) -> Any:
        linked = is_key(self.request.POST.get("payment", ""))
        return bank_statements.link_payment if linked else bank_statements.pay_from_movement

    def arguments(self) -> dict[str, Any]:
        posted = self.request.POST
        if is_key(posted.get("payment", "")):
            return super().arguments() | {"payment_id": int(posted["payment"])}
        partner = posted.get("partner", "")
        lines = []
        for one in posted.getlist("settle"):
            invoice, _colon, amount = one.partition(":")
            typed = number_typed(amount)
            if not is_key(invoice) or typed is None:
                raise InvalidInput(message=_text("%(text)s is not a number.") % {"text": one}, field="settle")
            lines.append({"invoice_id": int(invoice), "amount": typed})
        kind = str(Side.SUPPLIER if posted.get("kind") == Side.SUPPLIER else Side.CUSTOMER)
        chosen = {"partner_id": int(partner) if is_key(partner) else 0, "kind": kind}
        return super().arguments() | chosen | {"lines": lines}


class UnmatchMovement(MovementOperation):
    service = bank_statements.unmatch_movement


class MovementPage(Page):
    """One movement: the proposals, a payment of a partner, or an account."""

    permission_required = "finance.match_bankstatement"

    def _movement(self) -> BankMovement:
        rows = BankMovement.objects.select_related("statement", "bank_account__currency")
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(self._movement(), PayForm(initial=self._initial()), BookForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        movement = self._movement()
        pays = "pay" in request.POST
        pay, book = PayForm(request.POST if pays else None), BookForm(None if pays else request.POST)
        if not (pay if pays else book).is_valid():
            return self.show(movement, pay, book, status=422)
        service: Any = bank_statements.pay_from_movement if pays else bank_statements.book_movement
        version = request.POST.get("version", "")
        arguments: dict[str, Any] = {
            "movement_id": movement.pk,
            "version": int(version) if is_key(version) else None,
        }
        if pays:
            data = pay.cleaned_data
            partner, kind, currency = data["partner"].pk, data["kind"], movement.bank_account.currency_id
            natural = (kind == Side.CUSTOMER) == (movement.amount > 0)
            wanted = oldest_invoices(partner, kind, currency, abs(movement.amount)) if natural else []
            arguments |= {"partner_id": partner, "kind": kind, "lines": wanted if data["oldest"] else []}
        else:
            arguments |= dict(book.cleaned_data)
        try:
            perform(service, actor=request.user, key=request.POST.get("_key") or None, **arguments)
        except DomainError as refusal:
            if refusal.status == 403:
                raise PermissionDenied from refusal
            return self.show(movement, pay, book, refusal=refusal, status=refusal.status)
        return HttpResponseRedirect(f"{movement.statement.get_absolute_url()}#movement-{movement.pk}")

    def _initial(self) -> dict[str, Any]:
        movement = self._movement()
        return {"kind": str(Side.CUSTOMER if movement.amount > 0 else Side.SUPPLIER), "oldest": True}

    def show(
        self, movement: BankMovement, pay: Any, book: Any, *, refusal: Any = None, status: int = 200
    ) -> HttpResponse:
        context = {
            "title": _text("Bank movement"),
            "movement": movement,
            "pay": pay,
            "book": book,
            "proposals": _described(proposals([movement], movement.bank_account).get(movement.pk, [])),
            "refusal": refusal,
        }
        return render(self.request, "finance/bank/movement.html", context, status=status)


class MovementList(ListPage):
    """All movements the banks reported, to find one."""

    model = BankMovement
    table_class = MovementTable
    filterset_class = MovementFilter
    permission_required = "finance.view_bankstatement"
    title = _("Bank movements")
    empty_text = _("Movements appear here when a bank statement is imported.")

    def base_queryset(self) -> Any:
        rows = BankMovement.objects.select_related("statement", "bank_account__currency", "payment")
        return rows.order_by("-booked_on", "-pk")


def statement_url(statement: BankStatement) -> str:
    """Return the page of a statement."""
    return reverse("finance:bank-statement-detail", args=[statement.pk])
