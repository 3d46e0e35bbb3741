"""People and roles: making accounts, giving and taking rights; every step is audited."""

import datetime as dt
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.db import models
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken

from core import audit
from core.documents import lock
from core.errors import DomainError
from core.models.users import RoleDetail, Team, User
from core.operations import operation

PERSON_FIELDS = frozenset(
    {
        "username",
        "first_name",
        "last_name",
        "name_zh",
        "email",
        "phone",
        "language",
        "time_zone",
        "team_id",
        "manager_id",
        "scope",
    }
)


class UserNameTaken(DomainError):
    """Somebody has this user name."""

    code = "user_name_taken"
    sentence = _("The user name %(username)s is taken. Choose another one.")


class LastAdministrator(DomainError):
    """Nobody could manage people any more."""

    code = "last_administrator"
    sentence = _("%(person)s is the last administrator. Make somebody else an administrator first.")


class NotYourself(DomainError):
    """An account cannot deactivate itself."""

    code = "not_yourself"
    sentence = _("You cannot deactivate your own account.")


class BuiltInRole(DomainError):
    """Its code is what the program knows it by."""

    code = "built_in_role"
    sentence = _("The code of the built-in role %(role)s cannot be changed.")


@operation(permission="core.manage_people")
def save_person(
    *, user_id: int | None, values: dict[str, Any], role_ids: list[int], actor: Any, at: dt.datetime
) -> User:
    """Create or change a staff account and its roles; changed rights end the person's sessions and tokens.

    ``values`` keys: PERSON_FIELDS. A new account has no usable password until its one-time link is opened.

    Raises:
        UserNameTaken: somebody else has this user name.
        LastAdministrator: the change would leave nobody who can manage people.
    """
    unknown = values.keys() - PERSON_FIELDS
    if unknown:
        raise TypeError(f"unknown fields {sorted(unknown)}")
    person = lock(User, user_id) if user_id else User(kind=User.Kind.STAFF)
    if User.objects.filter(username__iexact=values["username"]).exclude(pk=person.pk).exists():
        raise UserNameTaken(username=values["username"])
    before = {"roles": sorted(person.groups.values_list("pk", flat=True)) if person.pk else [], "scope": person.scope}
    for name, value in values.items():
        setattr(person, name, value)
    if not person.pk:
        person.set_unusable_password()
    person.version += 1
    person.save()
    person.groups.set(role_ids)
    _keep_an_administrator(person)
    after = {"roles": sorted(role_ids), "scope": person.scope}
    if before != after:
        _end_sessions(person)
        audit.record(person, "rights_changed", actor=actor, at=at, before=before, after=after)
    return person


def _keep_an_administrator(changed: User | RoleDetail) -> None:
    administrators = User.objects.filter(is_active=True).filter(
        models.Q(is_superuser=True) | models.Q(groups__permissions__codename="manage_people")
    )
    if not administrators.exists():
        raise LastAdministrator(person=changed)


def _end_sessions(person: User) -> None:
    AuthToken.objects.filter(user=person).delete()
    mine = [row.pk for row in Session.objects.all() if row.get_decoded().get("_auth_user_id") == str(person.pk)]
    Session.objects.filter(pk__in=mine).delete()


@operation(permission="core.manage_people", document=(User, "user_id"))
def set_person_active(*, user_id: int, active: bool, actor: Any, at: dt.datetime) -> User:
    """Activate or deactivate an account; a deactivated one loses its sessions and tokens at once.

    Raises:
        NotYourself: the actor's own account.
        LastAdministrator: nobody could manage people any more.
    """
    person = lock(User, user_id)
    if not active and actor is not None and person.pk == actor.pk:
        raise NotYourself()
    person.is_active = active
    person.version += 1
    person.save(update_fields=["is_active", "version"])
    if not active:
        _keep_an_administrator(person)
        _end_sessions(person)
    audit.record(person, "activated" if active else "deactivated", actor=actor, at=at)
    return person


@operation(permission="core.manage_people")
def record_one_time_link(*, user_id: int, actor: Any, at: dt.datetime) -> User:
    """Note that a one-time link to set a password was made; its older sessions end."""
    person = lock(User, user_id)
    _end_sessions(person)
    audit.record(person, "one_time_link", actor=actor, at=at)
    return person


@operation(permission="core.manage_people")
def save_role(
    *, group_id: int | None, values: dict[str, Any], permission_ids: list[int], actor: Any, at: dt.datetime
) -> RoleDetail:
    """Create or change a role with its verb and field rights; members' sessions end when rights are taken.

    Raises:
        BuiltInRole: the code of a built-in role was changed.
    """
    if group_id:
        role = RoleDetail.objects.select_for_update().select_related("group").get(group_id=group_id)
        if role.is_builtin and values["code"] != role.code:
            raise BuiltInRole(role=role)
    else:
        role = RoleDetail(group=Group.objects.create(name=values["code"]))
    for name in ("code", "name", "name_zh", "description"):
        setattr(role, name, values[name])
    role.group.name = values["code"]
    role.group.save(update_fields=["name"])
    role.save()
    before = set(role.group.permissions.values_list("pk", flat=True))
    role.group.permissions.set(permission_ids)
    taken = before - set(permission_ids)
    if taken:
        for person in User.objects.filter(groups=role.group):
            _end_sessions(person)
    _keep_an_administrator(role)
    names = dict(Permission.objects.filter(pk__in=before ^ set(permission_ids)).values_list("pk", "codename"))
    audit.record(
        role,
        "rights_changed",
        actor=actor,
        at=at,
        taken=sorted(names[pk] for pk in taken if pk in names),
        given=sorted(names[pk] for pk in set(permission_ids) - before if pk in names),
    )
    return role


@operation(permission="core.manage_people")
def save_team(*, team_id: int | None, values: dict[str, Any], actor: Any, at: dt.datetime) -> Team:
    """Create or change a team."""
    team = Team.objects.select_for_update().get(pk=team_id) if team_id else Team()
    for name in ("code", "name", "name_zh"):
        setattr(team, name, values[name])
    team.version += 1
    team.save()
    return team
