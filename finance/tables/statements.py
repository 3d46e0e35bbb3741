"""Tables of the statement layouts."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.tables import DocumentTable
from finance.models import StatementLayout


def _edit(record: StatementLayout) -> str:
    return reverse("finance:layout-edit", args=[record.pk])


class LayoutTable(DocumentTable):
    code = tables.Column(verbose_name=_("code"), linkify=_edit)
    label = tables.Column(verbose_name=_("name"), orderable=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("row_attrs", {"data-href": _edit})
        super().__init__(*args, **kwargs)

    class Meta(DocumentTable.Meta):
        model = StatementLayout
        fields = ("code", "label", "kind", "standard", "form_code", "is_active")
