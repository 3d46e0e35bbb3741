"""Rights of API routes: declared on the view, default deny."""

from typing import Any

from rest_framework.permissions import BasePermission


class DeclaredRight(BasePermission):
    """Reading needs the view's ``permission_required``; writing is checked by `perform`. Undeclared is denied."""

    def has_permission(self, request: Any, view: Any) -> bool:
        right = getattr(view, "permission_required", None)
        user = request.user
        if right is None or not user.is_authenticated or not user.is_active or user.kind == "supplier":
            return False
        return right == "signed-in" or user.has_perm(right)
