"""Shapes of vouchers, typed entries and templates."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from finance.api.serializers.fields import HEADER, Figure, Money
from finance.models import EntryTemplate, EntryTemplateLine, ManualEntry, ManualEntryLine, Voucher, VoucherLine
from finance.states import AmountRule, BalanceSide, ManualEntryKind, Schedule


class VoucherLineSerializer(ConcordSerializer):
    amount = Money(read_only=True, help_text="Base currency, debit positive.")

    class Meta:
        model = VoucherLine
        fields = (
            *("line_no", "description", "account", "amount", "currency", "currency_amount"),
            *("partner", "department", "project", "item_category"),
        )


class VoucherSerializer(ConcordSerializer):
    lines = VoucherLineSerializer(many=True, read_only=True)
    seal = serializers.CharField(source="seal.hash", read_only=True, default="")

    class Meta:
        model = Voucher
        fields = (
            *("id", "series", "period", "number", "state", "version", "voucher_date", "total", "description"),
            *("attachment_count", "prepared_by", "reviewed_by", "posted_by", "posted_at", "seal", "lines"),
        )


class VouchersInput(serializers.Serializer):
    """Which vouchers a verb is for; the reason where one person does the work of two."""

    voucher_ids = serializers.ListField(child=serializers.IntegerField(), min_length=1, max_length=500)
    reason = serializers.CharField(required=False, allow_blank=True)


class PrepareInput(serializers.Serializer):
    period_id = serializers.IntegerField()


class ManualEntryLineSerializer(ConcordSerializer):
    amount = Money(read_only=True, help_text="Base currency, debit positive.")

    class Meta:
        model = ManualEntryLine
        fields = (
            *("line_no", "account", "description", "amount", "currency", "currency_amount", "rate"),
            *("partner", "department", "project", "item_category", "sales_order", "reference", "due_date"),
        )


class ManualEntrySerializer(ConcordSerializer):
    lines = ManualEntryLineSerializer(many=True, read_only=True)

    class Meta:
        model = ManualEntry
        fields = (
            *(*HEADER, "kind", "ledger_journal", "description", "attachment_count", "reversal_date", "template"),
            "lines",
        )


class ManualEntryLineInput(serializers.Serializer):
    """Debit or credit in base currency, or a currency with amount and rate on the side that is not zero.

    Without an account the line takes the journal's; ``reference`` and ``due_date`` make a receivable or payable of
    opening balances an open item of its partner.
    """

    account_id = serializers.IntegerField(required=False, allow_null=True)
    reference = serializers.CharField(required=False, allow_blank=True, max_length=60)
    due_date = serializers.DateField(required=False, allow_null=True)
    description = serializers.CharField(required=False, allow_blank=True, max_length=200)
    debit = Figure(required=False, allow_null=True)
    credit = Figure(required=False, allow_null=True)
    currency_id = serializers.IntegerField(required=False, allow_null=True)
    currency_amount = Figure(required=False, allow_null=True)
    rate = serializers.DecimalField(max_digits=18, decimal_places=10, required=False, allow_null=True)
    partner_id = serializers.IntegerField(required=False, allow_null=True)
    department_id = serializers.IntegerField(required=False, allow_null=True)
    project_id = serializers.IntegerField(required=False, allow_null=True)
    item_category_id = serializers.IntegerField(required=False, allow_null=True)
    sales_order_id = serializers.IntegerField(required=False, allow_null=True)


class ManualEntryChange(serializers.Serializer):
    document_date = serializers.DateField()
    description = serializers.CharField(required=False, allow_blank=True, max_length=200)
    attachment_count = serializers.IntegerField(required=False, min_value=0, max_value=9999)
    reversal_date = serializers.DateField(required=False, allow_null=True)
    ledger_journal_id = serializers.IntegerField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)
    lines = ManualEntryLineInput(many=True)


class ManualEntryInput(ManualEntryChange):
    kind = serializers.ChoiceField(choices=ManualEntryKind.choices, required=False)


class TemplateLineSerializer(ConcordSerializer):
    amount = Money(read_only=True)

    class Meta:
        model = EntryTemplateLine
        fields = (
            *("line_no", "account", "description", "side", "rule", "amount", "percent", "basis_account"),
            *("partner", "department", "project", "item_category", "sales_order"),
        )


class TemplateLineInput(serializers.Serializer):
    """A fixed ``amount``, or ``percent`` of what stands on (or moved over) ``basis_account_id``, or the rest."""

    account_id = serializers.IntegerField()
    description = serializers.CharField(required=False, allow_blank=True, max_length=200)
    side = serializers.ChoiceField(choices=BalanceSide.choices)
    rule = serializers.ChoiceField(choices=AmountRule.choices, required=False)
    amount = Money(required=False, allow_null=True)
    percent = serializers.DecimalField(max_digits=9, decimal_places=4, required=False, allow_null=True)
    basis_account_id = serializers.IntegerField(required=False, allow_null=True)
    partner_id = serializers.IntegerField(required=False, allow_null=True)
    department_id = serializers.IntegerField(required=False, allow_null=True)
    project_id = serializers.IntegerField(required=False, allow_null=True)
    item_category_id = serializers.IntegerField(required=False, allow_null=True)
    sales_order_id = serializers.IntegerField(required=False, allow_null=True)


class EntryTemplateInput(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    code = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=200)
    name_zh = serializers.CharField(max_length=200, required=False, allow_blank=True)
    description = serializers.CharField(max_length=200, required=False, allow_blank=True)
    ledger_journal_id = serializers.IntegerField(required=False, allow_null=True)
    schedule = serializers.ChoiceField(choices=Schedule.choices, required=False)
    next_date = serializers.DateField(required=False, allow_null=True)
    until = serializers.DateField(required=False, allow_null=True)
    is_posted = serializers.BooleanField(required=False, default=False)
    reverses_next_period = serializers.BooleanField(required=False, default=False)
    is_active = serializers.BooleanField(required=False, default=True)
    lines = TemplateLineInput(many=True, allow_empty=False)


class EntryTemplateSerializer(ConcordSerializer):
    lines = TemplateLineSerializer(many=True, read_only=True)

    class Meta:
        model = EntryTemplate
        fields = (
            *("id", "code", "name", "name_zh", "description", "ledger_journal", "schedule", "next_date", "until"),
            *("is_posted", "lines"),
            *("reverses_next_period", "is_active", "version"),
        )
