"""Headers of quotations and orders, and of changes of orders."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from core.typed import is_key
from crm.forms.fields import (
    DecimalInput,
    KnownField,
    address_field,
    campaigns,
    currencies,
    customer_field,
    day_field,
    departments,
    payment_terms,
    projects,
    show_choice,
    staff,
    warehouses,
)
from crm.models import Opportunity, Quotation, SalesOrder
from crm.states import LeadSource
from masterdata.models import Partner

TAX_MODES = [("", _("as usual for the customer")), ("1", _("with tax")), ("0", _("without tax"))]
RECALCULATES = {"data-recalculates": ""}


class HeaderForm(forms.Form):
    """What quotation and order have in common; what stays empty follows from the customer."""

    currency = KnownField(label=_("Currency"), help_text=_("Empty: the customer's."))
    exchange_rate = forms.DecimalField(
        label=_("Exchange rate"),
        required=False,
        max_digits=18,
        decimal_places=10,
        min_value=ZERO,
        widget=DecimalInput(),
        help_text=_("Base currency for one. Empty: the rate of the day."),
    )
    tax_included = forms.TypedChoiceField(
        label=_("Prices"), choices=TAX_MODES, required=False, coerce=lambda value: value == "1", empty_value=None
    )
    payment_term = KnownField(label=_("Payment terms"))
    warehouse = KnownField(label=_("Warehouse"))
    requested_date = day_field(_("Wanted on"))
    source = forms.ChoiceField(
        label=_("Source"),
        choices=[("", "—"), *LeadSource.choices],
        required=False,
        help_text=_("Empty: where the opportunity came from."),
    )
    campaign = KnownField(label=_("Campaign"))
    owner = KnownField(label=_("Salesperson"))
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("Printed on the paper.")
    )

    order_of_fields: tuple[str, ...] = ()
    seldom = frozenset({"currency", "exchange_rate", "warehouse", "owner", "source", "campaign", "note"})
    """Fields that mostly follow from the customer; the page shows them on request."""

    def __init__(self, *args: Any, user: Any, document: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.document = document
        if document is None:
            self.fields["partner"] = customer_field(user)
            self._show_partner()
        self.fields["ship_to"] = address_field()
        if document is not None and document.ship_to_id:
            show_choice(self, "ship_to", document.ship_to)
        for name, rows in (
            ("currency", currencies()),
            ("payment_term", payment_terms()),
            ("warehouse", warehouses()),
            ("campaign", campaigns()),
            ("owner", staff()),
        ):
            self.fields[name].offer(rows)
        for name in ("partner", "currency", "tax_included", "requested_date", "exchange_rate"):
            if name in self.fields:
                self.fields[name].widget.attrs |= RECALCULATES
        self.order_fields(self.order_of_fields)

    @property
    def has_seldom_errors(self) -> bool:
        """Whether a field that is shown on request needs attention."""
        return self.is_bound and bool(self.seldom & set(self.errors))

    def _show_partner(self) -> None:
        """A customer named in the address (from his page) stands in the field already."""
        key = str(self.initial.get("partner") or "")
        if is_key(key):
            show_choice(self, "partner", self.fields["partner"].queryset.filter(pk=key).first())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        partner = self.partner(data)
        address = data.get("ship_to")
        if address is not None and partner is not None and address.partner_id != partner.pk:
            self.add_error("ship_to", _("This address belongs to another customer."))
        return data

    def partner(self, data: dict[str, Any]) -> Partner | None:
        """Return the customer of the document."""
        return self.document.partner if self.document is not None else data.get("partner")

    def header(self, *, only_given: bool = False) -> dict[str, Any]:
        """Return the header as the services take it; ``only_given`` leaves out what stayed empty."""
        data = self.cleaned_data
        keys = ("currency", "payment_term", "warehouse", "campaign", "owner")
        header = {f"{name}_id": data.get(name) for name in keys if name in self.fields}
        header["ship_to_id"] = data["ship_to"].pk if data.get("ship_to") else None
        plain = set(self.fields) - set(keys) - {"ship_to", "partner"}
        header |= {name: data.get(name) for name in plain if name in data}
        if not header.get("source"):
            header.pop("source", None)
        return {name: value for name, value in header.items() if not only_given or value not in {None, ""}}


class QuotationForm(HeaderForm):
    """The header of a quotation."""

    order_of_fields = (
        "partner",
        "customer_reference",
        "contact_name",
        "valid_until",
        "requested_date",
        "ship_to",
        "payment_term",
        "tax_included",
        "currency",
        "exchange_rate",
        "warehouse",
        "owner",
        "source",
        "campaign",
        "note",
    )
    customer_reference = forms.CharField(label=_("Customer's reference"), max_length=60, required=False)
    contact_name = forms.CharField(label=_("Contact"), max_length=80, required=False)
    valid_until = day_field(_("Valid until"), help_text=_("Empty: 30 days."))
    opportunity = forms.ModelChoiceField(Opportunity.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["opportunity"].queryset = Opportunity.objects.visible_to(user)

    def header(self, *, only_given: bool = False) -> dict[str, Any]:
        header = super().header(only_given=only_given)
        opportunity = header.pop("opportunity", None)
        if opportunity is not None:
            header["opportunity_id"] = opportunity.pk
        return header


class SalesOrderForm(HeaderForm):
    """The header of an order."""

    order_of_fields = (
        "partner",
        "customer_po",
        "requested_date",
        "ship_to",
        "payment_term",
        "tax_included",
        "currency",
        "exchange_rate",
        "warehouse",
        "owner",
        "source",
        "campaign",
        "department",
        "project",
        "note",
    )
    customer_po = forms.CharField(label=_("Customer's order number"), max_length=60, required=False)
    department = KnownField(label=_("Department"))
    project = KnownField(label=_("Project"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].offer(departments())
        self.fields["project"].offer(projects())

    def header(self, *, only_given: bool = False) -> dict[str, Any]:
        header = super().header(only_given=only_given)
        for name in {"department", "project"} & header.keys():
            header[f"{name}_id"] = header.pop(name)
        return header


class ChangeForm(SalesOrderForm):
    """What of a binding order's header may still change, and why."""

    KEPT = ("currency", "exchange_rate", "tax_included", "source", "campaign", "owner", "department", "project")

    reason = forms.CharField(label=_("Reason of the change"), max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.KEPT:
            del self.fields[name]
        self.order_fields(["reason", *self.order_of_fields])

    def header(self, *, only_given: bool = False) -> dict[str, Any]:
        header = super().header(only_given=only_given)
        header.pop("reason", None)
        return header


def header_initial(document: Quotation | SalesOrder) -> dict[str, Any]:
    """Return a stored header as the forms show it."""
    names = ("exchange_rate", "requested_date", "source", "note")
    keys = ("currency", "payment_term", "warehouse", "campaign", "owner", "ship_to")
    own = ("customer_reference", "contact_name", "valid_until") if isinstance(document, Quotation) else ("customer_po",)
    initial = {name: getattr(document, name) for name in (*names, *own)}
    keys += ("department", "project") if isinstance(document, SalesOrder) else ()
    initial |= {name: getattr(document, f"{name}_id") for name in keys}
    return initial | {"tax_included": "1" if document.tax_included else "0"}
