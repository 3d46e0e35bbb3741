"""The watch over production: warnings are raised once, told to whom they concern, and closed when they are gone."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_noop

from core.clock import business_date
from core.errors import InvalidInput
from core.locks import LockRank, advisory_lock, lock
from core.notifications.services import notify
from core.operations import operation
from crm.models import SalesOrderLine
from erp.models import TrackingHit, TrackingSettings, TrackingWarning, WorkOrder
from erp.selectors.tracking import Finding, current_findings, lines_waiting_for, tracking_rules
from erp.states import TrackingKind
from masterdata.models import Item

RULES = ("late_start_days", "late_finish_days", "material_days", "idle_days", "yield_percent", "notifies_sales")
FIGURES = ("days", "item_id", "quantity", "percent")
MESSAGES = {
    TrackingKind.LATE_START: gettext_noop("%(number)s should have started %(days)s days ago."),
    TrackingKind.LATE_FINISH: gettext_noop("%(number)s should have been finished %(days)s days ago."),
    TrackingKind.MISSING_MATERIAL: gettext_noop("%(number)s starts in %(days)s days, and %(item)s is missing."),
    TrackingKind.IDLE: gettext_noop("Nothing was reported on %(number)s for %(days)s days."),
    TrackingKind.YIELD_DROP: gettext_noop("%(number)s: only %(percent)s %% of what was reported is good."),
}


@operation(permission="erp.configure_tracking")
def configure_tracking(
    *, rules: Mapping[str, Any], version: int | None = None, actor: Any, at: dt.datetime
) -> TrackingSettings:
    """Change the thresholds by name; None: not watched.

    Raises:
        StaleVersion: somebody changed them since the user saw them.
        InvalidInput: the yield is no percentage.
    """
    known, _created = TrackingSettings.objects.get_or_create(singleton=True)
    settings = lock(TrackingSettings, known.pk, version=version)
    for name in RULES:
        if name in rules:
            setattr(settings, name, rules[name])
    if settings.yield_percent is not None and not 0 <= settings.yield_percent <= 100:
        raise InvalidInput(message=str(settings.yield_percent), field="yield_percent")
    settings.version += 1
    settings.save()
    return settings


@operation(permission="erp.check_trackingwarning")
def check_production(*, actor: Any, at: dt.datetime) -> int:
    """Compare all work orders with the thresholds; returns how many warnings are new.

    A warning that stands already is not told again, its figures follow; one that is gone is closed.
    """
    advisory_lock("erp.tracking", rank=LockRank.HEADER)
    rules = tracking_rules()
    findings = {one.key: one for one in current_findings(rules, business_date(at))}
    standing = {(row.work_order_id, row.kind): row for row in TrackingWarning.objects.filter(closed_at__isnull=True)}
    gone = [row.pk for key, row in standing.items() if key not in findings]
    TrackingWarning.objects.filter(pk__in=gone).update(closed_at=at)
    kept = [row for key, row in standing.items() if key in findings and _follow(row, findings[key])]
    TrackingWarning.objects.bulk_update(kept, FIGURES)
    fresh = [_warning(one, at) for key, one in findings.items() if key not in standing]
    TrackingWarning.objects.bulk_create(fresh)
    waiting = _write_hits({row.pk: row.work_order_id for row in [*standing.values(), *fresh] if row.pk not in gone})
    _tell(fresh, waiting if rules.notifies_sales else {}, at)
    return len(fresh)


def _warning(finding: Finding, at: dt.datetime) -> TrackingWarning:
    figures = {name: getattr(finding, name) for name in FIGURES}
    return TrackingWarning(kind=finding.kind, work_order_id=finding.work_order_id, raised_at=at, **figures)


def _follow(row: TrackingWarning, finding: Finding) -> bool:
    changed = any(getattr(row, name) != getattr(finding, name) for name in FIGURES)
    for name in FIGURES:
        setattr(row, name, getattr(finding, name))
    return changed


def _write_hits(standing: Mapping[int, int]) -> dict[int, set[int]]:
    """Write the order lines that wait for each warned work order; returns them by work order."""
    waiting = lines_waiting_for(standing.values())
    TrackingHit.objects.filter(warning__in=list(standing)).delete()
    TrackingHit.objects.bulk_create(
        TrackingHit(warning_id=pk, order_line_id=line_id)
        for pk, order_id in standing.items()
        for line_id in sorted(waiting.get(order_id, ()))
    )
    return waiting


def _tell(fresh: Iterable[TrackingWarning], waiting: Mapping[int, set[int]], at: dt.datetime) -> None:
    rows = list(fresh)
    orders = WorkOrder.objects.select_related("owner").in_bulk({row.work_order_id for row in rows})
    lines = SalesOrderLine.objects.select_related("order__owner").in_bulk(
        {pk for keys in waiting.values() for pk in keys}
    )
    items = _item_names(rows)
    for row in rows:
        order = orders[row.work_order_id]
        sellers = [lines[pk].order.owner for pk in waiting.get(row.work_order_id, ())]
        params = {
            "number": order.number,
            "days": row.days if row.days is None else abs(row.days),
            "item": items.get(row.item_id or 0, ""),
            "percent": "" if row.percent is None else str(row.percent.normalize()),
        }
        notify(
            users=[one for one in [order.owner, *sellers] if one is not None],
            message=MESSAGES[TrackingKind(row.kind)],
            url=order.get_absolute_url(),
            at=at,
            params=params,
        )


def _item_names(rows: Iterable[TrackingWarning]) -> dict[int, str]:
    keys = {row.item_id for row in rows if row.item_id}
    return {item.pk: str(item) for item in Item.objects.filter(pk__in=keys)} if keys else {}
