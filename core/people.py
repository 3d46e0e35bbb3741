"""Questions about people and their rights: what a right is called, who can grant it."""

from django.contrib.auth.models import Permission
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.models.users import User

GENERIC_RIGHTS = {
    "add": _("Can add %(records)s"),
    "change": _("Can change %(records)s"),
    "delete": _("Can delete %(records)s"),
    "view": _("Can view %(records)s"),
}


def right_name(right: str) -> str:
    """Return what ``app.codename`` allows, in the reader's language, or the code itself."""
    app, _dot, codename = right.partition(".")
    rows = Permission.objects.filter(content_type__app_label=app, codename=codename).select_related("content_type")
    found = rows.first()
    return permission_name(found) if found else right


def permission_name(permission: Permission) -> str:
    """Return what a right allows, in the reader's language: Django stores the names in English."""
    action, _dash, model_name = permission.codename.partition("_")
    model = permission.content_type.model_class()
    if model is not None and action in GENERIC_RIGHTS and model_name == model._meta.model_name:
        return str(GENERIC_RIGHTS[action]) % {"records": model._meta.verbose_name_plural}
    return capfirst(gettext(permission.name))


def granters() -> list[str]:
    """Return the names of the active users who can grant rights (administrators), at most five."""
    users = User.objects.filter(is_active=True, kind=User.Kind.STAFF).order_by("username")
    administrators = users.filter(groups__role__code="administrator").distinct()[:5]
    found = [str(user) for user in (administrators or users.filter(is_superuser=True)[:5])]
    return found or [gettext("the administrator")]


def users_with(right: str) -> list[User]:
    """Return the active staff users who hold ``right`` by a role or by themselves (administrators only by name)."""
    app, _dot, codename = right.partition(".")
    own = Q(user_permissions__codename=codename, user_permissions__content_type__app_label=app)
    by_role = Q(groups__permissions__codename=codename, groups__permissions__content_type__app_label=app)
    staff = User.objects.filter(own | by_role, is_active=True, kind=User.Kind.STAFF)
    return list(staff.distinct().order_by("username"))


def people_with(right: str) -> list[str]:
    """Return the names of at most five people who hold ``right``, else who can grant it."""
    return [str(user) for user in users_with(right)[:5]] or granters()
