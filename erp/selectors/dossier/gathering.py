"""Gathering the parts of a dossier that the user may see."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from erp.selectors.dossier import parts
from erp.selectors.dossier.scope import Scope, scope_of
from erp.selectors.dossier.subjects import Subject
from erp.selectors.tracking import open_warnings

RIGHTS = {
    "work_orders": "erp.view_workorder",
    "people": "erp.view_workorder",
    "machines": "erp.view_workorder",
    "materials": "erp.view_workorder",
    "built": "erp.view_workorder",
    "missing": "erp.view_workorder",
    "warnings": "erp.view_trackingwarning",
    "inspections": "erp.view_inspection",
    "actions": "erp.view_correctiveaction",
    "papers": "erp.view_workorder",
    "changes": "erp.view_workorder",
    "went": "erp.view_shipment",
    "balances": "erp.view_stockbalance",
    "orders": "crm.view_salesorder",
}
"""The right each part asks for; one without it is left out."""


@dataclass
class Dossier:
    """Everything about ``subject`` that the user may see: rows by part; parts without the right are absent."""

    subject: Subject
    scope: Scope
    parts: dict[str, list[Any]] = field(default_factory=dict)


def dossier_of(subject: Subject, user: Any) -> Dossier:
    """Return the dossier of ``subject``; the number of statements does not grow with its depth or its rows."""
    dossier = Dossier(subject, scope_of(subject))
    scope = dossier.scope
    readers: dict[str, Callable[[], list[Any]]] = {
        "work_orders": lambda: parts.work_orders(scope),
        "people": lambda: parts.people(scope),
        "machines": lambda: parts.machines(scope),
        "materials": lambda: parts.materials(scope),
        "built": lambda: parts.built(scope),
        "missing": lambda: parts.planned_materials(scope),
        "warnings": lambda: list(open_warnings().filter(work_order__in=scope.orders)),
        "inspections": lambda: parts.inspections(scope),
        "actions": lambda: parts.corrective_actions(dossier.parts.get("inspections", []), scope),
        "papers": lambda: parts.papers(scope, user),
        "changes": lambda: parts.changes(scope),
        "went": lambda: parts.went(scope),
        "balances": lambda: parts.on_hand(scope),
        "orders": lambda: list(parts.customer_orders(scope, user)),
    }
    for name, read in readers.items():
        if user.has_perm(RIGHTS[name]):
            dossier.parts[name] = read()
    return dossier
