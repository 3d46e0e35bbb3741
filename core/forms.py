"""Forms of the platform's own pages."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from core.approvals.models import ApprovalPolicy
from core.contributions import Approvable, contributions
from core.models.company import Company
from core.models.users import Team, User


class DayInput(forms.DateInput):
    """A native date picker."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class FollowUpForm(forms.Form):
    """What, who, until when."""

    summary = forms.CharField(label=_("What to do"), max_length=200)
    assignee = forms.ModelChoiceField(User.objects.filter(is_active=True, kind=User.Kind.STAFF), label=_("Assigned to"))
    due_date = forms.DateField(label=_("Due date"), widget=DayInput())


class PersonForm(forms.ModelForm):
    """A user as the administrator sees him."""

    roles = forms.ModelMultipleChoiceField(
        Group.objects.filter(role__isnull=False).select_related("role").order_by("role__code"),
        label=_("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = User
        fields = [
            "username",
            "first_name",
            "last_name",
            "name_zh",
            "email",
            "phone",
            "language",
            "time_zone",
            "team",
            "manager",
            "scope",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"), choices=[("zh-hans", "简体中文"), ("en", "English")]
        )
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"),
            required=False,
            choices=[("", _("the company's")), *((zone, zone) for zone in sorted(available_timezones()))],
        )
        self.fields["manager"].queryset = User.objects.filter(is_active=True, kind=User.Kind.STAFF)
        self.fields["roles"].label_from_instance = lambda group: str(group.role)
        if self.instance.pk:
            self.fields["roles"].initial = self.instance.groups.all()


class TeamForm(forms.ModelForm):
    """A team."""

    class Meta:
        model = Team
        fields = ["code", "name", "name_zh"]


class RoleForm(forms.Form):
    """A role's names and its rights."""

    code = forms.SlugField(label=_("Code"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=80)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=80, required=False)
    description = forms.CharField(label=_("Description"), max_length=200, required=False)


class CompanyForm(forms.ModelForm):
    """The company's settings."""

    class Meta:
        model = Company
        fields = [
            "name",
            "name_zh",
            "tax_number",
            "logo",
            "address",
            "phone",
            "bank_name",
            "bank_account",
            "time_zone",
            "pinned_date",
            "revenue_point",
            "reservation_horizon_days",
            "auto_firm_days",
            "gs1_prefix",
            "allow_self_approval",
        ]
        widgets = {"pinned_date": DayInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"), choices=[(zone, zone) for zone in sorted(available_timezones())]
        )


class PolicyForm(forms.ModelForm):
    """An approval policy; kinds of document and figures are those the apps registered."""

    class Meta:
        model = ApprovalPolicy
        fields = [
            "document_label",
            "name",
            "name_zh",
            "fact",
            "operator",
            "threshold",
            "approver_role",
            "by_manager",
            "is_active",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = contributions(Approvable)
        self.fields["document_label"] = forms.ChoiceField(
            label=_("Kind of document"), choices=[(one.label, one.name) for one in kinds]
        )
        facts = {name: label for one in kinds for name, label in one.fact_names.items()}
        self.fields["fact"] = forms.ChoiceField(label=_("Figure"), choices=sorted(facts.items(), key=lambda f: f[0]))
        self.fields["approver_role"].queryset = Group.objects.filter(role__isnull=False).select_related("role")
        self.fields["approver_role"].label_from_instance = lambda group: str(group.role)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("approver_role") and not data.get("by_manager"):
            raise forms.ValidationError(_("Say who approves: a role, or the requester's manager."))
        kind = next((one for one in contributions(Approvable) if one.label == data.get("document_label")), None)
        if kind and data.get("fact") not in kind.fact_names:
            self.add_error("fact", _("This kind of document does not have this figure."))
        return data
