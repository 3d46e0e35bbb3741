"""What a work order should have cost for what it brought, what it did cost, and why: variances that add up exactly."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.fields import ZERO
from core.money import round_amount

MATERIAL, SUB_ASSEMBLY, LABOUR, SUBCONTRACT = "material", "sub_assembly", "labour", "subcontract"
INPUTS = frozenset({MATERIAL, SUB_ASSEMBLY})


@dataclass(frozen=True)
class Planned:
    """One line of the frozen baseline: ``per_unit`` for each good unit and ``fixed`` once, at ``price`` each.

    key  what it is: an item, an operation.   Quantities in the item's stock unit, or hours; price in base currency.
    """

    element: str
    key: int
    per_unit: Decimal
    price: Decimal
    fixed: Decimal = ZERO

    def quantity(self, units: Decimal) -> Decimal:
        """Return what ``units`` need, the fixed part in full."""
        return self.per_unit * units + self.fixed


@dataclass(frozen=True)
class Actual:
    """What was really used of one thing: quantity (or hours) and amount; ``replaces`` the item it stood in for."""

    element: str
    key: int
    quantity: Decimal
    amount: Decimal
    replaces: int = 0
    price: Decimal = ZERO


@dataclass
class Analysis:
    """Amounts by element, and variances by reason; ``difference`` is their exact sum. Base currency."""

    planned: dict[str, Decimal]
    target: dict[str, Decimal]
    actual: dict[str, Decimal]
    variances: dict[str, Decimal] = field(default_factory=dict)

    @property
    def difference(self) -> Decimal:
        """Actual less target: above zero, it cost more."""
        return sum(self.actual.values(), ZERO) - sum(self.target.values(), ZERO)


def analyse(
    baseline: Sequence[Planned],
    actuals: Sequence[Actual],
    *,
    ordered: Decimal,
    good: Decimal,
    scrapped: Decimal = ZERO,
    decimals: int = 2,
) -> Analysis:
    """Compare the actual cost of an order with the baseline for the good quantity it brought.

    The target is the planned unit cost × good, set-up spread over the ordered quantity. Price (AP−SP)×AQ, usage
    (AQ−SQ)×SP, rate (AR−SR)×AH, efficiency (AH−SH)×SR; what scrapped pieces should have used is scrap, set-up that
    fewer pieces bear is lot size. Each is rounded, the rest is rounding. Source: HARD_RULES §9.
    """
    raw: dict[str, Decimal] = defaultdict(lambda: ZERO)
    share = good / ordered if ordered else ZERO
    targets = {id(line): line.per_unit * good + line.fixed * share for line in baseline}
    for line in baseline:
        raw["lot_size"] += line.fixed * (1 - share) * line.price
        raw["scrap"] += line.per_unit * scrapped * line.price
    _inputs(baseline, actuals, good + scrapped, raw)
    _hours(baseline, actuals, good + scrapped, raw)
    _amounts(baseline, actuals, good + scrapped, raw)
    analysis = Analysis(
        planned=_sums((one.element, one.quantity(ordered) * one.price) for one in baseline),
        target=_sums((one.element, targets[id(one)] * one.price) for one in baseline),
        actual=_sums((one.element, one.amount) for one in actuals),
    )
    for amounts in (analysis.planned, analysis.target, analysis.actual):
        for name, amount in amounts.items():
            amounts[name] = round_amount(amount, decimals)
    analysis.variances = {name: rounded for name, amount in raw.items() if (rounded := round_amount(amount, decimals))}
    rest = analysis.difference - sum(analysis.variances.values(), ZERO)
    if rest:
        analysis.variances["rounding"] = rest
    return analysis


def projected(baseline: Sequence[Planned], actuals: Sequence[Actual], *, ordered: Decimal, made: Decimal) -> Decimal:
    """Return what an order will have cost in the end: actual so far plus what the baseline still asks for.

    made  pieces reported or received, good and scrapped: their work is done. Material is still to come as far as less
    was issued than the pieces that can still become good (and those lost already) need. A supplier's fee is booked when
    the pieces come back from him: it is still to come for those that have not.
    """
    used = _used(actuals)
    total = sum((one.amount for one in actuals), ZERO)
    for line in baseline:
        if line.element in INPUTS:
            stands_in = sum((one.quantity for one in actuals if one.replaces == line.key), ZERO)
            total += max(ZERO, line.quantity(ordered) - used[line.element, line.key] - stands_in) * line.price
        else:
            fixed = ZERO if made else line.fixed
            done = max(made, used[line.element, line.key]) if line.element == SUBCONTRACT else made
            total += (line.per_unit * max(ZERO, ordered - done) + fixed) * line.price
    return total


@dataclass
class _Standard:
    """What the good and scrapped pieces should have used of one thing, and what that is worth."""

    quantity: Decimal = ZERO
    worth: Decimal = ZERO
    first: Decimal = ZERO

    @property
    def price(self) -> Decimal:
        """Standard price of one: several lines of one thing are averaged."""
        return self.worth / self.quantity if self.quantity else self.first


def _standards(baseline: Iterable[Planned], elements: frozenset[str], units: Decimal) -> dict[int, _Standard]:
    found: dict[int, _Standard] = {}
    for line in baseline:
        if line.element in elements:
            one = found.setdefault(line.key, _Standard(first=line.price))
            one.quantity += line.quantity(units)
            one.worth += line.quantity(units) * line.price
    return found


def _inputs(baseline: Sequence[Planned], actuals: Sequence[Actual], units: Decimal, raw: dict[str, Decimal]) -> None:
    """Price, usage and substitution of material and sub-assemblies."""
    standards = _standards(baseline, INPUTS, units)
    own: dict[int, Decimal] = defaultdict(lambda: ZERO)
    instead: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for one in actuals:
        if one.element not in INPUTS:
            continue
        standard = standards.get(one.key)
        price = standard.price if standard else one.price
        raw["price"] += one.amount - one.quantity * price
        if standard:
            own[one.key] += one.quantity
        elif one.replaces in standards:
            instead[one.replaces] += one.quantity * price
        else:
            raw["usage"] += one.quantity * price
    for key, standard in standards.items():
        missing = max(ZERO, standard.quantity - own[key]) if key in instead else ZERO
        raw["usage"] += (own[key] + missing) * standard.price - standard.worth
        if key in instead:
            raw["substitution"] += instead[key] - missing * standard.price


def _hours(baseline: Sequence[Planned], actuals: Sequence[Actual], units: Decimal, raw: dict[str, Decimal]) -> None:
    """Rate and efficiency of labour; where no hour was planned all of it is efficiency."""
    standards = _standards(baseline, frozenset({LABOUR}), units)
    whole = sum((one.quantity for one in standards.values()), ZERO)
    worth = sum((one.worth for one in standards.values()), ZERO)
    average = worth / whole if whole else ZERO
    for one in actuals:
        if one.element != LABOUR:
            continue
        standard = standards.get(one.key)
        if not standards:
            raw["efficiency"] += one.amount
            continue
        price = standard.price if standard else average
        raw["rate"] += one.amount - one.quantity * price
        raw["efficiency"] += one.quantity * price
    raw["efficiency"] -= worth


def _amounts(baseline: Sequence[Planned], actuals: Sequence[Actual], units: Decimal, raw: dict[str, Decimal]) -> None:
    """Machine and overhead against what was planned, the fees, other charges and by-products."""
    names = {"machine": "overhead", "overhead": "overhead", "subcontract": "price"}
    for line in baseline:
        if line.element not in INPUTS | {LABOUR}:
            raw[names.get(line.element, "other")] -= line.quantity(units) * line.price
    for one in actuals:
        if one.element not in INPUTS | {LABOUR}:
            raw[names.get(one.element, "other")] += one.amount


def _used(actuals: Iterable[Actual]) -> Mapping[tuple[str, int], Decimal]:
    used: dict[tuple[str, int], Decimal] = defaultdict(lambda: ZERO)
    for one in actuals:
        used[one.element, one.key] += one.quantity
    return used


def _sums(rows: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for name, amount in rows:
        sums[name] += amount
    return dict(sums)
