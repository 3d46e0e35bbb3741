"""Make the built-in roles and give them the rights the apps declare; roles changed by the company keep their own."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand
from django.db import transaction

from core.models.users import RoleDetail
from core.permissions import ROLES, Role


class Command(BaseCommand):
    """``manage.py sync_roles``: idempotent; adds what is missing, takes nothing away."""

    help = __doc__

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--quiet", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            by_app: dict[str, dict[str, Permission]] = {}
            for row in Permission.objects.select_related("content_type"):
                by_app.setdefault(row.content_type.app_label, {})[row.codename] = row
            for role in ROLES.values():
                self._sync(role, by_app)
        if not options["quiet"]:
            self.stdout.write(f"{len(ROLES)} roles")

    def _sync(self, role: Role, by_app: dict[str, dict[str, Permission]]) -> None:
        detail = RoleDetail.objects.select_related("group").filter(code=role.code).first()
        if detail is None:
            group, _created = Group.objects.get_or_create(name=role.code)
            detail = RoleDetail.objects.create(
                group=group,
                code=role.code,
                name=role.name,
                name_zh=role.name_zh,
                description=role.description,
                is_builtin=True,
            )
        detail.group.permissions.add(*self._expand(role, by_app))

    def _expand(self, role: Role, by_app: dict[str, dict[str, Permission]]) -> list[Permission]:
        found = []
        for right in role.rights:
            app, codename = right.split(".")
            rows = by_app.get(app, {})
            if codename.endswith("*"):
                found += [row for code, row in rows.items() if code.startswith(codename[:-1])]
            elif codename in rows:
                found.append(rows[codename])
            else:
                raise LookupError(f"role {role.code} names a right that does not exist: {right}")
        return found
