"""Writing drafts of bills of material."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.clock import business_date
from core.documents import lock, next_number
from core.errors import InvalidInput
from core.fields import ZERO
from core.operations import operation
from erp.errors import BomIsEmpty, BomIsReleased, RevisionTaken
from erp.models import Bom, BomLine
from erp.states import BomState, MaterialKind
from masterdata.models import Item
from masterdata.services.entry import check_quantity, require_open


@dataclass(frozen=True)
class BomLineInput:
    """One typed component: ``quantity`` in its stock unit for the quantity of the bill; valid [from, to)."""

    component_id: int
    quantity: Decimal
    scrap_percent: Decimal = ZERO
    material_kind: str = MaterialKind.MAIN
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    note: str = ""


@operation(permission="erp.add_bom")
def create_bom(
    *,
    item_id: int,
    lines: Sequence[Mapping[str, Any]],
    quantity: Decimal = Decimal(1),
    revision: str = "",
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> Bom:
    """Write a draft; ``lines`` have the fields of BomLineInput. Without a revision it gets the next number.

    Raises:
        RevisionTaken: the item has that revision already.
        BomIsEmpty: there are no lines.
        InvalidInput: a quantity, a scrap rate or a validity is impossible, or the item is its own component.
        ClosedForEntry, MergedAway: the item or a component is not used any more.
    """
    item = Item.objects.select_related("uom").get(pk=item_id)
    require_open(item)
    bom = Bom(
        item=item,
        number=next_number(Bom, at),
        revision=_free_revision(item, revision),
        quantity=quantity,
        valid_from=valid_from or business_date(at),
        valid_to=valid_to,
        note=note,
        owner=actor,
        document_date=business_date(at),
        created_at=at,
    )
    _require_sound_header(bom)
    rows = _understood(bom, lines)
    bom.save()
    _write_lines(bom, rows)
    return bom


@operation(permission="erp.change_bom", document=(Bom, "bom_id"))
def update_bom(
    *,
    bom_id: int,
    lines: Sequence[Mapping[str, Any]],
    quantity: Decimal,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    revision: str = "",
    note: str = "",
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> Bom:
    """Replace what a draft says.

    Raises:
        BomIsReleased: it is no draft any more.
        StaleVersion, RevisionTaken, BomIsEmpty, InvalidInput, ClosedForEntry, MergedAway: as in `create_bom`.
    """
    bom = lock(Bom, bom_id, version=version)
    if bom.state != BomState.DRAFT:
        raise BomIsReleased(document=bom)
    if revision and revision != bom.revision:
        bom.revision = _free_revision(bom.item, revision)
    bom.quantity, bom.valid_from, bom.valid_to, bom.note = quantity, valid_from, valid_to, note
    _require_sound_header(bom)
    rows = _understood(bom, lines)
    bom.version += 1
    bom.save()
    bom.lines.all().delete()
    _write_lines(bom, rows)
    return bom


@operation(permission="erp.add_bom", document=(Bom, "bom_id"))
def copy_bom(*, bom_id: int, actor: Any, at: dt.datetime) -> Bom:
    """Start the next revision as a draft with the same components, valid from today on."""
    source = Bom.objects.select_related("item").get(pk=bom_id)
    today = business_date(at)
    bom = Bom.objects.create(
        item=source.item,
        number=next_number(Bom, at),
        revision=_free_revision(source.item, ""),
        quantity=source.quantity,
        valid_from=today,
        note=source.note,
        owner=actor,
        document_date=today,
        created_at=at,
    )
    rows = []
    for line in source.lines.all():
        if line.valid_to is not None and line.valid_to <= today:
            continue
        line.pk, line.bom = None, bom
        rows.append(line)
    BomLine.objects.bulk_create(rows)
    return bom


def _free_revision(item: Item, wanted: str) -> str:
    taken = set(Bom.objects.filter(item=item).values_list("revision", flat=True))
    if wanted.strip():
        if wanted.strip() in taken:
            raise RevisionTaken(item=item, revision=wanted.strip(), field="revision")
        return wanted.strip()
    number = len(taken) + 1
    while str(number) in taken:
        number += 1
    return str(number)


def _require_sound_header(bom: Bom) -> None:
    if bom.quantity <= 0:
        raise InvalidInput(message=_("The quantity must be above zero."), field="quantity")
    check_quantity(bom.item.uom, bom.quantity)
    if bom.valid_to is not None and bom.valid_to <= bom.valid_from:
        raise InvalidInput(message=_("It must be valid for at least a day."), field="valid_to")


def _understood(bom: Bom, lines: Sequence[Mapping[str, Any]]) -> list[BomLine]:
    typed = [BomLineInput(**{name: value for name, value in line.items() if value is not None}) for line in lines]
    if not typed:
        raise BomIsEmpty(document=bom.number, field="lines")
    components = Item.objects.select_related("uom").in_bulk({line.component_id for line in typed})
    rows = []
    for number, line in enumerate(typed, start=1):
        component = components[line.component_id]
        require_open(component)
        _require_sound_line(number, line, bom)
        rows.append(
            BomLine(
                line_no=number * 10,
                component=component,
                quantity=line.quantity,
                scrap_percent=line.scrap_percent,
                material_kind=MaterialKind(line.material_kind),
                valid_from=line.valid_from,
                valid_to=line.valid_to,
                note=line.note,
            )
        )
    return rows


def _require_sound_line(number: int, line: BomLineInput, bom: Bom) -> None:
    place = _("Line %(number)s") % {"number": number}
    if line.component_id == bom.item_id:
        raise InvalidInput(message=_("%(place)s: an item cannot be its own component.") % {"place": place}, line=number)
    if line.quantity <= 0:
        raise InvalidInput(message=_("%(place)s: the quantity must be above zero.") % {"place": place}, line=number)
    if not 0 <= line.scrap_percent < 100:
        raise InvalidInput(
            message=_("%(place)s: scrap is from 0 to below 100 percent.") % {"place": place}, line=number
        )
    if line.valid_from and line.valid_to and line.valid_to <= line.valid_from:
        raise InvalidInput(message=_("%(place)s: it must be valid for at least a day.") % {"place": place}, line=number)


def _write_lines(bom: Bom, rows: Sequence[BomLine]) -> None:
    for row in rows:
        row.bom = bom
    BomLine.objects.bulk_create(rows)
