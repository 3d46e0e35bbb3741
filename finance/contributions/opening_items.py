"""Openings as imports: items, advances, bills of exchange, receipts not invoiced."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.contributions import Fact, ImportTarget
from core.errors import InvalidInput
from core.exchange.columns import Column
from finance.models import BankAccount
from finance.services.opening_advances import record_opening_advance
from finance.services.opening_bills import record_opening_bill
from finance.services.opening_items import record_opening_item
from finance.services.opening_receipts import record_opening_receipt
from finance.states import OPENING_BILLS, BillKind, BillSide, BillState, Side
from masterdata.models import Currency, Item, Partner

KINDS = {str(label): code for code, label in Side.choices} | {code: code for code in Side.values}


def arguments(row: dict[str, Any], user: Any) -> dict[str, Any]:
    """Return one imported row of an opening item as the service takes it."""
    return advance_arguments(row, user) | {"due_date": row["due_date"]}


def advance_arguments(row: dict[str, Any], user: Any) -> dict[str, Any]:
    """Return one imported row of an opening advance as the service takes it."""
    kind = KINDS.get(str(row["kind"]).strip(), {"客户": "customer", "供应商": "supplier"}.get(str(row["kind"]).strip()))
    if kind is None:
        raise InvalidInput(message=_("customer or supplier"), field="kind")
    return {
        "kind": kind,
        "partner_id": _key(Partner, row["partner"], "partner"),
        "reference": str(row["reference"]),
        "amount": row["amount"],
        "currency_id": _key(Currency, row["currency"], "currency") if row.get("currency") else None,
        "exchange_rate": row.get("exchange_rate"),
        "note": row.get("note") or "",
    }


def bill_arguments(row: dict[str, Any], user: Any) -> dict[str, Any]:
    """Return one imported row of an opening bill as the service takes it."""
    states = [(str(state), state.label) for state in OPENING_BILLS]
    return {
        "side": _choice(row["side"], BillSide.choices, "side", {"应收": "received", "应付": "issued"}),
        "kind": _choice(row.get("kind") or BillKind.BANK, BillKind.choices, "kind", {}),
        "state": _choice(row.get("state") or BillState.HELD, states, "state", {}),
        "bill_number": str(row["bill_number"]),
        "partner_id": _key(Partner, row["partner"], "partner"),
        "amount": row["amount"],
        "issue_date": row["issue_date"],
        "due_date": row["due_date"],
        "drawer": row.get("drawer") or "",
        "acceptor": row.get("acceptor") or "",
        "endorsed_to_id": _key(Partner, row["endorsed_to"], "endorsed_to") if row.get("endorsed_to") else None,
        "bank_account_id": _key(BankAccount, row["bank_account"], "bank_account") if row.get("bank_account") else None,
        "currency_id": _key(Currency, row["currency"], "currency") if row.get("currency") else None,
        "exchange_rate": row.get("exchange_rate"),
        "note": row.get("note") or "",
    }


def receipt_arguments(first: dict[str, Any], user: Any) -> dict[str, Any]:
    """Return the imported rows of one receipt, which follow one another, as the service takes them."""
    rows = first.get("rows") or [first]
    return {
        "partner_id": _key(Partner, first["partner"], "partner"),
        "reference": str(first["reference"]),
        "received_date": first["received_date"],
        "currency_id": _key(Currency, first["currency"], "currency") if first.get("currency") else None,
        "exchange_rate": first.get("exchange_rate"),
        "note": first.get("note") or "",
        "lines": [
            {"item_id": _key(Item, row["item"], "item"), "quantity": row["quantity"], "price": row["price"]}
            for row in rows
        ],
    }


def _choice(value: Any, choices: Any, field: str, also: dict[str, str]) -> str:
    """Return the code of a choice that a file names by its code, its word, or a word of the trade."""
    known = {str(label): code for code, label in choices} | {code: code for code, _label in choices} | also
    found = known.get(str(value).strip())
    if found is None:
        words = ", ".join(str(label) for _code, label in choices)
        raise InvalidInput(message=_("Enter one of: %(words)s.") % {"words": words}, field=field)
    return str(found)


def _key(model: Any, code: str, field: str) -> int:
    pk = model.objects.filter(code=code).values_list("pk", flat=True).first()
    if pk is None:
        raise InvalidInput(message=_("There is no record with the code %(code)s.") % {"code": code}, field=field)
    return int(pk)


WHOSE = (
    Column("kind", _("Kind"), required=True, help=_("customer or supplier"), aliases=("类型",)),
    Column("partner", _("Partner"), required=True, help=_("its code"), aliases=("往来单位", "客户", "供应商")),
)
"""Columns of what stood open before the books began: whose it is."""
MONEY = (
    Column("currency", _("Currency"), help=_("Empty: our own."), aliases=("币种",)),
    Column("exchange_rate", _("Exchange rate"), kind="decimal", aliases=("汇率",)),
    Column("note", _("Note"), aliases=("备注",)),
)
"""Its currency, and what is said of it."""

IMPORT = ImportTarget(
    "finance.openingitem",
    _("Opening items"),
    "finance.enter_openingitem",
    (
        *WHOSE,
        Column(
            "reference", _("Number"), required=True, help=_("The number it had before."), aliases=("单号", "发票号")
        ),
        Column("due_date", _("Due date"), required=True, kind="date", aliases=("到期日",)),
        Column("amount", _("Open amount"), required=True, kind="decimal", aliases=("未结金额", "金额")),
        *MONEY,
    ),
    record_opening_item,
    arguments,
    order=81,
)

ADVANCES = ImportTarget(
    "finance.openingadvance",
    _("Opening advances"),
    "finance.enter_openingitem",
    (
        *WHOSE,
        Column(
            "reference", _("Number"), required=True, help=_("The number it had before."), aliases=("单号", "收付款单号")
        ),
        Column("amount", _("Amount paid in advance"), required=True, kind="decimal", aliases=("预收预付金额", "金额")),
        *MONEY,
    ),
    record_opening_advance,
    advance_arguments,
    order=81,
)

BILLS = ImportTarget(
    "finance.openingbill",
    _("Opening bills"),
    "finance.enter_openingitem",
    (
        Column("side", _("Side"), required=True, help=_("received or issued"), aliases=("票据方向", "应收应付")),
        Column("kind", _("Kind"), help=_("Empty: a bank acceptance bill."), aliases=("票据类型",)),
        Column("bill_number", _("Bill number"), required=True, aliases=("票据号", "票号")),
        Column("partner", _("Partner"), required=True, help=_("its code"), aliases=("往来单位", "客户", "供应商")),
        Column("drawer", _("Drawer"), aliases=("出票人",)),
        Column("acceptor", _("Acceptor"), aliases=("承兑人", "承兑银行")),
        Column("issue_date", _("Issued on"), required=True, kind="date", aliases=("出票日期", "出票日")),
        Column("due_date", _("Due on"), required=True, kind="date", aliases=("到期日", "到期日期")),
        Column("amount", _("Amount"), required=True, kind="decimal", aliases=("票面金额", "金额")),
        Column("state", _("State"), help=_("Empty: outstanding."), aliases=("票据状态", "状态")),
        Column("endorsed_to", _("Endorsed to"), help=_("its code"), aliases=("被背书人",)),
        Column("bank_account", _("Bank account"), help=_("Of a discounted bill: its code."), aliases=("贴现银行",)),
        *MONEY,
    ),
    record_opening_bill,
    bill_arguments,
    order=81,
)

RECEIPTS = ImportTarget(
    "finance.openingreceipt",
    _("Opening receipts not invoiced"),
    "finance.enter_openingitem",
    (
        Column("partner", _("Supplier"), required=True, help=_("its code"), aliases=("供应商",)),
        Column(
            "reference",
            _("Receipt number"),
            required=True,
            help=_("The number it had before. Rows of one number, one after the other, are one receipt."),
            aliases=("入库单号", "单号"),
        ),
        Column("received_date", _("Came in on"), required=True, kind="date", aliases=("入库日期", "日期")),
        Column("item", _("Item"), required=True, help=_("its code"), aliases=("物料编码", "物料")),
        Column(
            "quantity",
            _("Quantity not invoiced"),
            required=True,
            kind="decimal",
            help=_("in the stock unit"),
            aliases=("暂估数量", "数量"),
        ),
        Column(
            "price", _("Price without tax"), required=True, kind="decimal", aliases=("暂估单价", "不含税单价", "单价")
        ),
        *MONEY,
    ),
    record_opening_receipt,
    receipt_arguments,
    group=lambda row: (row.get("partner") or "", str(row.get("reference") or "")),
    order=81,
)

CONTRIBUTIONS = (IMPORT, ADVANCES, BILLS, RECEIPTS, Fact(_("opening item of a customer or supplier"), "finance"))
