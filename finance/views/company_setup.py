"""The set-up wizard: the first page of an empty database."""

import datetime as dt
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from babel.numbers import get_currency_precision
from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views import View
from stdnum.cn import uscc

from core.clock import today
from core.errors import DomainError
from core.forms import DayInput
from core.models import Company
from core.operations import perform
from finance.selectors.charts import available_charts
from finance.services.company_setup import is_open, set_up_company

CURRENCIES = ("CNY", "USD", "EUR", "HKD", "JPY", "GBP", "SGD", "TWD")


class CompanySetupForm(forms.Form):
    """Everything a company needs before its first document."""

    name_zh = forms.CharField(label=_("Company name in Chinese"), max_length=120, required=False)
    name = forms.CharField(label=_("Company name in English"), max_length=120)
    tax_number = forms.CharField(label=_("Tax number"), max_length=30, required=False)
    logo = forms.ImageField(label=_("Logo"), required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    bank_name = forms.CharField(label=_("Bank"), max_length=120, required=False)
    bank_account = forms.CharField(label=_("Bank account"), max_length=40, required=False)
    country = forms.ChoiceField(label=_("Country"))
    base_currency = forms.ChoiceField(label=_("Base currency"))
    time_zone = forms.ChoiceField(label=_("Time zone"), initial="Asia/Shanghai")
    chart = forms.ChoiceField(label=_("Chart of accounts"))
    first_period = forms.DateField(
        label=_("First period"), widget=DayInput(), help_text=_("Any day of the first month you will book in.")
    )
    revenue_point = forms.ChoiceField(
        label=_("Revenue is earned at"), choices=Company.RevenuePoint.choices, initial=Company.RevenuePoint.SIGN_OFF
    )
    warehouse_code = forms.CharField(label=_("Code of the first warehouse"), max_length=20, initial="WH1")
    warehouse_name = forms.CharField(label=_("Name of the first warehouse"), max_length=80)
    username = forms.CharField(label=_("User name of the administrator"), max_length=150, initial="admin")
    person = forms.CharField(label=_("Name of the administrator"), max_length=80, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=[("zh-hans", "简体中文"), ("en", "English")])
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(render_value=True), help_text=_("At least 10 characters.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        locale = Locale.parse(translation.to_locale(translation.get_language() or "en"))
        names = {code: name for code, name in locale.territories.items() if len(code) == 2 and code.isalpha()}
        self.fields["country"].choices = sorted(names.items(), key=lambda one: (one[0] != "CN", one[1]))
        self.fields["base_currency"].choices = [(code, f"{code} {locale.currencies[code]}") for code in CURRENCIES]
        self.fields["time_zone"].choices = [(zone, zone) for zone in sorted(available_timezones())]
        self.fields["chart"].choices = available_charts()

    def clean_tax_number(self) -> str:
        number = str(self.cleaned_data["tax_number"]).strip().upper()
        if number and self.data.get("country", "CN") == "CN" and not uscc.is_valid(number):
            raise forms.ValidationError(_("This is not a valid unified social credit code; check the last character."))
        return number

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password)
        return password

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of set_up_company."""
        data = self.cleaned_data
        same = (
            "name",
            "name_zh",
            "tax_number",
            "address",
            "phone",
            "bank_name",
            "bank_account",
            "country",
            "base_currency",
            "time_zone",
            "revenue_point",
        )
        company = {name: data[name] for name in same}
        company["base_decimals"] = get_currency_precision(data["base_currency"])
        if data["logo"]:
            company["logo"] = data["logo"]
        day: dt.date = data["first_period"]
        return {
            "company": company,
            "chart": data["chart"],
            "first_period": day.replace(day=1),
            "warehouse": {
                "code": data["warehouse_code"],
                "name": data["warehouse_name"],
                "name_zh": data["warehouse_name"] if data["language"].startswith("zh") else "",
            },
            "administrator": {
                "username": data["username"],
                "password": data["password"],
                "name": data["person"],
                "language": data["language"],
            },
        }


class CompanySetup(View):
    """GET the wizard, POST the company; open only while the database is empty."""

    permission_required = "public"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_open():
            return HttpResponseRedirect(reverse("core:home"))
        token = settings.SETUP_TOKEN
        if token and request.GET.get("token", request.session.get("setup_token")) != token:
            raise PermissionDenied
        if token:
            request.session["setup_token"] = token
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def get(self, request: HttpRequest) -> HttpResponse:
        language = "zh-hans" if (translation.get_language() or "").startswith("zh") else "en"
        initial = {"first_period": today().replace(day=1), "language": language}
        return self.show(CompanySetupForm(initial=initial))

    def show(self, form: CompanySetupForm, refusal: DomainError | None = None, status: int = 200) -> HttpResponse:
        names = [
            (_("Company"), ["name_zh", "name", "tax_number", "logo", "address", "phone", "country"]),
            (_("Money"), ["base_currency", "chart", "first_period", "revenue_point", "bank_name", "bank_account"]),
            (_("First warehouse"), ["warehouse_code", "warehouse_name", "time_zone"]),
            (_("Administrator"), ["username", "person", "language", "password"]),
        ]
        sections = [(title, [form[name] for name in fields]) for title, fields in names]
        context = {"form": form, "sections": sections, "refusal": refusal}
        return render(self.request, "finance/setup.html", context, status=status)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CompanySetupForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form, status=422)
        try:
            person = perform(set_up_company, actor=None, **form.arguments())
        except DomainError as refusal:
            return self.show(form, refusal, refusal.status)
        login(request, person, backend="django.contrib.auth.backends.ModelBackend")
        return HttpResponseRedirect(reverse("core:imports"))
