"""Pages of the settings of receivables and payables: tolerances and intervals, provision bands, match tolerances."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.formats import plain
from core.views.base import FormPage, ListPage
from finance.filters.write_offs import ToleranceFilter
from finance.forms.settings import SettingsForm
from finance.forms.write_offs import BandsForm, ToleranceForm
from finance.models import MatchTolerance
from finance.selectors.provisions import provision_percents
from finance.selectors.settings import finance_settings
from finance.services.invoices import save_tolerance
from finance.services.provisions import save_provision_bands
from finance.services.settings import save_settings
from finance.tables.write_offs import ToleranceTable
from finance.views.shared import posted_version

NAMES = ("write_off_tolerance", "grni_tolerance", "dunning_interval_days")


class Settings(FormPage):
    service = save_settings
    form_class = SettingsForm
    template_name = "finance/settings.html"
    title = _("Receivables and payables: settings")

    def get_initial(self) -> dict[str, Any]:
        found = finance_settings()
        figures = {name: plain(Decimal(getattr(found, name))) for name in NAMES}
        return figures | {"service_tax_code": found.service_tax_code}

    def arguments(self, form: SettingsForm, formset: Any) -> dict[str, Any]:
        return form.arguments() | {"version": posted_version(self.request)}

    def extra_context(self) -> dict[str, Any]:
        return {"settings": finance_settings(), "tabs": setting_tabs("settings")}

    def success_url(self, result: Any) -> str:
        return reverse("finance:settings")


class ProvisionBands(FormPage):
    service = save_provision_bands
    form_class = BandsForm
    template_name = "finance/settings.html"
    title = _("Provision for bad debts by age")

    def get_initial(self) -> dict[str, Any]:
        return {code: plain(percent) for code, percent in provision_percents().items()}

    def arguments(self, form: BandsForm, formset: Any) -> dict[str, Any]:
        return {"percents": dict(form.cleaned_data)}

    def extra_context(self) -> dict[str, Any]:
        return {"tabs": setting_tabs("provision-bands")}

    def success_url(self, result: Any) -> str:
        return reverse("finance:provision-bands")


class ToleranceList(ListPage):
    model = MatchTolerance
    table_class = ToleranceTable
    filterset_class = ToleranceFilter
    permission_required = "finance.view_matchtolerance"
    template_name = "finance/tabbed_list.html"
    title = _("Three-way match: tolerances")
    create_url = "finance:tolerance-create"
    create_label = _("New tolerance")
    create_permission = "finance.configure_receivables"
    empty_text = _("Without a tolerance of their own, prices up to 2 % above the order and no missing goods pass.")

    def base_queryset(self) -> Any:
        return MatchTolerance.objects.select_related("partner").order_by("partner__code")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"tabs": setting_tabs("tolerance-list")}


class ToleranceCreate(FormPage):
    service = save_tolerance
    form_class = ToleranceForm
    template_name = "core/form.html"
    title = _("New tolerance")

    def get_initial(self) -> dict[str, Any]:
        return {"quantity_percent": 0, "price_percent": 2}

    def arguments(self, form: ToleranceForm, formset: Any) -> dict[str, Any]:
        return form.arguments()


class ToleranceEdit(ToleranceCreate):
    model = MatchTolerance
    title = _("Edit tolerance")

    def build(self, data: Any = None, files: Any = None) -> tuple[Any, Any]:
        form, formset = super().build(data, files)
        if data is None:
            form.fields["partner_id"].widget.label = str(self.document.partner or "")
        return form, formset

    def get_initial(self) -> dict[str, Any]:
        names = ("quantity_percent", "price_percent", "total_amount")
        figures = {name: getattr(self.document, name) for name in names}
        typed = {name: plain(value) if value is not None else None for name, value in figures.items()}
        return typed | {"partner_id": self.document.partner_id}

    def arguments(self, form: ToleranceForm, formset: Any) -> dict[str, Any]:
        return form.arguments() | {"tolerance_id": self.document.pk, "version": posted_version(self.request)}


def setting_tabs(here: str) -> list[dict[str, Any]]:
    """Return the tabs over the settings of receivables and payables."""
    pages = (
        ("settings", _("Tolerances and intervals")),
        ("tolerance-list", _("Three-way match")),
        ("provision-bands", _("Provision by age")),
    )
    return [{"label": label, "url": reverse(f"finance:{name}"), "active": name == here} for name, label in pages]
