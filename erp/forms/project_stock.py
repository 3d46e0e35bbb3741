"""Form of a transfer of stock between projects."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.formsets import Rows
from erp.forms.fields import KnownField, PickedItem, quantity_field
from erp.selectors.places import open_warehouses
from masterdata.models import Project

EMPTY_ROWS = 2
MAX_ROWS = 1000


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


class ProjectTransferLineForm(forms.Form):
    """How much of an item."""

    item = PickedItem(required=False)
    quantity = quantity_field(_("Quantity"), required=False, help_text=_("In the stock unit."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.has_changed() and not self.errors:
            for name, sentence in (("item", _("Choose an item.")), ("quantity", _("Enter a quantity."))):
                if data.get(name) is None:
                    self.add_error(name, sentence)
        return data


ProjectTransferLines = forms.formset_factory(
    ProjectTransferLineForm, formset=Rows, extra=EMPTY_ROWS, can_delete=True, max_num=MAX_ROWS
)
