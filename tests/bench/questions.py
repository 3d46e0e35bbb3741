"""A factory large enough to ask questions of: items in levels, bills of material, stock, purchases.

Rows are laid out in bulk where services would take hours; what is measured afterwards is read as usual.
"""

import datetime as dt
import random
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection
from django.test.utils import CaptureQueriesContext

from masterdata.models import Item
from tests.factories import erp, masterdata

D = Decimal


def copies(table: str, pk: int, count: int, changes: str = "", names: str = "") -> None:
    """Make ``count`` rows like one, each with a code of its own; ``changes`` are further columns and their SQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
        left_out = {"id", "code", *names.split()}
        columns = ", ".join(sorted(row[0] for row in cursor.fetchall() if row[0] not in left_out))
        more = f", {', '.join(names.split())}" if names else ""
        values = f", {changes}" if changes else ""
        cursor.execute(
            f"INSERT INTO {table} (code, {columns}{more}) SELECT 'Q' || lpad(n::text, 6, '0'), {columns}{values} "
            f"FROM {table}, generate_series(1, %s) AS n WHERE id = %s",
            [count, pk],
        )


def items(count: int, made: int) -> list[int]:
    """Items by number; the first ``made`` of them are made, all with a lead time of five days."""
    one = masterdata.item("Q000000", lead_time_days=5)
    copies("masterdata_item", one.pk, count, f"CASE WHEN n <= {made} THEN 'make' ELSE 'buy' END", "supply_type")
    return list(
        Item.objects.filter(code__startswith="Q", code__gt="Q000000").order_by("code").values_list("pk", flat=True)
    )


def boms(item_ids: list[int], levels: list[int], per: int, seed: int = 1) -> None:
    """A released bill for each made item: ``per`` components out of the next level; ``levels`` are its sizes."""
    dice = random.Random(seed)
    from tests.factories import erp_make

    starts = [sum(levels[:n]) for n in range(len(levels) + 1)]
    first = item_ids[0]
    pattern = erp_make.bom(Item.objects.get(pk=first), (Item.objects.get(pk=item_ids[-1]), "2"))
    pattern.lines.all().delete()
    heads, lines = [], []
    for level in range(len(levels) - 1):
        below = item_ids[starts[level + 1] : starts[level + 2]]
        for parent in item_ids[starts[level] : starts[level + 1]]:
            heads.append(parent)
            lines.append([(component, dice.randint(1, 4)) for component in dice.sample(below, min(per, len(below)))])
    _insert_boms(pattern, heads, lines)


def _insert_boms(pattern: Any, heads: list[int], lines: list[list[tuple[int, int]]]) -> None:
    from erp.models import Bom, BomLine

    made = {pattern.item_id: pattern.pk}
    rows = []
    for parent in heads:
        if parent not in made:
            row = Bom.objects.get(pk=pattern.pk)
            row.pk, row.item_id, row.number = None, parent, f"Q{parent}"
            rows.append(row)
    made |= {row.item_id: row.pk for row in Bom.objects.bulk_create(rows, batch_size=2000)}
    BomLine.objects.bulk_create(
        [
            BomLine(bom_id=made[parent], component_id=component, quantity=D(quantity), line_no=number)
            for parent, of_parent in zip(heads, lines, strict=True)
            for number, (component, quantity) in enumerate(of_parent, start=1)
        ],
        batch_size=5000,
    )


def stock(item_ids: list[int], most: int, seed: int = 2) -> None:
    """Some stock of the items, anything up to ``most``, in one place."""
    from erp.models import StockBalance

    dice, shelf = random.Random(seed), erp.shelf()
    StockBalance.objects.bulk_create(
        [StockBalance(item_id=pk, location=shelf, on_hand=D(dice.randint(0, most))) for pk in item_ids], batch_size=5000
    )


def receipts(item_ids: list[int], most: int, days: int, seed: int = 3) -> None:
    """One firm purchase of each item within so many days."""
    from erp.models import Supply

    dice = random.Random(seed)
    Supply.objects.bulk_create(
        [
            Supply(
                kind="purchase",
                source_label="scm.purchaseorder",
                source_id=1,
                source_line_id=number,
                item_id=pk,
                open_quantity=D(dice.randint(1, most)),
                due_date=erp.TODAY + dt.timedelta(days=dice.randint(1, days)),
            )
            for number, pk in enumerate(item_ids, start=1)
        ],
        batch_size=5000,
    )


def analyse(url: str) -> None:
    """What the server does by itself in the minutes after such a load."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("ANALYZE")


class Figures(NamedTuple):
    """Milliseconds of wall time, best and median; the least of processor time, of the server's in it; statements."""

    best: float
    median: float
    processor: float
    of_server: float
    statements: int

    def __str__(self) -> str:
        wall = f"{self.statements:>12}{self.best:>10.1f}{self.median:>10.1f}"
        return f"{wall}{self.processor:>12.1f}{self.of_server:>10.1f}"


HEADS = f"{'question':<44}{'statements':>12}{'best ms':>10}{'median':>10}{'processor':>12}{'server':>10}"


def measured(read: Callable[..., Any], *arguments: Any, times: int = 5, **named: Any) -> tuple[Figures, Any]:
    """Return how long a reading takes and its answer. A busy machine's figures of processor time are those to trust."""
    walls, processors, statements, answer = [], [], 0, None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    for _turn in range(times):
        with CaptureQueriesContext(connection) as asked:
            of_server, own, start = _nanoseconds(server), time.process_time(), time.perf_counter()
            answer = read(*arguments, **named)
            walls.append((time.perf_counter() - start) * 1000)
            own, of_server = (time.process_time() - own) * 1000, (_nanoseconds(server) - of_server) / 1e6
            processors.append((own + of_server, of_server))
        statements = len(asked)
    walls.sort()
    return Figures(walls[0], walls[len(walls) // 2], *min(processors), statements), answer


def _nanoseconds(server: Path) -> int:
    """Processor time of the server's process so far; none where it runs elsewhere."""
    return int(server.read_text().split()[0]) if server.exists() else 0
