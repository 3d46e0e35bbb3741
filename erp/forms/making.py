"""Forms of sets, substitutes, kinds of orders, splitting and merging."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from core.formats import plain, readable
from core.formsets import Rows
from erp.forms.fields import KnownField, day_field, quantity_field, text_field
from erp.forms.units import STOCK_UNIT, offer_units, unit_field, units_in
from erp.forms.work_orders import BACKDATING_HINT, TODAY_HINT
from erp.models import BomSubstitute, WorkOrder
from erp.selectors.places import storage_places


class KitForm(forms.Form):
    """How many sets."""

    sets = quantity_field(_("Sets"))
    posting_date = day_field(_("Date"), help_text=TODAY_HINT)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200, help_text=BACKDATING_HINT)


class SubstituteForm(forms.Form):
    """Which substitute, for how much of the material."""

    item = KnownField(label=_("Substitute"), required=True)
    quantity = quantity_field(_("Instead of"), help_text=_("How much of the material is replaced, in its stock unit."))

    def __init__(self, *args: Any, substitutes: Sequence[Sequence[BomSubstitute]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].offer([(str(rows[0].item_id), _choice(rows)) for rows in substitutes])

    def values(self) -> dict[str, Any]:
        """Return the choice as the service takes it."""
        return {"item_id": self.cleaned_data["item"], "quantity": self.cleaned_data["quantity"]}


def _choice(rows: Sequence[BomSubstitute]) -> str:
    return f"{rows[0].rank}. " + " + ".join(f"{row.item} (1 : {row.ratio.normalize():f})" for row in rows)


class SplitForm(forms.Form):
    """How much goes to the new order."""

    quantity = quantity_field(_("Quantity of the new order"))
    uom = unit_field()

    def __init__(self, *args: Any, order: WorkOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quantity"].help_text = _("Of %(open)s %(unit)s still to be made.") % {
            "open": f"{plain(order.open_quantity):f}",
            "unit": order.item.uom,
        }
        offer_units(self, order.item)

    def values(self) -> dict[str, Any]:
        """Return the quantity as the service takes it."""
        return {"quantity": self.cleaned_data["quantity"], "uom_id": self.cleaned_data.get("uom")}


class MergeForm(forms.Form):
    """Which orders are taken over."""

    orders = forms.MultipleChoiceField(
        label=_("Orders to take over"), widget=forms.SelectMultiple(attrs={"data-enhance": True})
    )

    def __init__(self, *args: Any, candidates: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["orders"].choices = [
            (str(one.pk), f"{one.number} · {readable(one.quantity)} {one.item.uom} · {readable(one.due_date)}")
            for one in candidates
        ]
        if not self.fields["orders"].choices:
            self.fields["orders"].help_text = _(
                "There is none: only orders that have not begun, for the same item, bill of material, warehouse and "
                "customer's order can be merged."
            )


class ApartForm(forms.Form):
    """How many were taken apart."""

    quantity = quantity_field(_("Taken apart"))
    posting_date = day_field(_("Date"), help_text=TODAY_HINT)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200, help_text=BACKDATING_HINT)


class PartForm(forms.Form):
    """So much of one part that came back."""

    part = KnownField(label=_("Part"), required=True, widget=forms.Select(attrs={"data-width": "16rem"}))
    location = KnownField(label=_("Place"), widget=forms.Select(attrs={"data-width": "9rem"}))
    lot_code = text_field(_("Lot or serial number"), 60)
    quantity = quantity_field(_("Came back"), required=False, at_least=ZERO)
    uom = unit_field()


class BaseParts(Rows):
    """Rows of parts; parts and places are read once."""

    def __init__(self, *args: Any, order: WorkOrder, **kwargs: Any) -> None:
        rows = list(order.parts.select_related("item__uom").order_by("line_no"))
        self._units = units_in({one.item_id for one in rows})
        self._parts = [(str(one.pk), f"{one.item} ({one.item.uom})") for one in rows]
        self._places = list(storage_places(order.warehouse_id))
        super().__init__(*args, **kwargs)

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["part"].offer(self._parts)
        form.fields["uom"].offer(self._units, STOCK_UNIT)
        form.fields["location"].offer(self._places, _("usual place"))

    def typed(self) -> list[dict[str, Any]]:
        """Return the rows with a part, as the service takes them."""
        rows = [form.cleaned_data for form in self.forms if not form.cleaned_data.get("DELETE")]
        return [
            {
                "part_id": row["part"],
                "location_id": row.get("location"),
                "lot_code": row.get("lot_code") or "",
                "quantity": row.get("quantity") or ZERO,
                "uom_id": row.get("uom"),
            }
            for row in rows
            if row.get("part")
        ]


PartRows = forms.formset_factory(PartForm, formset=BaseParts, extra=1, can_delete=True, max_num=1000, absolute_max=1000)


class ExtraRequestForm(forms.Form):
    """How much more of which material, and why."""

    material = KnownField(label=_("Material"), required=True)
    quantity = quantity_field(_("Beyond the plan"), at_least=ZERO, help_text=_("In all, not only once more."))
    uom = unit_field()
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, order: WorkOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = list(order.materials.select_related("item__uom").order_by("line_no"))
        self.fields["material"].offer([(str(one.pk), f"{one.line_no}. {one.item} ({one.item.uom})") for one in rows])
        units = units_in({one.item_id for one in rows})
        if units:
            self.fields["uom"].offer(units, STOCK_UNIT)
        else:
            del self.fields["uom"]

    def values(self) -> dict[str, Any]:
        """Return the request as the service takes it."""
        data = dict(self.cleaned_data)
        return data | {"material_id": data.pop("material"), "uom_id": data.pop("uom", None)}
