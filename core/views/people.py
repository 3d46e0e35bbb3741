"""Settings › People and roles."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import Permission
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from core.forms import PersonForm, RoleForm, TeamForm
from core.middleware import PREVIEW_KEY
from core.models.users import RoleDetail, Team, User
from core.operations import perform
from core.people import permission_name
from core.permissions import FIELD_RULES
from core.services import people
from core.timeline import entries
from core.typed import is_key
from core.views.base import FormPage, OperationView, Page


class People(Page):
    """All accounts, teams and roles."""

    permission_required = "core.manage_people"

    def get(self, request: HttpRequest) -> HttpResponse:
        users = User.objects.filter(kind=User.Kind.STAFF).select_related("team", "manager")
        context = {
            "people": users.prefetch_related("groups__role").order_by("-is_active", "username"),
            "roles": RoleDetail.objects.select_related("group").annotate(members=Count("group__user")),
            "teams": Team.objects.all(),
        }
        return render(request, "core/people.html", context)


class PersonEdit(FormPage):
    """Create or change an account, its roles, team and scope."""

    service = people.save_person
    form_class = PersonForm
    template_name = "core/person.html"

    def person(self) -> User | None:
        pk = self.kwargs.get("pk")
        return get_object_or_404(User, pk=pk, kind=User.Kind.STAFF) if pk else None

    def form_kwargs(self) -> dict[str, Any]:
        person = self.person()
        return {"instance": person} if person else {}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        data = form.cleaned_data
        values = {name: data[name] for name in people.PERSON_FIELDS if name in data}
        values |= {
            "team_id": data["team"].pk if data["team"] else None,
            "manager_id": data["manager"].pk if data["manager"] else None,
        }
        return {
            "user_id": self.kwargs.get("pk"),
            "values": values,
            "role_ids": sorted(group.pk for group in data["roles"]),
        }

    def extra_context(self) -> dict[str, Any]:
        person = self.person()
        title = str(person) if person else _("New person")
        context = {"title": title, "person": person, "back_url": reverse("core:people")}
        return context | ({"timeline": entries(person, self.request.user)} if person else {})

    def success_url(self, result: Any) -> str:
        return reverse("core:person", args=[result.pk])


class PersonActive(OperationView):
    """POST active=1|0."""

    service = people.set_person_active
    pk_argument = "user_id"

    def arguments(self) -> dict[str, Any]:
        return {"active": self.request.POST.get("active") == "1"}

    def success_url(self, result: Any) -> str:
        return reverse("core:person", args=[result.pk])


class OneTimeLink(OperationView):
    """POST: make a link by which the person sets his own password, once, within the reset token's life."""

    service = people.record_one_time_link
    pk_argument = "user_id"

    def done(self, result: User) -> HttpResponse:
        uid = urlsafe_base64_encode(force_bytes(result.pk))
        token = default_token_generator.make_token(result)
        link = self.request.build_absolute_uri(reverse("core:set-password", args=[uid, token]))
        return render(self.request, "core/one_time_link.html", {"person": result, "link": link})


class RoleEdit(Page):
    """A role with every right it may have: verbs by app, and the field rights."""

    permission_required = "core.manage_people"

    def role(self) -> RoleDetail | None:
        pk = self.kwargs.get("pk")
        return get_object_or_404(RoleDetail.objects.select_related("group"), pk=pk) if pk else None

    def rights(self) -> dict[str, list[Permission]]:
        labels = ["core", "approvals", "masterdata", "crm", "erp", "scm", "finance"]
        found: dict[str, list[Permission]] = {app: [] for app in labels}
        rows = Permission.objects.filter(content_type__app_label__in=labels).select_related("content_type")
        for row in rows.exclude(codename__contains="historical").order_by("content_type__model", "codename"):
            found[row.content_type.app_label].append(row)
        return found

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        role = self.role()
        initial = {name: getattr(role, name) for name in ("code", "name", "name_zh", "description")} if role else {}
        held = set(role.group.permissions.values_list("pk", flat=True)) if role else set()
        return self.show(RoleForm(initial=initial), role, held)

    def show(self, form: Any, role: RoleDetail | None, held: set[int], status: int = 200) -> HttpResponse:
        field_rights = {right for rule in FIELD_RULES.values() for right in (rule.view, rule.change) if right}
        groups = [
            {
                "app": apps.get_app_config(app).verbose_name,
                "rows": [
                    {
                        "right": row,
                        "held": row.pk in held,
                        "is_field": f"{app}.{row.codename}" in field_rights,
                        "name": permission_name(row),
                    }
                    for row in rows
                ],
            }
            for app, rows in self.rights().items()
            if rows
        ]
        context = {
            "form": form,
            "role": role,
            "groups": groups,
            "title": str(role) if role else _("New role"),
            "timeline": entries(role, self.request.user) if role else [],
        }
        return render(self.request, "core/role.html", context, status=status)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        role = self.role()
        form = RoleForm(request.POST)
        chosen = {int(value) for value in request.POST.getlist("rights") if is_key(value)}
        if not form.is_valid():
            return self.show(form, role, chosen, status=422)
        known = {row.pk for rows in self.rights().values() for row in rows}
        perform(
            people.save_role,
            actor=request.user,
            key=request.POST.get("_key") or None,
            reason=request.POST.get("reason", ""),
            group_id=role.group_id if role else None,
            values=form.cleaned_data,
            permission_ids=sorted(chosen & known),
        )
        return HttpResponseRedirect(reverse("core:people"))


class TeamEdit(FormPage):
    """Create or change a team."""

    service = people.save_team
    form_class = TeamForm
    template_name = "core/form.html"

    def form_kwargs(self) -> dict[str, Any]:
        pk = self.kwargs.get("pk")
        return {"instance": get_object_or_404(Team, pk=pk)} if pk else {}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"team_id": self.kwargs.get("pk"), "values": form.cleaned_data}

    def extra_context(self) -> dict[str, Any]:
        return {"title": _("Team"), "back_url": reverse("core:people")}

    def success_url(self, result: Any) -> str:
        return reverse("core:people")


class PreviewRole(Page):
    """POST a role: see the program with that role's rights only, until the preview is ended."""

    permission_required = "core.preview_role"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        role = get_object_or_404(RoleDetail, pk=pk)
        request.session[PREVIEW_KEY] = role.group_id
        return HttpResponseRedirect(reverse("core:home"))


def end_preview(request: HttpRequest) -> HttpResponse:
    """POST: back to the own rights."""
    if request.method != "POST":
        raise Http404
    request.session.pop(PREVIEW_KEY, None)
    return HttpResponseRedirect(reverse("core:people"))


end_preview.permission_required = "signed-in"  # type: ignore[attr-defined]


def demo_login(request: HttpRequest) -> HttpResponse:
    """POST a demo user's name: sign in without a password, in a demo company only."""
    if request.method != "POST" or not settings.DEMO:
        raise PermissionDenied
    known = User.objects.filter(is_active=True, groups__isnull=False).distinct()
    user = get_object_or_404(known, username=request.POST.get("username", ""))
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponseRedirect(reverse("core:home"))


demo_login.permission_required = "public"  # type: ignore[attr-defined]
