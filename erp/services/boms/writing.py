"""Writing drafts of bills of material."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.clock import business_date
from core.documents import lock, next_number
from core.errors import InvalidInput
from core.operations import operation
from erp.engines.revisions import next_revision
from erp.errors import BomIsReleased, RevisionTaken
from erp.models import Bom
from erp.services.boms.lines import Row, understood, write_lines
from erp.states import BomState
from masterdata.models import Item
from masterdata.services.entry import check_quantity, require_open


@operation(permission="erp.add_bom")
def create_bom(
    *,
    item_id: int,
    lines: Sequence[Mapping[str, Any]],
    quantity: Decimal = Decimal(1),
    revision: str = "",
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    material_weight: Decimal = Decimal(1),
    conversion_weight: Decimal | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> Bom:
    """Write a draft; ``lines`` have the fields of BomLineInput. Without a revision it gets the next one.

    Raises:
        RevisionTaken: the item has that revision already.
        BomIsEmpty: there are no lines.
        InvalidInput, NotMade, SubstituteExpired, GroupNotReplaced, MixedShares, SharesAboveWhole: a line is impossible.
        ClosedForEntry, MergedAway: the item or a component is not used any more.
    """
    item = Item.objects.select_related("uom").get(pk=item_id)
    require_open(item)
    today = business_date(at)
    bom = Bom(
        item=item,
        number=next_number(Bom, at),
        revision=free_revision(item, revision),
        quantity=quantity,
        valid_from=valid_from or today,
        valid_to=valid_to,
        material_weight=material_weight,
        conversion_weight=conversion_weight,
        note=note,
        owner=actor,
        document_date=today,
        created_at=at,
    )
    _require_sound_header(bom)
    rows = understood(bom, lines, today)
    bom.save()
    write_lines(bom, rows)
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
    material_weight: Decimal | None = None,
    conversion_weight: Decimal | None = None,
    note: str = "",
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> Bom:
    """Replace what a draft says; without a weight of the material both weights stay.

    Raises:
        BomIsReleased: it is no draft any more.
        StaleVersion: somebody changed it since the user saw it.
        RevisionTaken, BomIsEmpty, InvalidInput and the other refusals of `create_bom`.
    """
    bom = lock(Bom, bom_id, version=version)
    if bom.state != BomState.DRAFT:
        raise BomIsReleased(document=bom)
    if revision and revision != bom.revision:
        bom.revision = free_revision(bom.item, revision)
    bom.quantity, bom.valid_from, bom.valid_to, bom.note = quantity, valid_from, valid_to, note
    if material_weight is not None:
        bom.material_weight, bom.conversion_weight = material_weight, conversion_weight
    _require_sound_header(bom)
    rows = understood(bom, lines, business_date(at))
    bom.version += 1
    bom.save()
    bom.lines.all().delete()
    write_lines(bom, rows)
    return bom


@operation(permission="erp.add_bom", document=(Bom, "bom_id"))
def copy_bom(*, bom_id: int, actor: Any, at: dt.datetime) -> Bom:
    """Start the next revision as a draft with the same lines, valid from today on; what has expired is left out."""
    source = Bom.objects.select_related("item").get(pk=bom_id)
    today = business_date(at)
    bom = Bom.objects.create(
        item=source.item,
        number=next_number(Bom, at),
        revision=free_revision(source.item, ""),
        quantity=source.quantity,
        valid_from=today,
        material_weight=source.material_weight,
        conversion_weight=source.conversion_weight,
        note=source.note,
        owner=actor,
        document_date=today,
        created_at=at,
    )
    write_lines(bom, copied_lines(source, today))
    return bom


def copied_lines(source: Bom, day: dt.date) -> list[Row]:
    """Return unsaved copies of the lines and substitutes of ``source`` that have not ended by ``day``."""
    rows: list[Row] = []
    for line in source.lines.prefetch_related("substitutes"):
        if line.valid_to is not None and line.valid_to <= day:
            continue
        substitutes = [one for one in line.substitutes.all() if one.valid_to is None or one.valid_to > day]
        line.pk = None
        line._state.adding = True
        for one in substitutes:
            one.pk, one.bom_line = None, line
        rows.append((line, substitutes))
    return rows


def free_revision(item: Item, wanted: str) -> str:
    """Return the revision ``wanted``, or the one that follows the newest when none is (A B C, 1 2 3).

    Raises:
        RevisionTaken: the item has that revision already.
    """
    taken = list(Bom.objects.filter(item=item).order_by("pk").values_list("revision", flat=True))
    if wanted.strip():
        if wanted.strip() in taken:
            raise RevisionTaken(item=item, revision=wanted.strip(), field="revision")
        return wanted.strip()
    return next_revision(taken[-1] if taken else "", taken)


def _require_sound_header(bom: Bom) -> None:
    if bom.quantity <= 0:
        raise InvalidInput(message=_("The quantity must be above zero."), field="quantity")
    check_quantity(bom.item.uom, bom.quantity)
    if bom.valid_to is not None and bom.valid_to <= bom.valid_from:
        raise InvalidInput(message=_("It must be valid for at least a day."), field="valid_to")
    if bom.material_weight <= 0 or (bom.conversion_weight is not None and bom.conversion_weight < 0):
        raise InvalidInput(message=_("The weight of the main product is above zero."), field="material_weight")
