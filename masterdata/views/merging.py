"""Merging a duplicate partner into the one that is kept: what hangs on both is shown before it is done."""

from typing import Any

from django import forms
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

from core.typed import is_key
from core.views.base import FormPage, OperationView
from core.widgets import Picker
from masterdata.errors import DifferentTaxNumbers
from masterdata.models import Partner
from masterdata.selectors.duplicates import similar_partners
from masterdata.selectors.merging import are_two_taxpayers, side_of, unfinished_of
from masterdata.services.merging import merge_partners, unmerge_partner


class MergeForm(forms.Form):
    kept = forms.ModelChoiceField(
        Partner.objects.filter(merged_into__isnull=True),
        label=_("Partner that is kept"),
        widget=Picker(reverse_lazy("masterdata:partner-lookup")),
    )
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200)


class MergePartners(FormPage):
    """GET ``kept``: the two beside each other. POST: the merge."""

    service = staticmethod(merge_partners)
    form_class = MergeForm
    template_name = "masterdata/partner/merge.html"
    title = _("Merge duplicates")
    model = Partner
    message = _("Merged: the duplicate takes no new documents and points to the one kept.")

    def build(self, data: Any = None, files: Any = None) -> tuple[Any, Any]:
        form, formset = super().build(data, files)
        user = self.request.user
        form.fields["kept"].queryset = Partner.objects.visible_to(user).filter(merged_into__isnull=True)
        asked = str(form["kept"].value() or "")
        self.kept = form.fields["kept"].queryset.filter(pk=asked).first() if is_key(asked) else None
        if self.kept is not None:
            form.fields["kept"].widget.label = str(self.kept)
        return form, formset

    def arguments(self, form: MergeForm, formset: Any) -> dict[str, Any]:
        version = self.request.POST.get("version", "")
        return {
            "partner_id": self.document.pk,
            "kept_id": form.cleaned_data["kept"].pk,
            "version": int(version) if is_key(version) else None,
            "reason": form.cleaned_data["reason"],
        }

    def extra_context(self) -> dict[str, Any]:
        one, user = self.document, self.request.user
        alike = similar_partners(
            name=one.name,
            name_zh=one.name_zh,
            tax_number=one.tax_number,
            phone=one.phone,
            country=one.country,
            exclude=one.pk,
        )
        seen = set(Partner.objects.visible_to(user).filter(pk__in=[two.partner.pk for two in alike]).values_list("pk"))
        return {
            "sides": [side_of(two, user) for two in (one, self.kept) if two is not None],
            "kept": self.kept,
            "unfinished": unfinished_of(one, user),
            "obstacle": self._obstacle(),
            "alike": [two for two in alike if (two.partner.pk,) in seen],
            "back_url": one.get_absolute_url(),
        }

    def _obstacle(self) -> str:
        """Return what will be refused, as a sentence."""
        if self.kept is None or not are_two_taxpayers(self.document, self.kept):
            return ""
        return str(DifferentTaxNumbers(record=self.document, kept=self.kept))

    def success_url(self, result: Partner) -> str:
        return reverse("masterdata:partner-detail", args=[result.merged_into_id])


class UnmergePartner(OperationView):
    """The merged partner stands for itself again."""

    service = staticmethod(unmerge_partner)
