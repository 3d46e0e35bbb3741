"""The partner page, and the forms of its addresses, contacts and bank accounts."""

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from core.views.base import visible
from masterdata.forms import FORMS
from masterdata.models import Partner
from masterdata.selectors.completeness import PURPOSES, missing_for
from masterdata.services.records import CREATE, UPDATE
from masterdata.views.records import Pages, RecordFormPage, fact

PARTS = (
    Pages("partner_address", _("Addresses"), _("New address"), ""),
    Pages("partner_contact", _("Contacts"), _("New contact"), ""),
    Pages("partner_bank_account", _("Bank accounts"), _("New bank account"), ""),
)
RELATED = {"partner_address": "addresses", "partner_contact": "contacts", "partner_bank_account": "bank_accounts"}
BESIDE = {  # what stands beside the name of a part
    "partner_address": ("kind", "contact_name", "phone"),
    "partner_contact": ("position", "phone", "mobile", "email", "wechat"),
    "partner_bank_account": ("account_name", "bank_code", "currency"),
}
CUSTOMER_STEPS, SUPPLIER_STEPS = ("quote", "order", "invoice"), ("purchase", "pay")


def partner_context(partner: Any, user: Any) -> dict[str, Any]:
    """Return what the partner's page shows besides its columns: parts, and what is missing for which step."""
    steps = (CUSTOMER_STEPS if partner.is_customer else ()) + (SUPPLIER_STEPS if partner.is_supplier else ())
    gaps = [(PURPOSES[step], missing_for(partner, step)) for step in steps]
    return {
        "parts": [_part(pages, partner, user) for pages in PARTS if user.has_perm(pages.record.permission("view"))],
        "gaps": [(label, missing) for label, missing in gaps if missing],
        "ready": [label for label, missing in gaps if not missing],
        "merged": list(Partner.objects.filter(merged_into=partner).order_by("code")),
    }


def _part(pages: Pages, partner: Any, user: Any) -> dict[str, Any]:
    rows = getattr(partner, RELATED[pages.key]).all()
    may_change = user.has_perm(pages.record.permission("change"))
    return {
        "name": RELATED[pages.key],
        "title": pages.title,
        "new": pages.new,
        "create_url": reverse(pages.url("create"), args=[partner.pk]) if may_change else "",
        "rows": [
            {
                "row": row,
                "url": reverse(pages.url("edit"), args=[row.pk]) if may_change else "",
                "facts": [text for name in BESIDE[pages.key] if (text := fact(row, name)["text"])],
            }
            for row in rows
        ],
    }


class PartForm(RecordFormPage):
    """The form of an address, a contact or a bank account: its partner comes from the address of the page."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self._partner: Any = None

    @property
    def partner(self) -> Any:
        if self._partner is None:
            pk = self.document.partner_id if self.document else self.kwargs["partner_id"]
            self._partner = visible(Partner, self.request.user).filter(pk=pk).first()
            if self._partner is None:
                raise Http404
        return self._partner

    def build(self, data: Any = None, files: Any = None) -> tuple[Any, Any]:
        form, grids = super().build(data, files)
        del form.fields["partner"]
        if data is None and not self.document and "country" in form.fields:
            form.initial["country"] = self.partner.country
        return form, grids

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        values = super().arguments(form, formset)
        return values if self.document else values | {"partner_id": self.partner.pk}

    def back_url(self) -> str:
        return self.partner.get_absolute_url()

    def success_url(self, result: Any) -> str:
        return f"{reverse('masterdata:partner-detail', args=[result.partner_id])}#{RELATED[self.pages.key]}"


def part_urls() -> list[Any]:
    """Return the routes of the forms of a partner's parts."""
    routes = []
    for pages in PARTS:
        name = pages.record.model.__name__
        common = {
            "model": pages.record.model,
            "pages": pages,
            "form_class": FORMS[pages.key],
            "template_name": "masterdata/record/form.html",
        }
        create: Any = type(
            f"Create{name}", (PartForm,), common | {"service": staticmethod(CREATE[pages.key]), "title": pages.new}
        )
        update: Any = type(f"Update{name}", (PartForm,), common | {"service": staticmethod(UPDATE[pages.key])})
        routes += [
            path(
                f"partners/<int:partner_id>/{RELATED[pages.key].replace('_', '-')}/new/",
                create.as_view(),
                name=f"{pages.slug}-create",
            ),
            path(f"{pages.plural}/<int:pk>/edit/", update.as_view(), name=f"{pages.slug}-edit"),
        ]
    return routes
