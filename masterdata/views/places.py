"""Places in bulk: the rack generator, and labels to stick on the shelves."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.barcodes import barcode_picture
from core.clock import company
from core.printing import pdf_available, render_document, render_pdf
from core.views.base import FormPage, Page
from masterdata.models import Location, StockStatus, Warehouse, Zone
from masterdata.services.bins import generate_locations

MOST_LABELS = 2_000


class RackForm(forms.Form):
    """Rows × columns × levels."""

    zone = forms.ModelChoiceField(Zone.objects.none(), label=_("Zone"), required=False)
    prefix = forms.CharField(
        label=_("Code begins with"), max_length=20, required=False, help_text=_("R1 makes R1A-01-1, R1A-01-2 …")
    )
    rows = forms.IntegerField(label=_("Rows"), min_value=1, initial=2)
    columns = forms.IntegerField(label=_("Columns"), min_value=1, initial=10)
    levels = forms.IntegerField(label=_("Levels"), min_value=1, initial=3)
    lettered = forms.BooleanField(label=_("Rows are lettered (A, B, C)"), required=False, initial=True)
    snake = forms.BooleanField(
        label=_("Walk back in every other row"), required=False, initial=True, help_text=_("For the pick order.")
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(one.value, one.label) for one in (Location.Kind.STORAGE, Location.Kind.LINE_SIDE)],
    )
    status = forms.ChoiceField(label=_("Status"), choices=StockStatus.choices)
    capacity = forms.DecimalField(
        label=_("Capacity"),
        required=False,
        min_value=0,
        decimal_places=6,
        max_digits=18,
        help_text=_("Of each place, in stock units; empty: no limit."),
    )


class GenerateLocations(FormPage):
    """Make the places of a warehouse's racks."""

    service = staticmethod(generate_locations)
    form_class = RackForm
    template_name = "core/form.html"
    title = _("Generate places")
    model = Warehouse
    message = _("The places are made.")

    def build(self, data: Any = None, files: Any = None) -> tuple[Any, Any]:
        form, formset = super().build(data, files)
        form.fields["zone"].queryset = Zone.objects.filter(warehouse=self.document, is_active=True)
        form.fields["zone"].label_from_instance = lambda zone: f"{zone.code} {zone.label()}"
        return form, formset

    def get_initial(self) -> dict[str, Any]:
        return {"rows": 2, "columns": 10, "levels": 3, "lettered": True, "snake": True} | super().get_initial()

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        values = dict(form.cleaned_data)
        zone = values.pop("zone")
        return values | {"warehouse_id": self.document.pk, "zone_id": zone.pk if zone else None}

    def success_url(self, result: Any) -> str:
        return f"{reverse('masterdata:location-list')}?warehouse={result.pk}"


class LocationLabels(Page):
    """Labels of one place, of a zone or of a whole warehouse, with barcode."""

    permission_required = "masterdata.view_location"

    def get(self, request: HttpRequest, **keys: int) -> HttpResponse:
        rows = Location.objects.filter(warehouse__isnull=False, is_active=True).select_related("warehouse", "zone")
        places = list(rows.filter(**keys).order_by("warehouse__code", "pick_order", "code")[:MOST_LABELS])
        if not places:
            raise Http404
        as_pdf = request.GET.get("format", "pdf") == "pdf" and pdf_available()
        labels = [{"place": one, "picture": barcode_picture(scan_code(one))} for one in places]
        context = {"labels": labels, "company": company(), "pdf": as_pdf, "document": places[0]}
        html = render_document("masterdata/location/labels.html", context, request.user.language)
        if not as_pdf:
            return HttpResponse(html)
        response = HttpResponse(render_pdf(html), content_type="application/pdf")
        response.headers["Content-Disposition"] = 'inline; filename="labels.pdf"'
        return response


def scan_code(place: Location) -> str:
    """Return what the label of a place says to a scanner: warehouse and place."""
    return f"{place.warehouse.code}/{place.code}" if place.warehouse else place.code
