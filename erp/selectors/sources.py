"""Where the document behind a move, a demand or a supply is shown."""

from django.apps import apps
from django.urls import NoReverseMatch


def url_of(source_label: str, source_id: int) -> str:
    """Return the address of a document named by label (``crm.salesorder``) and key; empty when it has no page."""
    model = apps.get_model(source_label)
    if not hasattr(model, "get_absolute_url"):
        return ""
    try:
        return str(model(pk=source_id).get_absolute_url())
    except NoReverseMatch:
        return ""


def name_of(source_label: str) -> str:
    """Return what kind of document a label names, in the reader's language."""
    return str(apps.get_model(source_label)._meta.verbose_name)
