"""Routes of the books read: nothing here is changed."""

from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response
from rest_framework.views import APIView

from core.clock import today
from finance.api.serializers import ledgers as shapes
from finance.api.serializers.ledgers import span_of
from finance.models import Account, BankAccount
from finance.selectors.ageing import ageing
from finance.selectors.bank import bank_journal, reconciliation
from finance.selectors.dimension_balances import dimension_balances, months_of
from finance.selectors.ledger import account_ledger, trial_balance
from finance.selectors.partner_statements import partner_statement
from finance.selectors.tax import tax_report
from finance.states import Side
from masterdata.models import Partner

MOST_LINES = 2000
DIMENSIONS = ("partner", "department", "project", "item")


class Books(APIView):
    """A report: its right, and the shape of what is asked (422 when it is not met)."""

    permission_required = "finance.view_account"
    query: ClassVar[Any]

    def asked(self, request: Any) -> dict[str, Any]:
        form = self.query(data=request.query_params)
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)


def _account(code: str | None) -> Account | None:
    if code is None:
        return None
    found = Account.objects.filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _bank(pk: int) -> BankAccount:
    found = BankAccount.objects.select_related("currency").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


class TrialBalanceReport(Books):
    query = shapes.TrialBalanceQuery

    @extend_schema(parameters=[shapes.TrialBalanceQuery], responses=shapes.TrialBalanceSerializer)
    def get(self, request: Any) -> Response:
        """Opening, movement and closing of every account."""
        asked = self.asked(request)
        first, last = span_of(asked, today())
        balance = trial_balance(first, last, with_empty=asked["all"])
        return Response(shapes.TrialBalanceSerializer(balance).data)


class GeneralLedgerReport(Books):
    query = shapes.GeneralLedgerQuery

    @extend_schema(parameters=[shapes.GeneralLedgerQuery], responses=shapes.GeneralLedgerSerializer)
    def get(self, request: Any) -> Response:
        """One account month by month (总账)."""
        asked = self.asked(request)
        account = _account(asked["account"])
        assert account is not None
        opening, months = months_of(account, asked["year"])
        shown = {"account": account.code, "name": account.label, "year": asked["year"]}
        return Response(shapes.GeneralLedgerSerializer(shown | {"opening": opening, "months": months}).data)


class AccountLedgerReport(Books):
    query = shapes.AccountLedgerQuery

    @extend_schema(parameters=[shapes.AccountLedgerQuery], responses=shapes.AccountLedgerSerializer)
    def get(self, request: Any) -> Response:
        """The lines of one account with the balance after each (明细账), narrowed by dimensions."""
        asked = self.asked(request)
        account = _account(asked["account"])
        assert account is not None
        first, last = span_of(asked, today())
        where = {f"{name}_id": asked[name] for name in DIMENSIONS if name in asked}
        ledger = account_ledger(account, first, last, where=where)
        lines = list(ledger.lines[: MOST_LINES + 1])
        shown = {"opening": ledger.opening, "closing": ledger.closing, "is_cut": len(lines) > MOST_LINES}
        return Response(shapes.AccountLedgerSerializer(shown | {"lines": lines[:MOST_LINES]}).data)


class SubsidiaryLedgerReport(Books):
    query = shapes.DimensionQuery

    @extend_schema(parameters=[shapes.DimensionQuery], responses=shapes.DimensionRowSerializer(many=True))
    def get(self, request: Any) -> Response:
        """Balances by account and one dimension (辅助核算余额), 2,000 rows at most."""
        asked = self.asked(request)
        first, last = span_of(asked, today())
        rows = dimension_balances(
            asked["dimension"], first, last, account=_account(asked.get("account")), with_unnamed=asked["all"]
        )
        return Response(shapes.DimensionRowSerializer(rows[:MOST_LINES], many=True).data)


class BankJournalReport(Books):
    permission_required = "finance.view_bankaccount"
    query = shapes.BankSpanQuery

    @extend_schema(parameters=[shapes.BankSpanQuery], responses=shapes.BankJournalSerializer)
    def get(self, request: Any) -> Response:
        """The journal of a bank or cash account (日记账)."""
        asked = self.asked(request)
        first, last = span_of(asked, today())
        return Response(shapes.BankJournalSerializer(bank_journal(_bank(asked["bank_account"]), first, last)).data)


class BankReconciliationReport(Books):
    permission_required = "finance.view_bankaccount"
    query = shapes.BankDayQuery

    @extend_schema(parameters=[shapes.BankDayQuery], responses=shapes.ReconciliationSerializer)
    def get(self, request: Any) -> Response:
        """Both balances of a bank account on a day and what lies between them (余额调节表)."""
        asked = self.asked(request)
        found = reconciliation(_bank(asked["bank_account"]), asked.get("day") or today())
        return Response(shapes.ReconciliationSerializer(found).data)


class PartnerStatementReport(Books):
    permission_required = "finance.view_receivables"
    query = shapes.PartnerSpanQuery

    @extend_schema(parameters=[shapes.PartnerSpanQuery], responses=shapes.CurrencyStatementSerializer(many=True))
    def get(self, request: Any) -> Response:
        """The statement of account of a customer or supplier (对账单), one per currency."""
        asked = self.asked(request)
        partner = Partner.objects.visible_to(request.user).filter(pk=asked["partner"]).first()
        if partner is None:
            raise Http404
        sections = partner_statement(partner, asked["kind"], *span_of(asked, today()))
        return Response(shapes.CurrencyStatementSerializer(sections, many=True).data)


class AgeingReport(Books):
    permission_required = "finance.view_receivables"
    query = shapes.AgeingQuery

    @extend_schema(parameters=[shapes.AgeingQuery], responses=shapes.AgeingRowSerializer(many=True))
    def get(self, request: Any) -> Response:
        """What customers owe, or what is owed to suppliers (the right on payables is asked), by partner and age."""
        asked = self.asked(request)
        if asked["kind"] == Side.SUPPLIER and not request.user.has_perm("finance.view_payables"):
            raise PermissionDenied
        rows = ageing(asked["kind"], asked.get("day") or today(), request.user)
        return Response(shapes.AgeingRowSerializer(rows[:MOST_LINES], many=True).data)


class VatReport(Books):
    permission_required = "finance.view_invoice"
    query = shapes.SpanQuery

    @extend_schema(parameters=[shapes.SpanQuery], responses=shapes.TaxReportSerializer)
    def get(self, request: Any) -> Response:
        """Output and input tax of a span of days by rate, and the tax accounts beside them."""
        first, last = span_of(self.asked(request), today())
        report = tax_report(first, last)
        names = ("output", "input", "output_tax", "input_tax", "payable", "booked_output", "booked_input")
        shown = {"first": first, "last": last} | {name: getattr(report, name) for name in names}
        return Response(shapes.TaxReportSerializer(shown).data)
