"""Forms of bank statements: the file, the mapping of its columns, how a movement is booked."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.exchange.reading import read_table
from finance.engines.bank_files import COLUMNS
from finance.forms.fields import NumberField, account_choices, partner_field
from finance.selectors.accounts import open_bank_accounts
from finance.states import Side

MEANINGS = {
    "date": _("Date"),
    "amount": _("Amount (money out is negative)"),
    "money_in": _("Money in"),
    "money_out": _("Money out"),
    "name": _("Other side"),
    "account": _("Its account"),
    "reference": _("Bank reference"),
    "purpose": _("Purpose"),
}
WORDS = {
    "date": ("date", "booking date", "交易日期", "日期", "记账日期", "交易时间"),
    "amount": ("amount", "金额", "交易金额", "发生额"),
    "money_in": ("credit", "money in", "收入", "贷方发生额", "贷方金额", "收入金额", "存入"),
    "money_out": ("debit", "money out", "支出", "借方发生额", "借方金额", "支出金额", "支取"),
    "name": ("name", "counterparty", "对方户名", "对方名称", "对方单位"),
    "account": ("account", "对方账号", "对方帐号"),
    "reference": ("reference", "bank reference", "交易流水号", "流水号", "凭证号"),
    "purpose": ("purpose", "text", "摘要", "用途", "附言", "备注"),
}


class StatementFileForm(forms.Form):
    bank_account = forms.ModelChoiceField(open_bank_accounts(), label=_("Bank account"))
    file = forms.FileField(label=_("File"), help_text=_("CSV or XLSX as the bank gives it, or CAMT.053 (XML)."))
    opening_balance = NumberField(label=_("Opening balance"), required=False, decimal_places=4)
    closing_balance = NumberField(
        label=_("Closing balance"),
        required=False,
        decimal_places=4,
        help_text=_("Checked against the movements when both are given; CAMT brings its own."),
    )


class ColumnsForm(forms.Form):
    """What each column of the file means; guessed from its headings and from the last import of this bank."""

    def __init__(self, *args: Any, headings: list[str], known: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "–"), *((str(place), heading) for place, heading in enumerate(headings))]
        for name in COLUMNS:
            self.fields[name] = forms.ChoiceField(
                label=MEANINGS[name], choices=choices, required=name == "date", initial=_guess(name, headings, known)
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("amount") and not (data.get("money_in") or data.get("money_out")):
            self.add_error("amount", _("Choose the column of the amount, or those of money in and out."))
        return data

    def mapping(self) -> dict[str, int]:
        return {name: int(place) for name, place in self.cleaned_data.items() if place}


def _guess(name: str, headings: list[str], known: dict[str, str]) -> str:
    plain = [heading.strip().lower() for heading in headings]
    for word in (known.get(name, "").strip().lower(), *WORDS[name]):
        if word and word in plain:
            return str(plain.index(word))
    return ""


def read_file(body: bytes, name: str) -> tuple[list[str], list[list[Any]]]:
    """Return headings and rows of a CSV or XLSX file."""
    return read_table(body, name)


class PayForm(forms.Form):
    """Whose money it is; his oldest invoices are settled, or it is an advance."""

    partner = partner_field()
    kind = forms.ChoiceField(label=_("Kind"), choices=Side.choices)
    oldest = forms.BooleanField(label=_("Settle the oldest invoices"), required=False, initial=True)


class BookForm(forms.Form):
    account_id = forms.TypedChoiceField(label=_("Account"), coerce=int)
    description = forms.CharField(label=_("Description"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account_id"].choices = account_choices()  # type: ignore[attr-defined]
