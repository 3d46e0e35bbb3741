"""Kit check of 2,000 released orders with 20 components each: milliseconds and statements of each mode and policy."""

import datetime as dt
import random
from decimal import Decimal

from erp.engines.kitting import Policy
from erp.models import WorkOrder, WorkOrderMaterial
from erp.selectors.kit_check import KitQuestion, check_orders
from erp.states import KitMode
from masterdata.models import Item
from tests.bench import questions
from tests.bench.limits import measure
from tests.factories import erp, erp_make

D = Decimal
ORDERS, COMPONENTS, MATERIALS, SUBS = 2_000, 20, 3_000, 200


def _orders(products: list[int], materials: list[int]) -> None:
    dice = random.Random(4)
    pattern = erp_make.released_work_order(Item.objects.get(pk=products[0]), "20")
    rows = []
    for number in range(ORDERS - 1):
        row = WorkOrder.objects.get(pk=pattern.pk)
        row.pk, row.number, row.item_id = None, f"Q{number}", products[number % len(products)]
        row.start_date = erp.TODAY + dt.timedelta(days=number % 30)
        row.due_date = row.start_date + dt.timedelta(days=10)
        rows.append(row)
    made = [pattern, *WorkOrder.objects.bulk_create(rows, batch_size=1000)]
    pattern.materials.all().delete()
    WorkOrderMaterial.objects.bulk_create(
        [
            WorkOrderMaterial(
                work_order=order, line_no=number, item_id=pk, required_quantity=D(20 * dice.randint(1, 4))
            )
            for order in made
            for number, pk in enumerate(dice.sample(materials, COMPONENTS), start=1)
        ],
        batch_size=5000,
    )


def test_kit_check(committed):
    erp.place()
    ids = questions.items(SUBS + MATERIALS, SUBS)
    questions.boms(ids, [SUBS, MATERIALS], 5)
    _orders(ids[:50], ids)
    questions.stock(ids, 800)
    questions.receipts(ids, 400, 30)
    questions.analyse(committed.owner_url)
    until = erp.TODAY + dt.timedelta(days=14)
    print(f"\nKit check, {ORDERS} released orders of {COMPONENTS} components")
    print(f"{'mode':<18}{'policy':<14}{'complete':>10}{'statements':>12}{'best ms':>10}{'median':>10}")
    complete = {}
    for mode in KitMode:
        for policy in Policy:
            question = KitQuestion(mode, None if mode == KitMode.ON_HAND else until, policy)
            took, check = questions.measured(check_orders, question)
            complete[mode, policy] = sum(kit.is_complete for kit in check.kits)
            figures = f"{took.statements:>12}{took.best:>10.0f}{took.median:>10.0f}"
            print(f"{mode:<18}{policy:<14}{complete[mode, policy]:>10}{figures}")
            assert len(check.kits) == ORDERS
    assert complete[KitMode.ON_HAND, Policy.NO_HOARDING] >= complete[KitMode.ON_HAND, Policy.GREEDY] > 0
    assert complete[KitMode.RECEIPTS, Policy.GREEDY] > complete[KitMode.ON_HAND, Policy.GREEDY]
    print(measure(committed.owner_url))
