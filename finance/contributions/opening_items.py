"""Opening items and opening advances as imports."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.contributions import Fact, ImportTarget
from core.errors import InvalidInput
from core.exchange.columns import Column
from finance.services.opening_advances import record_opening_advance
from finance.services.opening_items import record_opening_item
from finance.states import Side
from masterdata.models import Currency, Partner

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

CONTRIBUTIONS = (IMPORT, ADVANCES, Fact(_("opening item of a customer or supplier"), "finance"))
