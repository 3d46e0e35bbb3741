"""The three levels of rights: verbs in roles, row scope, field rules. Default is deny."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class FieldRule:
    """Who may see and who may change one field; an empty right means everybody who sees the document."""

    view: str = ""
    change: str = ""


@dataclass(frozen=True)
class Role:
    """A built-in role group: its rights as ``app.codename``; ``app.*`` and ``app.view_*`` are expanded at migrate."""

    code: str
    name: str
    name_zh: str
    rights: tuple[str, ...]
    description: str = ""


FIELD_RULES: dict[str, FieldRule] = {}
ROLES: dict[str, Role] = {}


def register_field_rules(rules: Mapping[str, FieldRule]) -> None:
    """Add an app's rules, keyed ``model.field`` with its app: ``erp.stockmove.unit_cost``."""
    FIELD_RULES.update(rules)


def register_roles(roles: Iterable[Role]) -> None:
    """Add an app's rights to the built-in roles; roles of the same code are merged across apps."""
    for role in roles:
        known = ROLES.get(role.code)
        ROLES[role.code] = (
            Role(
                role.code,
                known.name,
                known.name_zh,
                tuple(dict.fromkeys(known.rights + role.rights)),
                known.description or role.description,
            )
            if known
            else role
        )


def may_view_field(user: Any, label: str) -> bool:
    """Return whether ``user`` may see ``app.model.field``; fields without a rule are free."""
    rule = FIELD_RULES.get(label)
    return rule is None or not rule.view or user.has_perm(rule.view)


def may_change_field(user: Any, label: str) -> bool:
    """Return whether ``user`` may change ``app.model.field``; seeing it is needed too."""
    rule = FIELD_RULES.get(label)
    return rule is None or (may_view_field(user, label) and (not rule.change or user.has_perm(rule.change)))


def hidden_fields(user: Any, model: type[models.Model]) -> frozenset[str]:
    """Return the field names of ``model`` that ``user`` may not see."""
    prefix = model._meta.label_lower + "."
    return frozenset(
        label.removeprefix(prefix)
        for label in FIELD_RULES
        if label.startswith(prefix) and not may_view_field(user, label)
    )


class ScopedQuerySet(models.QuerySet[M]):
    """A queryset that knows which rows a user may see."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows in the row scope of ``user`` (own, team, all) plus those shared with him singly."""
        if not getattr(user, "is_active", False) or not user.pk:
            return self.none()
        if user.kind == "supplier":
            return self._visible_to_supplier(user)
        owner = getattr(self.model, "SCOPE_OWNER", None)
        if owner is None or user.is_superuser or user.scope == "all":
            return self
        condition = models.Q(**{owner: user})
        if user.scope == "team" and user.team_id:
            condition |= models.Q(**{f"{owner}__team_id": user.team_id})
        return self.filter(condition | models.Q(pk__in=_shared_with(user, self.model)))

    def _visible_to_supplier(self, user: Any) -> Self:
        return self.none()


def _shared_with(user: Any, model: type[models.Model]) -> models.QuerySet:
    from guardian.shortcuts import get_objects_for_user  # noqa: PLC0415 - circular at import time

    codename = f"{model._meta.app_label}.view_{model._meta.model_name}"
    shared = get_objects_for_user(
        user, codename, klass=model, accept_global_perms=False, use_groups=True, with_superuser=False
    )
    return shared.values("pk")


_ScopedManager = models.Manager.from_queryset(ScopedQuerySet)


class ScopedManager(_ScopedManager[M]):
    """The default manager of everything with a row scope."""
