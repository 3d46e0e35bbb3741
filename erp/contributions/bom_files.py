"""Bills of material as files: read on import, written on export, in the same columns."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.contributions import ImportTarget
from core.errors import InvalidInput
from core.exchange.columns import Column
from core.exchange.export import safe_cell
from core.formats import plain
from core.permissions import may_change_field, may_view_field
from core.typed import day_typed
from erp.models import Bom, BomLine, BomSubstitute
from erp.services.boms import import_bom
from erp.states import MaterialKind
from erp.states.engineering import BomLineKind
from masterdata.models import Item

Row = dict[str, Any]
AMOUNT = "erp.bomline.fixed_amount"
BEGINNING = dt.date(2000, 1, 1)
"""From when a bill of material is valid whose file does not say."""

WORDS: dict[str, dict[str, str]] = {
    "material_kind": {"main": "main", "auxiliary": "auxiliary", "主料": "main", "辅料": "auxiliary"},
    "line_kind": {
        "component": "component",
        "co_product": "co_product",
        "by_product": "by_product",
        "子项": "component",
        "联产品": "co_product",
        "副产品": "by_product",
    },
    "issue_method": {
        "pick": "pick",
        "backflush": "backflush",
        "transfer": "transfer",
        "领料": "pick",
        "倒冲": "backflush",
        "按调拨倒冲": "transfer",
    },
    "cost_method": {
        "weight": "weight",
        "percent": "percent",
        "fixed_amount": "fixed_amount",
        "权重": "weight",
        "比例": "percent",
        "定额": "fixed_amount",
    },
    "starts_order": {"always": "always", "never": "never", "总是": "always", "从不": "never"},
}
DEFAULTS = {"material_kind": MaterialKind.MAIN, "line_kind": BomLineKind.COMPONENT}
SENTENCES = {
    "material_kind": _("The kind of material is main or auxiliary."),
    "line_kind": _("The kind of line is component, co_product or by_product."),
    "issue_method": _("Material is issued by pick, backflush or transfer."),
    "cost_method": _("The cost is by weight, percent or fixed_amount."),
    "starts_order": _("A co-product that is short starts an order always or never; empty: as set."),
}
FIGURES = (
    "scrap_percent",
    "fixed_scrap_quantity",
    "operation_no",
    "material_weight",
    "conversion_weight",
    "cost_percent",
    "fixed_amount",
)
SUBSTITUTE = re.compile(
    r"^(?P<code>[^*@^]+)(\*(?P<ratio>[^@^]+))?(@(?P<first>[\d-]*)\.\.(?P<last>[\d-]*))?(\^(?P<rank>[1-9]\d{0,3}))?$"
)
ONE_DAY = dt.timedelta(days=1)


def _arguments(first: Row, user: Any) -> dict[str, Any]:
    """Return the rows of one parent as import_bom takes them; end dates of the file include the day.

    Raises:
        InvalidInput: an item of the file does not exist, or a word is unknown; ``field`` names the column.
    """
    rows = first.get("rows") or [first]
    substitutes = [_substitutes(row.get("substitutes") or "") for row in rows]
    codes = (
        {row["component"] for row in rows} | {first["parent"]} | {one["code"] for some in substitutes for one in some}
    )
    items = dict(Item.objects.filter(code__in=codes).values_list("code", "pk"))
    starts = [row["valid_from"] for row in rows if row.get("valid_from")]
    may_amount = may_change_field(user, AMOUNT)
    return {
        "item_id": _known(items, first["parent"], "parent"),
        "quantity": first.get("base_quantity") or Decimal(1),
        "revision": first.get("revision") or "",
        "valid_from": first.get("bom_from") or (min(starts) if starts and len(starts) == len(rows) else BEGINNING),
        "lines": [_line(row, some, items, may_amount) for row, some in zip(rows, substitutes, strict=True)],
    }


def _known(items: dict[str, int], code: str, column: str) -> int:
    if code not in items:
        raise InvalidInput(message=_("There is no item %(code)s.") % {"code": code}, field=column)
    return items[code]


def _word(row: Row, name: str) -> str:
    typed = str(row.get(name) or DEFAULTS.get(name, "")).strip().lower()
    if typed and typed not in WORDS[name]:
        raise InvalidInput(message=str(SENTENCES[name]), field=name)
    return WORDS[name][typed] if typed else ""


def _line(row: Row, substitutes: list[Row], items: dict[str, int], may_amount: bool) -> dict[str, Any]:
    names = [name for name in FIGURES if row.get(name) is not None and (may_amount or name != "fixed_amount")]
    return {
        "component_id": _known(items, row["component"], "component"),
        "quantity": row["quantity"],
        "is_level_skipped": bool(row.get("is_level_skipped")),
        "substitute_group": row.get("substitute_group") or "",
        "valid_from": row.get("valid_from"),
        "valid_to": row["valid_until"] + ONE_DAY if row.get("valid_until") else None,
        "note": row.get("note") or "",
        "substitutes": [
            {"item_id": _known(items, one["code"], "substitutes")} | {k: v for k, v in one.items() if k != "code"}
            for one in substitutes
        ],
        **{name: _word(row, name) for name in WORDS},
        **{name: row[name] for name in names},
    }


def _substitutes(text: str) -> list[Row]:
    """Read ``CODE*ratio@first day..last day^rank; CODE``: substitutes by rank, in their order where none is given."""
    found = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        match = SUBSTITUTE.match(part)
        try:
            if match is None or any(match[end] and day_typed(match[end]) is None for end in ("first", "last")):
                raise ValueError(part)
            first, last = match["first"], match["last"]
            found.append(
                {
                    "code": match["code"].strip(),
                    "ratio": Decimal((match["ratio"] or "1").strip()),
                    "rank": int(match["rank"] or 0),
                    "valid_from": dt.date.fromisoformat(first) if first else None,
                    "valid_to": dt.date.fromisoformat(last) + ONE_DAY if last else None,
                }
            )
        except (ValueError, InvalidOperation) as error:
            sentence = _("“%(text)s” is no substitute: write CODE*ratio, several with a semicolon between them.")
            raise InvalidInput(message=sentence % {"text": part}, field="substitutes") from error
    return found


COLUMNS = [
    Column(
        "parent", _("Parent item"), required=True, help=_("its code"), aliases=("parent code", "父项编码", "产品编码")
    ),
    Column(
        "component",
        _("Component"),
        required=True,
        help=_("its code"),
        aliases=("component code", "子项编码", "材料编码"),
    ),
    Column("quantity", _("Quantity"), required=True, kind="decimal", aliases=("qty", "qty_per", "用量", "数量")),
    Column(
        "base_quantity",
        _("For quantity"),
        kind="decimal",
        help=_("how many of the parent the rows are for; empty: one"),
        aliases=("基数", "产品数量"),
    ),
    Column("scrap_percent", _("Scrap %"), kind="decimal", aliases=("scrap", "损耗率")),
    Column("material_kind", _("Kind"), help=_("main or auxiliary"), aliases=("主辅料",)),
    Column("valid_from", _("Valid from"), kind="date", aliases=("start_date", "生效日期")),
    Column(
        "valid_until", _("Last day"), kind="date", help=_("the last day it counts"), aliases=("end_date", "失效日期")
    ),
    Column("revision", _("Revision"), aliases=("版本",)),
    Column("note", _("Note"), aliases=("备注",)),
    Column("line_kind", _("Kind of line"), help="component, co_product, by_product", aliases=("行类型",)),
    Column("fixed_scrap_quantity", _("Fixed scrap"), kind="decimal", aliases=("固定损耗",)),
    Column("is_level_skipped", _("Skip the level"), kind="boolean", aliases=("跳层",)),
    Column("issue_method", _("Issue"), help="pick, backflush, transfer", aliases=("发料方式",)),
    Column("operation_no", _("Operation"), kind="integer", aliases=("工序号",)),
    Column("substitute_group", _("Substitute group"), aliases=("替代组",)),
    Column(
        "substitutes",
        _("Substitutes"),
        help=_("CODE*ratio, several with a semicolon between them, in their order; ^rank where several go together"),
        aliases=("替代料",),
    ),
    Column("cost_method", _("Cost by"), help="weight, percent, fixed_amount", aliases=("成本分摊",)),
    Column("material_weight", _("Weight of the material"), kind="decimal", aliases=("材料权重",)),
    Column("conversion_weight", _("Weight of the conversion"), kind="decimal", aliases=("加工权重",)),
    Column("cost_percent", _("Cost %"), kind="decimal", aliases=("成本比例",)),
    Column("fixed_amount", _("Fixed amount"), kind="decimal", aliases=("定额",)),
    Column(
        "starts_order", _("Starts an order"), help=_("always, never; empty: as the settings say"), aliases=("触发订单",)
    ),
    Column("bom_from", _("Bill valid from"), kind="date", aliases=("BOM生效日期",)),
]

BOMS = ImportTarget(
    key="erp.bom",
    label=_("Bills of material"),
    permission="erp.add_bom",
    columns=COLUMNS,
    service=import_bom,
    arguments=_arguments,
    group=lambda row: row["parent"],
    order=70,
)


def bom_rows(boms: QuerySet[Bom], user: Any) -> Iterator[list[Any]]:
    """Return the lines of bills as rows under the headings of the import; amounts only for who may see them."""
    columns = [one for one in COLUMNS if one.name != "fixed_amount" or may_view_field(user, AMOUNT)]
    yield [str(one.label) for one in columns]
    lines = BomLine.objects.filter(bom__in=boms).select_related("bom__item", "component").order_by("bom_id", "line_no")
    for line in lines.prefetch_related("substitutes__item"):
        cells = _cells(line)
        yield [safe_cell(cells[one.name]) for one in columns]


def _cells(line: BomLine) -> dict[str, Any]:
    own = {name: getattr(line, name) for name in (*WORDS, *FIGURES, "is_level_skipped", "substitute_group", "note")}
    return own | {
        "parent": line.bom.item.code,
        "component": line.component.code,
        "quantity": line.quantity,
        "base_quantity": line.bom.quantity,
        "revision": line.bom.revision,
        "bom_from": line.bom.valid_from,
        "valid_from": line.valid_from,
        "valid_until": line.valid_to - ONE_DAY if line.valid_to else None,
        "substitutes": "; ".join(_written(line.substitutes.all())),
    }


def _written(substitutes: Iterable[BomSubstitute]) -> Iterator[str]:
    for place, one in enumerate(sorted(substitutes, key=lambda one: (one.rank, one.pk)), start=1):
        text = f"{one.item.code}*{plain(one.ratio)}"
        last = one.valid_to - ONE_DAY if one.valid_to else None
        days = f"@{one.valid_from or ''}..{last or ''}" if one.valid_from or last else ""
        yield f"{text}{days}" if one.rank == place else f"{text}{days}^{one.rank}"
