"""The one function that resolves a price and says why (HARD_RULES §14)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.db.models import Q

from core.money import round_amount
from masterdata.engines.pricelists import CLASS, GENERAL, PARTNER, Candidate, PriceRequest, best
from masterdata.models import Item, ItemCategory, Partner, PriceList, PriceListLine, SupplierItem
from masterdata.selectors.currencies import base_currency, rates_on
from masterdata.selectors.price_reasons import CATALOGUE, ITEM, of_list
from masterdata.selectors.units import unit_factors

__all__ = ["PriceRequest", "ResolvedPrice", "resolve_price", "resolve_prices"]

PRICE_DECIMALS = 6
HUNDRED = Decimal(100)
M = TypeVar("M", Item, Partner)


@dataclass(frozen=True)
class ResolvedPrice:
    """A price per asked unit in the asked currency, after the list's discount, and where it comes from.

    ``reason`` is a code; `price_reasons.reason_text` says it.
    """

    price: Decimal
    tax_included: bool
    floor_price: Decimal | None
    reason: str
    price_list_line_id: int | None


def resolve_price(  # noqa: PLR0917  the fields of a PriceRequest
    item_id: int,
    partner_id: int | None,
    quantity: Decimal,
    uom_id: int | None,
    date: dt.date,
    currency_id: int,
    kind: str = "sales",
) -> ResolvedPrice | None:
    """Return the price of one item for one partner, or None when nothing names one; see `resolve_prices`."""
    return resolve_prices([PriceRequest(item_id, partner_id, quantity, uom_id, date, currency_id, kind)])[0]


def resolve_prices(
    requests: Sequence[PriceRequest], *, items: Iterable[Item] = (), partners: Iterable[Partner] = ()
) -> list[ResolvedPrice | None]:
    """Return the price of each request, in their order, with a fixed number of queries; ``items`` and ``partners`` are
    those the caller has read already.

    Price lists in the asked currency first. Without one: for sales the item's list price, for purchases the supplier's
    catalogue, both converted at the rate of the day. A unit that the item does not have gives None.
    """
    if not requests:
        return []
    book = _PriceBook(requests, items, partners)
    return [book.answer(request) for request in requests]


class _PriceBook:
    """Everything that the requests of one call may need, read at once."""

    def __init__(
        self, requests: Sequence[PriceRequest], items: Iterable[Item] = (), partners: Iterable[Partner] = ()
    ) -> None:
        self.items = _known(Item, {one.item_id for one in requests}, items)
        self.partners = _known(Partner, {one.partner_id for one in requests if one.partner_id}, partners)
        self.ancestors = _ancestors({item.category_id for item in self.items.values() if item.category_id})
        self.lines = self._lines(requests)
        self.factors = self._factors(requests)
        self.catalogue = self._catalogue(requests)
        self._rates: dict[tuple[dt.date, int], dict[int, Decimal]] = {}
        self._base_id: int | None = None

    def _factors(self, requests: Sequence[PriceRequest]) -> dict[int, dict[int, Decimal]]:
        """Return {item: {unit: stock units}}; read where a request or a list is in another unit than stock."""
        own = {item.pk: item.uom_id for item in self.items.values()}
        foreign = any(one.uom_id not in {None, own.get(one.item_id)} for one in requests)
        factors = {pk: {uom_id: Decimal(1)} for pk, uom_id in own.items()}
        if foreign or any(line.uom_id is not None for line in self.lines):
            for (item_id, uom_id), factor in unit_factors(sorted(own), list(own.items())).items():
                factors[item_id][uom_id] = factor
        return factors

    def answer(self, request: PriceRequest) -> ResolvedPrice | None:
        item = self.items.get(request.item_id)
        if item is None or (request.uom_id or item.uom_id) not in self.factors[item.pk]:
            return None
        candidates = self._candidates(request, item)
        factors = self.factors[item.pk]
        while (chosen := best(candidates, request, item.uom_id, factors)) is not None:
            resolved = self._from_list(chosen, request, item)
            if resolved is not None:
                return resolved
            candidates.remove(chosen)  # a discount on a list price that the item does not have
        return self._from_catalogue(request, item) if request.kind == "purchase" else self._from_item(request, item)

    def _lines(self, requests: Sequence[PriceRequest]) -> list[PriceListLine]:
        classes = {row.customer_class_id for row in self.partners.values() if row.customer_class_id}
        assigned = {row.sales_price_list_id for row in self.partners.values() if row.sales_price_list_id}
        for_whom = (
            Q(partner__isnull=True, customer_class__isnull=True)
            | Q(partner__in=self.partners)
            | Q(customer_class__in=classes)
            | Q(pk__in=assigned)
        )
        lists = PriceList.objects.filter(
            for_whom,
            is_active=True,
            kind__in={one.kind for one in requests},
            currency__in={one.currency_id for one in requests},
        )
        categories = set().union(*self.ancestors.values()) if self.ancestors else set()
        what = Q(item__in=self.items) | Q(category__in=categories)
        return list(PriceListLine.objects.filter(what, price_list__in=lists).select_related("price_list"))

    def _candidates(self, request: PriceRequest, item: Item) -> list[Candidate]:
        partner = self.partners.get(request.partner_id) if request.partner_id else None
        categories = self.ancestors.get(item.category_id, []) if item.category_id else []
        found = []
        for line in self.lines:
            level = _level(line.price_list, partner)
            if level is None:
                continue
            if line.item_id == item.pk:
                distance = 0
            elif line.category_id in categories:
                distance = 1 + categories.index(line.category_id)
            else:
                continue
            found.append(_candidate(line, level, distance))
        return found

    def _from_list(self, chosen: Candidate, request: PriceRequest, item: Item) -> ResolvedPrice | None:
        factors = self.factors[item.pk]
        asked = factors[request.uom_id or item.uom_id]
        scale = asked / factors[chosen.uom_id or item.uom_id]
        price, tax_included = chosen.price * scale, chosen.tax_included
        if chosen.is_from_list_price:
            rate = self._rate(request)
            if not item.list_price or rate is None:
                return None
            price, tax_included = item.list_price * asked / rate, False
        price = round_amount(price * (HUNDRED - chosen.discount_percent) / HUNDRED, PRICE_DECIMALS)
        floor = None if chosen.floor_price is None else round_amount(chosen.floor_price * scale, PRICE_DECIMALS)
        return ResolvedPrice(price, tax_included, floor, _reason(chosen), chosen.line_id)

    def _from_item(self, request: PriceRequest, item: Item) -> ResolvedPrice | None:
        rate = self._rate(request)
        if not item.list_price or rate is None:
            return None
        price = item.list_price * self.factors[item.pk][request.uom_id or item.uom_id] / rate
        return ResolvedPrice(round_amount(price, PRICE_DECIMALS), False, None, ITEM, None)

    def _from_catalogue(self, request: PriceRequest, item: Item) -> ResolvedPrice | None:
        offer = self.catalogue.get((request.partner_id, item.pk))
        rate = self._rate(request)
        if offer is None or rate is None:
            return None
        own = self._day_rates(request).get(offer.currency_id)
        if own is None:
            return None
        price = offer.price * own / rate * self.factors[item.pk][request.uom_id or item.uom_id]
        return ResolvedPrice(round_amount(price, PRICE_DECIMALS), False, None, CATALOGUE, None)

    def _catalogue(self, requests: Sequence[PriceRequest]) -> dict[tuple[int | None, int], SupplierItem]:
        pairs = {(one.partner_id, one.item_id) for one in requests if one.kind == "purchase" and one.partner_id}
        if not pairs:
            return {}
        offers = SupplierItem.objects.filter(
            partner__in={pair[0] for pair in pairs}, item__in={pair[1] for pair in pairs}, is_active=True, price__gt=0
        )
        return {(offer.partner_id, offer.item_id): offer for offer in offers}

    def _rate(self, request: PriceRequest) -> Decimal | None:
        """Return the base units for 1 of the asked currency on the asked day."""
        return self._day_rates(request).get(request.currency_id)

    def _day_rates(self, request: PriceRequest) -> dict[int, Decimal]:
        key = (request.date, request.currency_id)
        if key not in self._rates:
            others = {offer.currency_id for offer in self.catalogue.values()}
            if self._base_id is None:
                self._base_id = base_currency().pk
            if request.currency_id == self._base_id and others <= {self._base_id}:
                self._rates[key] = {self._base_id: Decimal(1)}
            else:
                self._rates[key] = rates_on({request.currency_id, *others}, request.date)
        return self._rates[key]


def _known(model: type[M], pks: set[int], read: Iterable[M]) -> dict[int, M]:
    """Return rows by key: those that were read, the others in one statement."""
    found = {row.pk: row for row in read if row.pk in pks}
    missing = pks - found.keys()
    return found | (model._default_manager.in_bulk(missing) if missing else {})


def _level(price_list: PriceList, partner: Partner | None) -> int | None:
    """Return whose list it is for ``partner``, or None when it is somebody else's."""
    if partner is not None and price_list.pk == partner.sales_price_list_id:
        return PARTNER
    if price_list.partner_id is not None:
        return PARTNER if partner is not None and price_list.partner_id == partner.pk else None
    if price_list.customer_class_id is not None:
        own = partner.customer_class_id if partner is not None else None
        return CLASS if price_list.customer_class_id == own else None
    return GENERAL


