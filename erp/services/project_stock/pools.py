"""The demands by which projects keep stock: found, made where there is none yet, and locked."""

import datetime as dt
from collections.abc import Iterable, Sequence

from core.clock import business_date
from core.locks import lock_rows
from erp.models import Demand, ProjectStock, Reservation
from erp.services.stock.locking import lock_pools
from erp.states import DemandKind
from masterdata.models import Item, Project

LABEL = "masterdata.project"


def pools_for(demands: Sequence[Demand], giving: Sequence[Demand], at: dt.datetime) -> list[Demand]:
    """Lock the pools that demands of projects may draw on; those that ``giving`` may give back to are made.

    Items made to stock have a pool only where somebody set stock aside.
    """
    if not any(one.project_id for one in demands):
        return []
    rows = Reservation.objects.filter(demand__in=[one.pk for one in giving if one.project_id])
    rows = rows.exclude(demand__item__order_policy=Item.OrderPolicy.MAKE_TO_STOCK)
    pairs = set(rows.values_list("demand__project_id", "demand__item_id")) if giving else set()
    make_pools(pairs, business_date(at))
    return lock_pools(demands)


def make_pools(pairs: Iterable[tuple[int, int]], day: dt.date) -> list[int]:
    """Make the pools of (project, item) that are not there yet; return the keys of all of them. Nothing is locked."""
    wanted = set(pairs)
    if not wanted:
        return []
    ProjectStock.objects.bulk_create(
        (ProjectStock(project_id=project, item_id=item) for project, item in sorted(wanted)), ignore_conflicts=True
    )
    sources = {
        one.pk: one
        for one in ProjectStock.objects.filter(
            project_id__in={project for project, _item in wanted}, item_id__in={item for _project, item in wanted}
        ).select_related("project")
        if (one.project_id, one.item_id) in wanted
    }
    Demand.objects.bulk_create((_pool(one, day) for one in sources.values()), ignore_conflicts=True)
    rows = Demand.objects.filter(kind=DemandKind.PROJECT, source_label=LABEL, source_line_id__in=sources)
    return list(rows.values_list("pk", flat=True))


def lock_pool(project: Project, item_id: int, day: dt.date) -> Demand:
    """Lock the pool of a project, made first where there is none."""
    [row] = lock_rows(Demand.objects.filter(pk__in=make_pools([(project.pk, item_id)], day)))
    return row


def _pool(source: ProjectStock, day: dt.date) -> Demand:
    return Demand(
        kind=DemandKind.PROJECT,
        source_label=LABEL,
        source_id=source.project_id,
        source_number=source.project.code,
        source_line_id=source.pk,
        item_id=source.item_id,
        project_id=source.project_id,
        quantity=0,
        open_quantity=0,
        due_date=day,
    )
