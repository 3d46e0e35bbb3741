"""Forms of corrective actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.forms.fields import KnownField, PickedItem, PickedPartner, day_field, item_labels, text_field
from erp.models import CorrectiveAction, DefectCode
from erp.selectors.corrective_actions import staff

KEYS = ("item", "partner", "defect", "responsible")
TEXTS = ("description", "containment", "cause", "action", "prevention", "note")


def _long(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, required=False, help_text=help_text, widget=forms.Textarea(attrs={"rows": 3}))


class CorrectiveActionForm(forms.Form):
    """Problem, who solves it until when, and what is known by now."""

    title = forms.CharField(label=_("Problem"), max_length=200)
    item = PickedItem(required=False)
    partner = PickedPartner(label=_("Supplier or customer"), required=False)
    defect = KnownField(label=_("Defect"))
    responsible = KnownField(label=_("Responsible"))
    due_date = day_field(_("Due"))
    description = _long(_("Description"), _("What, where, when, how many."))
    containment = _long(_("Immediate action"), _("What protects the customer until it is solved."))
    cause = _long(_("Root cause"), _("Why it happened, and why it was not noticed."))
    action = _long(_("Corrective action"))
    prevention = _long(_("Prevention of recurrence"), _("Plans, instructions, other products that are changed."))
    note = text_field(_("Note"), 2000)

    def __init__(self, *args: Any, document: CorrectiveAction | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["defect"].offer(DefectCode.objects.filter(is_active=True))
        self.fields["responsible"].offer(staff())
        if self.is_bound:
            return
        if document is not None:
            stored = {name: getattr(document, name) for name in ("title", "due_date", *TEXTS)}
            self.initial = stored | {name: getattr(document, f"{name}_id") for name in KEYS}
            self.fields["partner"].widget.label = str(document.partner or "")
        key = self.initial.get("item")
        self.fields["item"].widget.label = item_labels([key]).get(int(key), "") if key else ""

    def typed(self) -> dict[str, Any]:
        """Return the values as the services take them."""
        return {f"{name}_id" if name in KEYS else name: value for name, value in self.cleaned_data.items()}


class SourcedActionForm(CorrectiveActionForm):
    """A problem found by an inspection or a return: item, partner and defect follow from that."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("item", "partner", "defect"):
            del self.fields[name]


class VerificationForm(forms.Form):
    """Whether the action worked."""

    worked = forms.TypedChoiceField(
        label=_("The action"),
        choices=[("yes", _("worked: close it")), ("no", _("did not work: look for the cause again"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect(),
    )
    verification = forms.CharField(
        label=_("How do you know?"), widget=forms.Textarea(attrs={"rows": 4}), help_text=_("Figures, samples, dates.")
    )