def _candidate(line: PriceListLine, level: int, distance: int) -> Candidate:
    book = line.price_list
    return Candidate(
        line_id=line.pk,
        list_code=book.code,
        level=level,
        currency_id=book.currency_id,
        kind=book.kind,
        tax_included=book.tax_included,
        distance=distance,
        uom_id=line.uom_id,
        min_quantity=line.min_quantity,
        price=line.price,
        discount_percent=line.discount_percent,
        floor_price=line.floor_price,
        periods=((book.valid_from, book.valid_to), (line.valid_from, line.valid_to)),
        begins=line.valid_from or book.valid_from,
    )


def _reason(chosen: Candidate) -> str:
    whose = {PARTNER: "partner", CLASS: "class", GENERAL: "general"}[chosen.level]
    return of_list(
        chosen.list_code,
        whose,
        by_category=bool(chosen.distance),
        min_quantity=chosen.min_quantity,
        discount_percent=chosen.discount_percent,
    )


def _ancestors(category_ids: set[int]) -> dict[int, list[int]]:
    """Return {category id: [itself, its parent, …]}."""
    if not category_ids:
        return {}
    parents = dict(ItemCategory.objects.values_list("pk", "parent_id"))
    paths: dict[int, list[int]] = {}
    for category_id in category_ids:
        path: list[int] = []
        current: int | None = category_id
        while current is not None and current not in path:
            path.append(current)
            current = parents.get(current)
        paths[category_id] = path
    return paths
