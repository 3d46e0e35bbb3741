"""The reservations of some demands and the locked balances behind them; changes are gathered and written at once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from django.db.models import Exists, OuterRef

from core.context import insert_later
from core.fields import ZERO
from core.locks import lock_rows
from erp.engines.reserving import Free, Need, share_out
from erp.models import Demand, Reservation, StockBalance, SupplyPeg
from erp.selectors.supply_pegs import made_for_lines, pegs_of_items
from erp.selectors.taking import first_out
from erp.selectors.usable import is_usable, read_status_anew
from erp.services.stock.locking import BALANCE_KEY
from erp.services.stock.writing import change_balances, delete_rows, set_quantities
from masterdata.models import Item


class ReservationBook:
    """Opened on locked demands: locks every balance with stock of ``item_ids``, sorted, in one statement.

    pools   locked demands by which projects keep stock: it goes to demands of their project before anything free does.
    within  the only balances (keys) to look at: those that a posting has locked.
    """

    def __init__(
        self,
        demand_ids: Iterable[int],
        item_ids: Iterable[int],
        *,
        pools: Sequence[Demand] = (),
        within: Collection[int] | None = None,
    ) -> None:
        self.pools = {(one.project_id, one.item_id): one for one in pools}
        stock = StockBalance.objects.filter(item_id__in=set(item_ids), on_hand__gt=0, owner__isnull=True)
        stock = stock if within is None else stock.filter(pk__in=within)
        promised = Exists(SupplyPeg.objects.filter(demand__item_id=OuterRef("item_id")))
        stock = stock.select_related("item", "lot", "location__warehouse").annotate(is_promised=promised)
        rows = lock_rows(stock, order_by=BALANCE_KEY)
        read_status_anew(rows)
        self.balances = {row.pk: row for row in rows}
        self.promised_items = {row.item_id for row in rows if vars(row)["is_promised"]}
        self.rows = {
            (row.demand_id, row.balance_id): row
            for row in Reservation.objects.filter(demand_id__in={*demand_ids, *(one.pk for one in pools)}).order_by(
                "pk"
            )
        }
        self._changed: set[tuple[int, int]] = set()
        self._reserved: dict[int, Decimal] = defaultdict(lambda: ZERO)

    def of(self, demand_id: int) -> list[Reservation]:
        """Return the live reservations of a demand, oldest first."""
        return [row for row in self.rows.values() if row.demand_id == demand_id and row.quantity > 0]

    def held(self, demand_id: int) -> Decimal:
        """Return how much is kept for a demand."""
        return sum((row.quantity for row in self.of(demand_id)), ZERO)

    def change(self, demand_id: int, balance_id: int, quantity: Decimal) -> None:
        """Keep ``quantity`` more (below zero: less) of a balance for a demand."""
        key = (demand_id, balance_id)
        if key not in self.rows:
            self.rows[key] = Reservation(demand_id=demand_id, balance_id=balance_id, quantity=ZERO)
        self.rows[key].quantity += quantity
        self.balances[balance_id].reserved += quantity
        self._changed.add(key)
        self._reserved[balance_id] += quantity

    def give_up_excess(self, demand: Demand) -> None:
        """Release what is kept in a warehouse ``demand`` does not want any more, or beyond its open quantity; the
        oldest reservations stay.
        """
        left = demand.open_quantity
        for row in self.of(demand.pk):
            place = self.balances[row.balance_id].location.warehouse_id
            keep = min(row.quantity, left) if demand.warehouse_id in {None, place} else ZERO
            left -= keep
            if keep != row.quantity:
                self.change(demand.pk, row.balance_id, keep - row.quantity)

    def give_up_all(self, demand_id: int) -> None:
        """Release everything kept for a demand."""
        for row in self.of(demand_id):
            self.change(demand_id, row.balance_id, -row.quantity)

    def share_out(
        self, demands: Sequence[Demand], today: dt.date, *, at_most: Mapping[int, Decimal] | None = None
    ) -> None:
        """Keep free stock for ``demands``, earliest due first (of each ``at_most`` so much more).

        Usable is ours, in usable storage of the demand's warehouse (anywhere, when it names none), not expired.
        """
        self.draw(demands)
        ordered = sorted(demands, key=lambda one: (one.due_date, one.priority, one.pk))
        lacking = {one.pk: one.open_quantity - self.held(one.pk) for one in ordered}
        if at_most is not None:
            lacking = {pk: min(quantity, at_most.get(pk, ZERO)) for pk, quantity in lacking.items()}
        needs = [Need(one.pk, one.item_id, lacking[one.pk], one.warehouse_id) for one in ordered if lacking[one.pk] > 0]
        if not needs:
            return
        first = [*self._made_for(lacking), *self._promised(lacking)]
        given = {need.key: need.quantity for need in first}
        rest = [replace(need, quantity=need.quantity - given.get(need.key, ZERO)) for need in needs]
        needs = [*first, *(need for need in rest if need.quantity > 0)]
        usable = [row for row in self.balances.values() if row.available > 0 and is_usable(row, today)]
        stock = [
            Free(row.pk, row.item_id, row.available, row.location.warehouse_id) for row in sorted(usable, key=first_out)
        ]
        for demand_id, balance_id, quantity in share_out(needs, stock):
            if demand_id in lacking:
                self.change(demand_id, balance_id, quantity)  # type: ignore[arg-type]

    def draw(self, demands: Iterable[Demand]) -> None:
        """Give demands what their project keeps of their item where they want it, earliest due first."""
        for demand in sorted(demands, key=lambda one: (one.due_date, one.priority, one.pk)) if self.pools else ():
            pool = self.pools.get((demand.project_id, demand.item_id))
            left = demand.open_quantity - self.held(demand.pk)
            own = self.of(pool.pk) if pool is not None and left > 0 else []
            for row in (one for one in own if one.balance_id in self.balances):
                place = self.balances[row.balance_id].location.warehouse_id
                moved = min(left, row.quantity) if demand.warehouse_id in {None, place} else ZERO
                if moved > 0:
                    self.change(row.demand_id, row.balance_id, -moved)
                    self.change(demand.pk, row.balance_id, moved)
                    left -= moved

    def take(self, demand: Demand, wanted: Decimal, today: dt.date) -> Decimal:
        """Keep up to ``wanted`` of what is free and usable for a demand; return how much that is."""
        usable = [row for row in self.balances.values() if row.item_id == demand.item_id and is_usable(row, today)]
        left = wanted
        for row in sorted(usable, key=first_out):
            taken = min(left, row.available) if demand.warehouse_id in {None, row.location.warehouse_id} else ZERO
            if taken > 0:
                self.change(demand.pk, row.pk, taken)
                left -= taken
        return wanted - left

    def _made_for(self, lacking: Mapping[int, Decimal]) -> list[Need]:
        """What was made or bought for an order line: of what is made to order it is its own, and stays free for it."""
        free = [row for row in self.balances.values() if row.available > 0]
        items = {row.item_id for row in free if row.item.order_policy != Item.OrderPolicy.MAKE_TO_STOCK}
        needs = []
        for one in made_for_lines(items) if items else ():
            own = min(one.quantity, lacking.get(one.demand_id, ZERO))
            for key, part in ((one.demand_id, own), (("kept", one.demand_id), one.quantity - own)):
                if part > 0:
                    needs.append(Need(key, one.item_id, part, one.warehouse_id))
        return needs

    def _promised(self, lacking: Mapping[int, Decimal]) -> list[Need]:
        """What has arrived of supply promised to a demand: it comes first, and what is others' stays free for them."""
        arrived: dict[tuple[int, int, int | None], Decimal] = defaultdict(Decimal)
        items = self.promised_items & {row.item_id for row in self.balances.values() if row.available > 0}
        for peg in pegs_of_items(items) if items else ():
            arrived[peg.demand_id, peg.item_id, peg.warehouse_id] += peg.arrived
        needs = []
        for (demand_id, item_id, place), quantity in arrived.items():
            own = min(quantity, lacking.get(demand_id, ZERO))
            for key, part in ((demand_id, own), (("kept", demand_id), quantity - own)):
                if part > 0:
                    needs.append(Need(key, item_id, part, place))
        return needs

    def write(self, at: dt.datetime, *, is_last: bool = False) -> list[Reservation]:
        """Store what changed since the last writing; return the reservations made or enlarged.

        ``is_last``: nothing is changed in this book any more, new reservations need no keys.
        """
        touched = [self.rows[key] for key in sorted(self._changed)]
        fresh = [row for row in touched if row.pk is None and row.quantity > 0]
        change_balances({pk: (ZERO, one) for pk, one in sorted(self._reserved.items()) if one})
        gone = [row.pk for row in touched if row.pk and row.quantity <= 0]
        if gone:
            delete_rows(Reservation._meta.db_table, gone)
        kept = {row.pk: row.quantity for row in touched if row.pk and row.quantity > 0}
        set_quantities(Reservation._meta.db_table, "quantity", kept)
        for row in fresh:
            row.created_at = at
        if is_last:
            insert_later(fresh)
        else:
            Reservation.objects.bulk_create(fresh)
        self.rows = {key: row for key, row in self.rows.items() if row.quantity > 0}
        self._changed.clear()
        self._reserved.clear()
        return [row for row in touched if row.quantity > 0]
