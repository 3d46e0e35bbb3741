"""What a typed or scanned number names, as far as the user may see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from core.typed import is_key
from erp.models import Lot, WorkOrder
from erp.selectors.sources import name_of

DOCUMENTS = (
    "erp.workorder",
    "crm.salesorder",
    "erp.shipment",
    "erp.returnreceipt",
    "scm.goodsreceipt",
    "scm.purchaseorder",
    "erp.inspection",
    "erp.stockdocument",
)
"""Kinds of documents that have a dossier, by label: those further down the flow are read as rows, not imported."""

SEE_LOT = "erp.view_lot"


@dataclass(frozen=True)
class Subject:
    """What a dossier is about."""

    label: str
    row: Any

    @property
    def key(self) -> str:
        """Name it in an address: ``erp.workorder:17``."""
        return f"{self.label}:{self.row.pk}"

    @property
    def kind(self) -> str:
        """What kind of thing it is, in the reader's language."""
        return name_of(self.label)

    @property
    def title(self) -> str:
        """Its number; of a lot with the item, because two items may have lots of one code."""
        return f"{self.row} · {self.row.item}" if isinstance(self.row, Lot) else str(self.row)

    @property
    def url(self) -> str:
        """Where it is shown by itself."""
        return str(self.row.get_absolute_url())


def find_subjects(text: str, user: Any, limit: int = 20) -> list[Subject]:
    """Return what bears this number exactly (upper and lower case alike), or is named by a `Subject.key`."""
    text = text.strip()
    label, _colon, key = text.rpartition(":")
    if is_key(key) and label in {*DOCUMENTS, "erp.lot"}:
        return list(_rows(label, user, pk=key))[:limit]
    if not text:
        return []
    found = [one for label in DOCUMENTS for one in _rows(label, user, number__iexact=text)]
    return [*found, *_rows("erp.lot", user, code__iexact=text)][:limit]


def _rows(label: str, user: Any, **conditions: Any) -> Iterable[Subject]:
    app, name = label.split(".")
    if not user.has_perm(SEE_LOT if label == "erp.lot" else f"{app}.view_{name}"):
        return []
    manager = apps.get_model(label)._default_manager
    rows = manager.visible_to(user) if hasattr(manager, "visible_to") else manager.all()
    if label in {"erp.lot", WorkOrder._meta.label_lower}:
        rows = rows.select_related("item__uom")
    return [Subject(label, row) for row in rows.filter(**conditions).order_by("pk")[:20]]
