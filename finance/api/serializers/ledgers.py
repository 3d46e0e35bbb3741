"""Shapes of the books read: ledgers, journals, reconciliations, statements of account, VAT."""

import datetime as dt
from typing import Any

from rest_framework import serializers

from finance.selectors.dimension_balances import SOURCES
from finance.states import Side


class Sum(serializers.DecimalField):
    """A sum of amounts with four decimals, as a string."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=24, decimal_places=4, read_only=True, **kwargs)


class SpanQuery(serializers.Serializer):
    """Two days; the month of the second without the first, this month without both."""

    first = serializers.DateField(required=False)
    last = serializers.DateField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first, last = attrs.get("first"), attrs.get("last")
        if first and last and first > last:
            raise serializers.ValidationError({"last": "last is before first"})
        return attrs


class TrialBalanceQuery(SpanQuery):
    all = serializers.BooleanField(required=False, default=False, help_text="Accounts without any figure too.")


class GeneralLedgerQuery(serializers.Serializer):
    account = serializers.CharField(help_text="The account's code.")
    year = serializers.IntegerField(min_value=1900, max_value=2999)


class AccountLedgerQuery(SpanQuery):
    account = serializers.CharField(help_text="The account's code; accounts below it are shown with it.")
    partner = serializers.IntegerField(required=False)
    department = serializers.IntegerField(required=False)
    project = serializers.IntegerField(required=False)
    item = serializers.IntegerField(required=False)


class DimensionQuery(SpanQuery):
    dimension = serializers.ChoiceField(choices=sorted(SOURCES))
    account = serializers.CharField(required=False, help_text="The account's code.")
    all = serializers.BooleanField(required=False, default=False, help_text="Lines that name none too.")


class BankSpanQuery(SpanQuery):
    bank_account = serializers.IntegerField()


class BankDayQuery(serializers.Serializer):
    bank_account = serializers.IntegerField()
    day = serializers.DateField(required=False)


class PartnerSpanQuery(SpanQuery):
    partner = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Side.choices, required=False, default=Side.CUSTOMER)


class TrialRowSerializer(serializers.Serializer):
    account = serializers.CharField(source="account.code")
    name = serializers.CharField(source="account.label")
    level = serializers.IntegerField()
    is_leaf = serializers.BooleanField()
    opening = Sum()
    debit = Sum()
    credit = Sum()
    closing = Sum()


class TrialBalanceSerializer(serializers.Serializer):
    """Base currency; balances debit positive."""

    rows = TrialRowSerializer(many=True)
    debit = Sum()
    credit = Sum()
    opening_debit = Sum()
    opening_credit = Sum()
    closing_debit = Sum()
    closing_credit = Sum()


class MonthSerializer(serializers.Serializer):
    period = serializers.IntegerField(source="period.pk")
    month = serializers.IntegerField(source="period.month")
    debit = Sum()
    credit = Sum()
    closing = Sum()


class GeneralLedgerSerializer(serializers.Serializer):
    account = serializers.CharField()
    name = serializers.CharField()
    year = serializers.IntegerField()
    opening = Sum()
    months = MonthSerializer(many=True)


class LedgerLineSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    entry = serializers.IntegerField(source="entry_id")
    date = serializers.DateField(source="entry.entry_date")
    document = serializers.CharField(source="entry.source_number")
    account = serializers.CharField(source="account.code")
    partner = serializers.IntegerField(source="partner_id", allow_null=True)
    description = serializers.CharField(source="entry.description")
    currency = serializers.CharField(source="currency.code")
    currency_amount = Sum()
    amount = Sum()
    running = Sum()


class AccountLedgerSerializer(serializers.Serializer):
    """``is_cut``: there are more lines than are shown; ask for fewer days."""

    opening = Sum()
    closing = Sum()
    is_cut = serializers.BooleanField()
    lines = LedgerLineSerializer(many=True)


class DimensionRowSerializer(serializers.Serializer):
    account = serializers.CharField(source="account.code")
    id = serializers.IntegerField(source="named.pk", allow_null=True, default=None)
    name = serializers.SerializerMethodField()
    opening = Sum()
    debit = Sum()
    credit = Sum()
    closing = Sum()

    def get_name(self, row: Any) -> str:
        return str(row.named) if row.named else ""


class JournalRowSerializer(serializers.Serializer):
    date = serializers.DateField(source="line.entry.entry_date")
    entry = serializers.IntegerField(source="line.entry_id")
    document = serializers.CharField(source="line.entry.source_number")
    description = serializers.CharField(source="line.entry.description")
    money_in = Sum()
    money_out = Sum()
    balance = Sum()
    is_confirmed = serializers.BooleanField()


class BankJournalSerializer(serializers.Serializer):
    """In the currency of the account."""

    opening = Sum()
    money_in = Sum()
    money_out = Sum()
    closing = Sum()
    rows = JournalRowSerializer(many=True)


class MovementShape(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    date: Any = serializers.DateField(source="booked_on")
    amount = Sum()
    name = serializers.CharField()
    purpose = serializers.CharField()


class BookLineShape(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    date: Any = serializers.DateField(source="entry.entry_date")
    document = serializers.CharField(source="entry.source_number")
    amount = Sum(source="currency_amount")


class ReconciliationSerializer(serializers.Serializer):
    """Both balances of a day, what only one side has, and what remains unexplained; null without a bank balance."""

    day: Any = serializers.DateField()
    book_balance = Sum()
    bank_balance = Sum(allow_null=True)
    adjusted_book = Sum()
    adjusted_bank = Sum(allow_null=True)
    difference = Sum(allow_null=True)
    in_bank_only = MovementShape(many=True)
    in_books_only = BookLineShape(many=True)


class StatementLineSerializer(serializers.Serializer):
    date: Any = serializers.DateField(source="entry.entry_date")
    document = serializers.CharField()
    what = serializers.CharField()
    debit = Sum()
    credit = Sum()
    balance = Sum()


class CurrencyStatementSerializer(serializers.Serializer):
    currency = serializers.CharField(source="currency.code")
    opening = Sum()
    debit = Sum()
    credit = Sum()
    closing = Sum()
    lines = StatementLineSerializer(many=True)


class AgeingQuery(serializers.Serializer):
    kind = serializers.ChoiceField(choices=Side.choices)
    day = serializers.DateField(required=False, help_text="Ages count from this day; today without it.")


class AgeingRowSerializer(serializers.Serializer):
    """``buckets`` by code of the band of age; ``advances`` is money on account, not taken off the total."""

    partner = serializers.IntegerField(source="partner.pk")
    name = serializers.CharField(source="partner.__str__")
    buckets = serializers.DictField(child=Sum())
    total = Sum()
    advances = Sum()


class TaxRowSerializer(serializers.Serializer):
    tax = serializers.IntegerField(source="tax_id", allow_null=True)
    code = serializers.CharField()
    rate = serializers.DecimalField(max_digits=9, decimal_places=4)
    invoices = serializers.IntegerField()
    net = Sum()
    amount = Sum(source="tax")
    credited = Sum(source="credited_tax")


class TaxReportSerializer(serializers.Serializer):
    """``booked_…``: what the tax accounts say; it differs where tax was booked otherwise than by invoices."""

    first: Any = serializers.DateField()
    last: Any = serializers.DateField()
    output = TaxRowSerializer(many=True)
    input = TaxRowSerializer(many=True)
    output_tax = Sum()
    input_tax = Sum()
    payable = Sum()
    booked_output = Sum()
    booked_input = Sum()


class LeftSerializer(serializers.Serializer):
    account = serializers.CharField(source="account.code")
    name = serializers.CharField(source="account.label")
    amount = Sum()


class CarryOverSerializer(serializers.Serializer):
    """What stands on revenue and expense accounts at the end of a period (debit positive), and what was carried."""

    left = LeftSerializer(many=True)
    profit = Sum()
    entries = serializers.ListField(child=serializers.IntegerField())


def span_of(asked: dict[str, Any], today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the two days asked for; the month of the second without the first."""
    last = asked.get("last") or max(today, asked.get("first") or today)
    return asked.get("first") or last.replace(day=1), last
