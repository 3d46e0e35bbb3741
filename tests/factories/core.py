"""Users of the tests."""

from collections.abc import Iterable
from functools import cache

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.core.management import call_command

from core.models import Company, User


def make_user(
    username: str,
    *,
    superuser: bool = False,
    active: bool = True,
    scope: str = "all",
    kind: str = "staff",
    language: str = "en",
    rights: Iterable[str] = (),
    roles: Iterable[str] = (),
) -> User:
    """Make a user who reads English; ``rights`` are ``app.codename``, ``roles`` codes of built-in roles."""
    user = User(username=username, is_superuser=superuser, is_active=active, scope=scope, kind=kind, language=language)
    user.password = _hashed("correct horse battery")
    user.save()
    for right in rights:
        app, codename = right.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    roles = list(roles)
    if roles:
        from django.contrib.auth.models import Group

        if not Group.objects.filter(name__in=roles).exists():
            call_command("sync_roles", verbosity=0, stdout=_Silent())
        user.groups.set(Group.objects.filter(name__in=roles))
    return user


@cache
def _hashed(password: str) -> str:
    """Hashed once a process: the hash is slow on purpose."""
    return make_password(password)


class _Silent:
    def write(self, text: str) -> None:
        pass


def make_company(**values) -> Company:
    """Make the one company: CNY, Shanghai, revenue at sign-off unless told otherwise."""
    from core.clock import forget_company

    forget_company()
    defaults = {"name": "Test Machines Ltd", "name_zh": "测试机械有限公司"}
    return Company.objects.create(**defaults | values)


def user(*rights: str, **values) -> User:
    """Make a user of any name who holds ``rights``."""
    return make_user(values.pop("username", f"user{User.objects.count() + 1}"), rights=rights, **values)


def user_in_role(*roles: str, **values) -> User:
    """Make a user of any name who holds built-in ``roles``."""
    return make_user(values.pop("username", f"{roles[0]}{User.objects.count() + 1}"), roles=roles, **values)


def superuser(username: str = "superuser") -> User:
    """Make (or find) a user who may do everything."""
    return User.objects.filter(username=username).first() or make_user(username, superuser=True)


def company(**values) -> Company:
    """Make (or find) the one company."""
    return Company.objects.first() or make_company(**values)
