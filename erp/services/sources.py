"""Naming the document that a demand, a supply or a move belongs to."""

from django.apps import apps

from core.locks import held


def number_of(source_label: str, source_id: int) -> str:
    """Return the business number of a document named by label (``crm.salesorder``) and key; empty when it has none."""
    model = apps.get_model(source_label)
    found = held(model).get(source_id) or model._base_manager.filter(pk=source_id).first()
    return str(getattr(found, "number", "") or "")[:40]
