"""The verb of a work calendar: public holidays of a year."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.clock import company, today
from core.views.base import FormPage
from masterdata.models import WorkCalendar
from masterdata.services.calendars import load_holidays


class HolidayForm(forms.Form):
    """Which year of which country."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    country = forms.CharField(label=_("Country"), max_length=2, help_text=_("Two letters: CN, DE, US …"))


class LoadHolidays(FormPage):
    """Add the public holidays of a year to a calendar."""

    service = staticmethod(load_holidays)
    form_class = HolidayForm
    template_name = "core/form.html"
    title = _("Load public holidays")
    model = WorkCalendar

    def get_initial(self) -> dict[str, Any]:
        own = company()
        return {"year": today().year + 1, "country": own.country if own else ""}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        country = form.cleaned_data["country"].upper()
        return {"work_calendar_id": self.document.pk, "year": form.cleaned_data["year"], "country": country}
