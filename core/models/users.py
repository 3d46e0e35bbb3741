"""Users, teams and roles."""

from django.contrib.auth.models import AbstractUser, Group
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.history import History


class Team(models.Model):
    """A group of people who see each other's documents."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_zh = models.CharField(_("Chinese name"), max_length=80, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person or program that signs in. Users are deactivated, never deleted."""

    class Kind(models.TextChoices):
        STAFF = "staff", _("Staff")
        SUPPLIER = "supplier", _("Supplier")
        SERVICE = "service", _("Program")

    class Scope(models.TextChoices):
        OWN = "own", _("Own documents")
        TEAM = "team", _("Documents of the team")
        ALL = "all", _("All documents")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.STAFF)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    time_zone = models.CharField(_("time zone"), max_length=40, blank=True)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team"))
    manager = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("manager")
    )
    scope = models.CharField(_("row scope"), max_length=10, choices=Scope, default=Scope.ALL)
    name_zh = models.CharField(_("Chinese name"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History(excluded_fields=["password", "last_login"])

    LOCK_RANK = 10
    LOCK_PLACE = 0

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]
        permissions = [
            ("manage_people", _("Can manage people and roles")),
            ("preview_role", _("Can preview the program as a role")),
            ("view_dashboard", _("Can see the dashboard")),
            ("export_data", _("Can export lists")),
            ("import_data", _("Can import files")),
            ("comment_document", _("Can comment on documents and attach files")),
            ("read_own_notifications", _("Can read the own notifications")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["staff", "supplier", "service"]), name="core_user_kind_known"
            ),
            models.CheckConstraint(condition=models.Q(scope__in=["own", "team", "all"]), name="core_user_scope_known"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def get_full_name(self) -> str:
        """Return the name in the reader's language: the Chinese one when there is one and Chinese is active."""
        if self.name_zh and (get_language() or "").startswith("zh"):
            return self.name_zh
        return super().get_full_name()


class RoleDetail(models.Model):
    """What a role group (django.contrib.auth Group) is called in both languages and whether it is built in."""

    group = models.OneToOneField(Group, models.CASCADE, related_name="role")
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_zh = models.CharField(_("Chinese name"), max_length=80, blank=True)
    description = models.CharField(_("description"), max_length=200, blank=True)
    is_builtin = models.BooleanField(_("built in"), default=False)
    history = History()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name_zh if self.name_zh and (get_language() or "").startswith("zh") else self.name
