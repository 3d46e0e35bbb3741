"""The demo company's sign-in list."""

from typing import Any

from django.conf import settings

from core.models.users import User


def demo_users() -> list[dict[str, Any]]:
    """Return the demo users with a role, for the one-click sign-in; empty outside a demo company."""
    if not settings.DEMO:
        return []
    users = User.objects.filter(is_active=True, groups__role__isnull=False).prefetch_related("groups__role").distinct()
    return [
        {"username": user.username, "name": str(user), "role": ", ".join(str(g.role) for g in user.groups.all())}
        for user in users.order_by("id")
    ]
