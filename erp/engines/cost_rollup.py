"""What a unit costs by element, rolled up level by level from recipe, operations and rates; no database, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
WEIGHT, PERCENT, FIXED = "weight", "percent", "fixed_amount"


class CostCycle(ValueError):
    """An item goes into itself; ``path`` are the items of the circle."""

    def __init__(self, path: tuple[int, ...]) -> None:
        super().__init__(path)
        self.path = path


@dataclass(frozen=True)
class Elements:
    """An amount of base currency by what it is spent for."""

    material: Decimal = ZERO
    labour: Decimal = ZERO
    machine: Decimal = ZERO
    overhead: Decimal = ZERO
    subcontract: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.material + self.labour + self.machine + self.overhead + self.subcontract

    def __add__(self, other: "Elements") -> "Elements":
        return Elements(
            self.material + other.material,
            self.labour + other.labour,
            self.machine + other.machine,
            self.overhead + other.overhead,
            self.subcontract + other.subcontract,
        )

    def times(self, material: Decimal, conversion: Decimal | None = None) -> "Elements":
        """Return the material times one factor and everything else times the other (or the same)."""
        other = material if conversion is None else conversion
        return Elements(
            self.material * material,
            self.labour * other,
            self.machine * other,
            self.overhead * other,
            self.subcontract * other,
        )


@dataclass(frozen=True)
class Part:
    """A component: ``gross`` (scrap included) for the base quantity of the recipe, ``fixed`` once per lot.

    is_skipped  its own components go in instead of it (a phantom, a skipped level): its operations are not done.
    """

    item: int
    gross: Decimal
    fixed: Decimal = ZERO
    is_skipped: bool = False
    key: int = 0


@dataclass(frozen=True)
class Output:
    """What comes out beside the main product, ``quantity`` for the base quantity; weights are per unit."""

    item: int
    quantity: Decimal
    method: str
    material_weight: Decimal = ZERO
    conversion_weight: Decimal = ZERO
    percent: Decimal = ZERO
    fixed_amount: Decimal = ZERO
    is_co_product: bool = True


@dataclass(frozen=True)
class Step:
    """An operation: hours once per lot and per unit, rates per hour, price per unit where it is done outside."""

    setup_hours: Decimal = ZERO
    run_hours: Decimal = ZERO
    labour_rate: Decimal = ZERO
    machine_rate: Decimal = ZERO
    overhead_rate: Decimal = ZERO
    unit_price: Decimal = ZERO
    key: int = 0

    def cost(self, lot: Decimal) -> Elements:
        """Return what the operation costs per unit in lots of this size."""
        hours = self.setup_hours / lot + self.run_hours
        return Elements(
            labour=hours * self.labour_rate,
            machine=hours * self.machine_rate,
            overhead=hours * self.overhead_rate,
            subcontract=self.unit_price,
        )


@dataclass(frozen=True)
class Recipe:
    """How an item is made: parts and outputs for ``base`` units, operations, in lots of ``lot``; ``fee`` per unit."""

    parts: tuple[Part, ...] = ()
    outputs: tuple[Output, ...] = ()
    steps: tuple[Step, ...] = ()
    base: Decimal = ONE
    lot: Decimal = ONE
    fee: Decimal = ZERO
    material_weight: Decimal = ONE
    conversion_weight: Decimal = ONE


@dataclass(frozen=True)
class Cost:
    """What one unit of an item costs, and of what.

    parts, steps  amounts per unit before anything is given to outputs.   credits  per unit, taken off for outputs of a
    fixed amount.   shared  per unit, what co-products take of the rest.   missing  items below without any cost.
    is_capped     the credits would be more than the whole cost.
    """

    elements: Elements
    parts: tuple[tuple[Part, Decimal, Elements], ...] = ()
    steps: tuple[tuple[Step, Elements], ...] = ()
    fee: Decimal = ZERO
    credits: Decimal = ZERO
    shared: Decimal = ZERO
    missing: frozenset[int] = frozenset()
    is_capped: bool = False


@dataclass
class RollUp:
    """Rolls up costs on demand; each item is calculated once.

    recipes  by item; an item without one costs what ``own`` says (its material), else nobody knows.
    Source: HARD_RULES §8 (outputs: fixed amounts first, the rest by weight or percentage), §4 (skipped levels).
    """

    recipes: Mapping[int, Recipe]
    own: Mapping[int, Decimal]
    _known: dict[int, Cost] = field(default_factory=dict)
    _inner: dict[int, Cost] = field(default_factory=dict)
    _active: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._sources: dict[int, int] = {}
        for main in sorted(self.recipes):
            for output in self.recipes[main].outputs:
                if output.is_co_product and output.item not in self.recipes:
                    self._sources.setdefault(output.item, main)

    def cost(self, item: int) -> Cost:
        """Return what a unit of ``item`` costs.

        Raises:
            CostCycle: it goes into itself.
        """
        if item not in self._known:
            self._known[item] = self._entered(item)
        return self._known[item]

    def _entered(self, item: int) -> Cost:
        if item in self._active:
            raise CostCycle((*self._active[self._active.index(item) :], item))
        self._active.append(item)
        try:
            if item in self.recipes:
                return self._made(self.recipes[item])
            source = self._sources.get(item)
            if source is not None and source not in self._active:
                return self._beside(item, source)
            if item in self.own:
                return Cost(Elements(material=self.own[item]))
            return Cost(Elements(), missing=frozenset({item}))
        finally:
            self._active.pop()

    def _made(self, recipe: Recipe) -> Cost:
        whole = self._whole(recipe)
        rest, credit = _less_credits(recipe, whole.elements)
        main, _others = _shares(recipe)
        elements = rest.times(*main)
        return Cost(
            elements,
            whole.parts,
            whole.steps,
            recipe.fee,
            min(credit, whole.elements.total),
            rest.total - elements.total,
            whole.missing,
            credit > whole.elements.total,
        )

    def _beside(self, item: int, main: int) -> Cost:
        """Return the cost of a co-product by the recipe of the main product."""
        recipe = self.recipes[main]
        self._active.append(main)
        try:
            whole = self._whole(recipe)
        finally:
            self._active.pop()
        place, output = next((n, one) for n, one in enumerate(recipe.outputs) if one.item == item and one.is_co_product)
        if output.method == FIXED:
            return Cost(Elements(material=output.fixed_amount), missing=whole.missing)
        rest, _credit = _less_credits(recipe, whole.elements)
        _main, others = _shares(recipe)
        per_unit = recipe.base / output.quantity
        share = others[place]
        return Cost(rest.times(share[0] * per_unit, share[1] * per_unit), missing=whole.missing)

    def _whole(self, recipe: Recipe, *, with_steps: bool = True) -> Cost:
        """Return everything spent on the recipe per unit of its main product."""
        parts = []
        missing: frozenset[int] = frozenset()
        elements = Elements()
        for part in recipe.parts:
            quantity = part.gross / recipe.base + part.fixed / recipe.lot
            unit = self._skipped(part.item) if part.is_skipped else self.cost(part.item)
            cost = unit.elements.times(quantity)
            parts.append((part, quantity, cost))
            missing |= unit.missing
            elements += cost
        steps = tuple((step, step.cost(recipe.lot)) for step in recipe.steps) if with_steps else ()
        for _step, cost in steps:
            elements += cost
        if with_steps:
            elements += Elements(subcontract=recipe.fee)
        return Cost(elements, tuple(parts), steps, recipe.fee, missing=missing)

    def _skipped(self, item: int) -> Cost:
        """Return what the components of a skipped item cost per unit of it; without a recipe it costs what it costs."""
        if item not in self.recipes:
            return self.cost(item)
        if item not in self._inner:
            if item in self._active:
                raise CostCycle((*self._active[self._active.index(item) :], item))
            self._active.append(item)
            try:
                self._inner[item] = self._whole(self.recipes[item], with_steps=False)
            finally:
                self._active.pop()
        return self._inner[item]


def _less_credits(recipe: Recipe, whole: Elements) -> tuple[Elements, Decimal]:
    """Return what is left after outputs of a fixed amount, per unit, and their amount before it is capped.

    The material is credited first; what it does not bear is taken off the rest in proportion.
    """
    credit = sum((one.fixed_amount * one.quantity / recipe.base for one in recipe.outputs if one.method == FIXED), ZERO)
    if not credit:
        return whole, ZERO
    taken = min(credit, whole.total)
    from_material = min(taken, whole.material)
    conversion = whole.total - whole.material
    kept = ONE - (taken - from_material) / conversion if conversion else ONE
    material = whole.material - from_material
    return Elements(
        material, whole.labour * kept, whole.machine * kept, whole.overhead * kept, whole.subcontract * kept
    ), credit


def _shares(recipe: Recipe) -> tuple[tuple[Decimal, Decimal], list[tuple[Decimal, Decimal]]]:
    """Return the shares (material, conversion) of the main product and, by place, of each output."""
    percents = [one.percent / HUNDRED if one.method == PERCENT else ZERO for one in recipe.outputs]
    if any(percents):
        left = ONE - sum(percents, ZERO)
        return (left, left), [(one, one) for one in percents]
    weighted = [one.method == WEIGHT for one in recipe.outputs]
    pairs = list(zip(recipe.outputs, weighted, strict=True))
    material = [one.material_weight * one.quantity / recipe.base if counts else ZERO for one, counts in pairs]
    conversion = [one.conversion_weight * one.quantity / recipe.base if counts else ZERO for one, counts in pairs]
    of_material = _parts_of(recipe.material_weight, material)
    of_conversion = _parts_of(recipe.conversion_weight, conversion) if any(weighted) else of_material
    return (of_material[0], of_conversion[0]), list(zip(of_material[1:], of_conversion[1:], strict=True))


def _parts_of(main: Decimal, others: Iterable[Decimal]) -> list[Decimal]:
    weights = [main, *others]
    whole = sum(weights, ZERO)
    return [weight / whole for weight in weights] if whole else [ONE, *(ZERO for _ in weights[1:])]
