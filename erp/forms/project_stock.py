"""Form of moving stock between projects."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.forms.fields import KnownField, PickedItem, quantity_field
from erp.selectors.places import open_warehouses
from masterdata.models import Item, Project


class MoveProjectStockForm(forms.Form):
    """How much of an item goes from one project to another; none is common stock."""

    item = PickedItem(required=True)
    quantity = quantity_field(_("Quantity"), help_text=_("In the stock unit."))
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
        known = Item.objects.filter(pk=self.initial["item"]).first() if self.initial.get("item") else None
        if known is not None:
            self.fields["item"].widget.label = str(known)
