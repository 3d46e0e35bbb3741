"""Questions about people: who can grant rights, who holds a role."""

from django.utils.translation import gettext

from core.models.users import User


def granters() -> list[str]:
    """Return the names of the active users who can grant rights (administrators), at most five."""
    users = User.objects.filter(is_active=True, kind=User.Kind.STAFF).order_by("username")
    administrators = users.filter(groups__role__code="administrator").distinct()[:5]
    found = [str(user) for user in (administrators or users.filter(is_superuser=True)[:5])]
    return found or [gettext("the administrator")]
