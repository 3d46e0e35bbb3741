"""Every page and every route names its right; the default is deny."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.views import View
from rest_framework.routers import APIRootView

FOREIGN = ("allauth.", "django.")


def patterns(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, path)
        elif isinstance(entry, URLPattern):
            yield path, entry.callback


def view_of(callback: Any) -> Any:
    return getattr(callback, "view_class", None) or getattr(callback, "cls", None) or callback


def declares_a_right(view: Any) -> bool:
    if isinstance(view, type) and issubclass(view, APIRootView):
        return True
    if isinstance(view, type) and not hasattr(view, "permission_required"):
        return False
    return hasattr(view, "permission_required")


def test_every_view_declares_its_right():
    missing = [
        f"{path} {view}"
        for path, callback in patterns()
        if not (view := view_of(callback)).__module__.startswith(FOREIGN) and not declares_a_right(view)
    ]
    assert not missing


def test_a_view_without_a_right_is_caught():
    class Forgotten(View):
        pass

    assert not declares_a_right(Forgotten)


@pytest.mark.parametrize("path", ["/my-work/", "/dashboard/", "/settings/people/", "/search/?q=x"])
def test_anonymous_users_are_sent_to_the_sign_in(client, db, path):
    response = client.get(path)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/")


def test_every_page_without_arguments_refuses_a_user_without_rights(client, db):
    from tests.factories.core import make_company, make_user

    make_company()
    client.force_login(make_user("nobody"), backend="django.contrib.auth.backends.ModelBackend")
    let_in = []
    for path, callback in patterns():
        view = view_of(callback)
        right = getattr(view, "permission_required", None)
        if (
            "<" in path
            or "(?P" in path
            or not isinstance(right, str | property)
            or path.startswith(("api/", "accounts/"))
        ):
            continue
        if right in {"signed-in", "public"}:
            continue
        response = client.get("/" + path)
        if response.status_code not in {403, 405}:
            let_in.append(f"{path}: {response.status_code}")
    assert not let_in


def test_every_built_in_role_may_use_the_platform():
    from core.permissions import ROLES
    from core.roles import EVERYBODY

    assert [code for code, role in ROLES.items() if not set(EVERYBODY) <= set(role.rights)] == []
