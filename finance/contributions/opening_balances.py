"""Opening balances by account and dimension (辅助核算期初) as an import: one file, one voucher to check and post."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.contributions import ImportTarget
from core.errors import InvalidInput
from core.exchange.columns import Column
from finance.models import Account
from finance.selectors.periods import first_day_of_books
from finance.services.manual_entries import create_manual_entry
from finance.states import ManualEntryKind
from masterdata.models import Currency, Department, ItemCategory, Partner, Project

NAMED: dict[str, Any] = {
    "account": Account,
    "partner": Partner,
    "department": Department,
    "project": Project,
    "item_category": ItemCategory,
    "currency": Currency,
}
FIGURES = ("debit", "credit", "currency_amount", "rate", "due_date")
Row = dict[str, Any]


def arguments(first: Row, user: Any) -> Row:
    """Return the rows of a file as one opening voucher; each code is looked up once.

    Raises:
        InvalidInput: there is no record with a code; ``field`` names the column.
    """
    rows = first.get("rows") or [first]
    known = {name: _keys(model, (row.get(name) for row in rows)) for name, model in NAMED.items()}
    return {
        "kind": ManualEntryKind.OPENING,
        "document_date": first_day_of_books(),
        "description": first.get("voucher") or "",
        "lines": [_line(row, known) for row in rows],
    }


def _keys(model: Any, codes: Iterable[str | None]) -> dict[str, int]:
    return dict(model._default_manager.filter(code__in={code for code in codes if code}).values_list("code", "pk"))


def _line(row: Row, known: dict[str, dict[str, int]]) -> Row:
    line: Row = {name: row.get(name) for name in FIGURES}
    for name, keys in known.items():
        code = row.get(name)
        if code and code not in keys:
            raise InvalidInput(message=_("There is no record with the code %(code)s.") % {"code": code}, field=name)
        line[f"{name}_id"] = keys[code] if code else None
    return line | {"reference": row.get("reference") or "", "description": row.get("description") or ""}


IMPORT = ImportTarget(
    "finance.openingbalance",
    _("Opening balances"),
    "finance.add_manualentry",
    (
        Column("voucher", _("Voucher"), help=_("Rows of one name, one after the other, make one opening voucher.")),
        Column("account", _("Account"), required=True, help=_("its code"), aliases=("科目", "科目编码")),
        Column("debit", _("Debit"), kind="decimal", aliases=("借方", "期初借方")),
        Column("credit", _("Credit"), kind="decimal", aliases=("贷方", "期初贷方")),
        Column("partner", _("Partner"), help=_("its code"), aliases=("往来单位", "客户", "供应商")),
        Column(
            "reference",
            _("Number"),
            help=_("Of an open item or advance: the number it had before. Rows of one number are its instalments."),
            aliases=("单号", "发票号"),
        ),
        Column("due_date", _("Due date"), kind="date", help=_("Of an open item."), aliases=("到期日",)),
        Column("department", _("Department"), help=_("its code"), aliases=("部门",)),
        Column("project", _("Project"), help=_("its code"), aliases=("项目",)),
        Column("item_category", _("Item group"), help=_("its code"), aliases=("存货类别", "物料类别")),
        Column("currency", _("Currency"), help=_("Empty: our own."), aliases=("币种",)),
        Column("currency_amount", _("Amount in currency"), kind="decimal", aliases=("原币金额",)),
        Column("rate", _("Exchange rate"), kind="decimal", aliases=("汇率",)),
        Column("description", _("Summary"), aliases=("摘要",)),
    ),
    create_manual_entry,
    arguments,
    group=lambda row: row.get("voucher") or "",
    order=82,
)

CONTRIBUTIONS = (IMPORT,)
