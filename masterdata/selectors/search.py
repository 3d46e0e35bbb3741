"""Finding items and partners by whatever people type or scan."""

from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from masterdata.models import Item, ItemAlias, ItemBarcode, Partner, SupplierItem
from masterdata.models.partners import PartnerContact

ITEM_COLUMNS = ("code", "name", "name_zh", "specification", "brand", "drawing_number", "pinyin")
PARTNER_COLUMNS = ("code", "name", "name_zh", "short_name", "tax_number", "phone", "pinyin")
MAX_WORDS = 6


def items_matching(text: str, queryset: QuerySet[Item] | None = None) -> QuerySet[Item]:
    """Return the items in which each word of ``text`` occurs: code, names, specification, brand, drawing, pinyin,
    alias (of a customer, a supplier, the past), supplier's code or barcode."""
    found = Item.objects.all() if queryset is None else queryset
    for word in text.split()[:MAX_WORDS]:
        found = found.filter(
            _any_column(ITEM_COLUMNS, word)
            | Q(pk__in=ItemAlias.objects.filter(Q(code__icontains=word) | Q(name__icontains=word)).values("item"))
            | Q(pk__in=SupplierItem.objects.filter(supplier_code__icontains=word).values("item"))
            | Q(pk__in=ItemBarcode.objects.filter(barcode__iexact=word).values("item"))
        )
    return found


def find_items(
    text: str,
    partner_id: int | None = None,
    limit: int = 20,
    *,
    queryset: QuerySet[Item] | None = None,
    include_closed: bool = False,
) -> list[Item]:
    """Return the items that ``text`` means, best first, each with ``rank`` (0 = the very code, barcode or alias).

    With ``partner_id`` that partner's own codes come first, shown in ``partner_code``. ``matched_uom_id`` is the unit
    of the scanned barcode, if it has one. Closed and merged items are left out unless ``include_closed``.
    """
    text = text.strip()
    if not text:
        return []
    found = items_matching(text, queryset)
    if not include_closed:
        found = found.filter(is_active=True, merged_into__isnull=True)
    of_item = ItemAlias.objects.filter(item=OuterRef("pk"))
    of_partner = of_item.filter(partner_id=partner_id)
    barcode = ItemBarcode.objects.filter(item=OuterRef("pk"), barcode__iexact=text)
    supplier = SupplierItem.objects.filter(item=OuterRef("pk"), supplier_code__iexact=text)
    rank = Case(
        When(code__iexact=text, then=0),
        When(Exists(barcode), then=0),
        When(Exists(of_partner.filter(code__iexact=text)), then=0),
        When(Exists(of_item.filter(code__iexact=text)), then=1),
        When(Exists(supplier), then=1),
        When(code__istartswith=text, then=2),
        *_name_ranks(text),
        default=4,
        output_field=IntegerField(),
    )
    return list(
        found.annotate(
            rank=rank,
            partner_code=Subquery(of_partner.values("code")[:1]) if partner_id else Value(None, IntegerField()),
            matched_uom_id=Subquery(barcode.values("uom_id")[:1]),
        )
        .select_related("uom")
        .order_by("rank", "code")[:limit]
    )


def partners_matching(text: str, queryset: QuerySet[Partner] | None = None) -> QuerySet[Partner]:
    """Return the partners in which each word of ``text`` occurs: code, names, tax number, phone, pinyin, contacts."""
    found = Partner.objects.all() if queryset is None else queryset
    for word in text.split()[:MAX_WORDS]:
        contact = Q(name__icontains=word) | Q(phone__icontains=word) | Q(mobile__icontains=word)
        found = found.filter(
            _any_column(PARTNER_COLUMNS, word)
            | Q(pk__in=PartnerContact.objects.filter(contact, is_active=True).values("partner"))
        )
    return found


def find_partners(
    text: str,
    *,
    user: Any = None,
    kind: str = "",
    limit: int = 20,
    include_closed: bool = False,
    include_merged: bool = False,
) -> list[Partner]:
    """Return the partners that ``text`` means, best first, each with ``rank`` (0 = the very code or tax number).

    ``kind`` is ``customer``, ``supplier`` or empty; with ``user`` only partners in the user's row scope.
    ``include_closed`` adds those who take no new order. Who was merged is found by his old names and code as the one
    kept; ``include_merged`` shows him beside the one kept.
    """
    text = text.strip()
    if not text:
        return []
    rows = Partner.objects.visible_to(user) if user is not None else Partner.objects.all()
    merged = partners_matching(text, Partner.objects.filter(merged_into__isnull=False))
    found = rows.filter(Q(pk__in=partners_matching(text, rows).values("pk")) | Q(pk__in=merged.values("merged_into")))
    if not include_merged:
        found = found.filter(merged_into__isnull=True)
    if not include_closed:
        found = found.filter(is_active=True)
    if kind:
        found = found.filter(**{f"is_{kind}": True})
    rank = Case(
        When(Q(code__iexact=text) | Q(tax_number__iexact=text), then=0),
        When(Q(short_name__iexact=text), then=1),
        When(code__istartswith=text, then=2),
        *_name_ranks(text),
        default=4,
        output_field=IntegerField(),
    )
    return list(found.annotate(rank=rank).select_related("currency").order_by("rank", "code")[:limit])


def _any_column(columns: tuple[str, ...], word: str) -> Q:
    condition = Q()
    for column in columns:
        condition |= Q(**{f"{column}__icontains": word})
    return condition


def _name_ranks(text: str) -> tuple[When, ...]:
    """A name or its pinyin (full, or initials after a blank) that begins with the text."""
    begins = Q(name__istartswith=text) | Q(name_zh__istartswith=text) | Q(pinyin__istartswith=text)
    return (When(begins | Q(pinyin__icontains=f" {text}"), then=3),)
