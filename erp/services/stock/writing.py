"""Writing balances, and the reservations and demands that a posting uses or opens again."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.context import insert_later, run_later
from core.fields import ZERO
from erp.models import Demand, Reservation
from erp.services.stock.inputs import Key, MoveInput
from erp.services.stock.locking import LockedStock


@dataclass
class Uses:
    """What a posting does to demands and their reservations.

    open_quantities  new open quantity by demand.   left  new quantity by reservation (0: delete).
    released         what becomes unreserved by balance.
    carried          what of reservations goes along to another balance: (reservation, balance, quantity).
    """

    open_quantities: dict[int, Decimal] = field(default_factory=dict)
    left: dict[int, Decimal] = field(default_factory=dict)
    released: dict[int, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    carried: list[tuple[Reservation, int, Decimal]] = field(default_factory=list)

    def take(self, reservation: Reservation, quantity: Decimal) -> None:
        """Use or give up ``quantity`` of a reservation."""
        self.left[reservation.pk] = self.left.get(reservation.pk, reservation.quantity) - quantity
        self.released[reservation.balance_id] += quantity

    def carry(self, reservation: Reservation, balance_id: int, quantity: Decimal) -> None:
        """Keep ``quantity`` of a reservation in another balance from now on."""
        self.take(reservation, quantity)
        self.released[balance_id] -= quantity
        self.carried.append((reservation, balance_id, quantity))

    def remaining(self, reservation: Reservation) -> Decimal:
        """Return what is left of a reservation."""
        return self.left.get(reservation.pk, reservation.quantity)


def plan_uses(moves: Sequence[MoveInput], stock: LockedStock) -> Uses:
    """Decide which reservations the moves use up, and the open quantity that is left of each demand.

    A demand's own reservation at the place goods leave from is used first, then what its project keeps there; what
    stays reserved beyond its open quantity is given up.
    """
    uses = Uses()
    change: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for move in moves:
        if move.demand_id is None or move.demand_id not in stock.demands:
            continue
        leaves, arrives = stock.is_owned(move.from_location_id), stock.is_owned(move.to_location_id)
        if leaves and not arrives:
            change[move.demand_id] -= move.quantity
            _use_kept(uses, move, stock)
        elif arrives and not leaves:
            change[move.demand_id] += move.quantity
    for demand_id, moved in change.items():
        demand = stock.demands[demand_id]
        uses.open_quantities[demand_id] = min(demand.quantity, max(ZERO, demand.open_quantity + moved))
    trim_to_open(uses, stock)
    return uses


def _use_kept(uses: Uses, move: MoveInput, stock: LockedStock) -> None:
    """Use what is kept where goods leave from for the demand they serve: its own, then its project's."""
    demand, balance_id, left = stock.demands[move.demand_id or 0], stock.balances[move.from_key].pk, move.quantity
    own = stock.reservations.get((demand.pk, balance_id))
    if own is not None:
        taken = min(left, uses.remaining(own))
        uses.take(own, taken)
        left -= taken
    pool = stock.pool_of(demand)
    kept = stock.reservations.get((pool.pk, balance_id)) if pool is not None else None
    if pool is not None and kept is not None and left > 0:
        taken = min(left, uses.remaining(kept))
        uses.take(kept, taken)
        uses.open_quantities[pool.pk] = uses.open_quantities.get(pool.pk, pool.open_quantity) - taken


def trim_to_open(uses: Uses, stock: LockedStock) -> None:
    """Give up what is reserved beyond the open quantity of its demand, latest reservation first."""
    by_demand: dict[int, list[Reservation]] = defaultdict(list)
    for reservation in stock.reservations.values():
        by_demand[reservation.demand_id].append(reservation)
    for demand_id, rows in by_demand.items():
        still_open = uses.open_quantities.get(demand_id, stock.demands[demand_id].open_quantity)
        excess = sum((uses.remaining(row) for row in rows), ZERO) - still_open
        for row in sorted(rows, key=lambda one: -one.pk):
            if excess <= 0:
                break
            given_up = min(excess, uses.remaining(row))
            uses.take(row, given_up)
            excess -= given_up


def write_balances(
    changes: Mapping[Key, Decimal], uses: Uses, stock: LockedStock, seconds: Mapping[Key, Decimal]
) -> None:
    """Add the changes to the locked balances, falling ones first, so that a piece is never in two places."""
    by_id = {stock.balances[key].pk: change for key, change in changes.items()}
    second = {stock.balances[key].pk: change for key, change in seconds.items()}
    touched = sorted(by_id.keys() | uses.released.keys())
    falling = [pk for pk in touched if by_id.get(pk, ZERO) <= 0]
    rising = [pk for pk in touched if by_id.get(pk, ZERO) > 0]
    for pks in (falling, rising):
        change_balances({pk: (by_id.get(pk, ZERO), -uses.released.get(pk, ZERO)) for pk in pks}, second)


def change_balances(
    changes: Mapping[int, tuple[Decimal, Decimal]], second: Mapping[int, Decimal] | None = None
) -> None:
    """Add (on hand, reserved), and what moved in the second unit, to balances by key, in one statement."""
    if not changes:
        return
    moved = second or {}
    run_later(
        "erp_stockbalance",
        """
        UPDATE erp_stockbalance b SET on_hand = b.on_hand + c.on_hand, reserved = b.reserved + c.reserved,
            second_on_hand = b.second_on_hand + c.second
        FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[])
          AS c(id, on_hand, reserved, second) WHERE b.id = c.id
        """,
        [
            list(changes),
            [one[0] for one in changes.values()],
            [one[1] for one in changes.values()],
            [moved.get(pk, ZERO) for pk in changes],
        ],
    )


def write_uses(uses: Uses, stock: LockedStock) -> None:
    """Store what is left of reservations and demands, and what is kept in other places now."""
    fresh = _kept_elsewhere(uses, stock)
    used_up = [pk for pk, quantity in uses.left.items() if quantity <= 0]
    smaller = {pk: quantity for pk, quantity in uses.left.items() if quantity > 0}
    if used_up:
        delete_rows(Reservation._meta.db_table, used_up)
    set_quantities(Reservation._meta.db_table, "quantity", smaller)
    set_quantities(Demand._meta.db_table, "open_quantity", uses.open_quantities)
    insert_later(fresh)


def _kept_elsewhere(uses: Uses, stock: LockedStock) -> list[Reservation]:
    """Add what is carried to reservations of the demand in the other balance; return those that are to be made."""
    fresh: dict[tuple[int, int], Reservation] = {}
    for kept, balance_id, quantity in uses.carried:
        key = (kept.demand_id, balance_id)
        known = stock.reservations.get(key)
        if known is not None:
            uses.left[known.pk] = uses.remaining(known) + quantity
        elif key in fresh:
            fresh[key].quantity += quantity
        else:
            fresh[key] = Reservation(
                demand_id=kept.demand_id, balance_id=balance_id, quantity=quantity, created_at=kept.created_at
            )
    return list(fresh.values())


def set_quantities(table: str, column: str, values: Mapping[int, Decimal]) -> None:
    """Set one column of rows by key, in one statement."""
    if not values:
        return
    run_later(
        table,
        f"UPDATE {table} t SET {column} = v.value "
        "FROM unnest(%s::bigint[], %s::numeric[]) AS v(id, value) WHERE t.id = v.id",
        [list(values), list(values.values())],
    )


def delete_rows(table: str, keys: Sequence[int]) -> None:
    """Delete rows by key, in one statement."""
    run_later(table, f"DELETE FROM {table} WHERE id = ANY(%s::bigint[])", [list(keys)])
