"""Making a partner or an item in the side panel, from a search field that found nothing."""

import json
from typing import Any, ClassVar

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from masterdata.forms import FORMS
from masterdata.services.items import create_item
from masterdata.services.partners import create_partner
from masterdata.views.records import Pages, RecordFormPage


class QuickCreate(RecordFormPage):
    """A short form; the answer names the new record, so that the search field takes it."""

    template_name = "masterdata/record/_quick.html"
    shown: ClassVar[tuple[str, ...]]

    def build(self, data: Any = None, files: Any = None) -> tuple[Any, Any]:
        form, _grids = super().build(data, files)
        for name in list(form.fields):
            if name not in self.shown:
                del form.fields[name]
        return form, None

    def get_initial(self) -> dict[str, Any]:
        typed = self.request.GET.get("q", "")
        return super().get_initial() | ({"name": typed} if typed else {})

    def show(self, form: Any, formset: Any, *, refusal: DomainError | None = None, status: int = 200) -> HttpResponse:
        context = {"title": self.title, "form": form, "refusal": refusal, "action": self.request.get_full_path()}
        return render(self.request, self.template_name, context, status=status)

    def done(self, result: Any) -> HttpResponse:
        response = HttpResponse(status=204)
        created = {"id": result.pk, "text": str(result)}
        response.headers["HX-Trigger"] = json.dumps({"picker:created": created, "panel:close": None})
        return response


class QuickPartner(QuickCreate):
    """A partner by name, role, currency and phone."""

    pages = Pages("partner", _("Partners"), _("New partner"), "")
    service = staticmethod(create_partner)
    form_class = FORMS["partner"]
    title = _("New partner")
    shown = ("name", "name_zh", "is_customer", "is_supplier", "tax_number", "phone", "currency")


class QuickItem(QuickCreate):
    """An item by name, specification, unit and supply."""

    pages = Pages("item", _("Items"), _("New item"), "")
    service = staticmethod(create_item)
    form_class = FORMS["item"]
    title = _("New item")
    shown = ("code", "name", "name_zh", "specification", "category", "uom", "supply_type")
