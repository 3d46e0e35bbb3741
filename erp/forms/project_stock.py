"""Form of a transfer of stock between projects."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.forms.fields import KnownField, quantity_field
from erp.forms.item_rows import ItemRow, item_rows
from erp.selectors.places import open_warehouses
from masterdata.models import Project


class ProjectTransferForm(forms.Form):
    """From which project to which one, and why; none is common stock."""

    from_project = KnownField(label=_("From project"), required=False)
    to_project = KnownField(label=_("To project"), required=False)
    warehouse = KnownField(label=_("Warehouse"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        projects = list(Project.objects.order_by("code"))
        for name in ("from_project", "to_project"):
            self.fields[name].offer(projects, empty=_("Common stock"))
            self.fields[name].widget.attrs["data-enhance"] = ""
        self.fields["warehouse"].offer(open_warehouses(), empty=_("Any"))


class ProjectTransferLineForm(ItemRow):
    """How much of an item."""

    quantity = quantity_field(_("Quantity"), required=False, help_text=_("In the stock unit."))
    figure, missing = "quantity", _("Enter a quantity.")


ProjectTransferLines = item_rows(ProjectTransferLineForm)
