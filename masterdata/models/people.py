"""Departments, employees and projects."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import UnitPriceField
from core.history import History
from masterdata.models.base import MasterRecord


class Department(MasterRecord):
    """A part of the company that spends and asks for goods."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent department")
    )
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("manager")
    )
    history = History()

    class Meta(MasterRecord.Meta):
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")),
                name="masterdata_department_parent",
                violation_error_message=_("Nothing lies below itself."),
            )
        ]

    def get_absolute_url(self) -> str:
        return reverse("masterdata:department-detail", args=[self.pk])


class Employee(MasterRecord):
    """A person who works here, with or without a login; ``labour_rate`` is base currency per hour."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("login")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="employees", verbose_name=_("department")
    )
    position = models.CharField(_("position"), max_length=80, blank=True)
    labour_rate = UnitPriceField(_("labour rate"), default=0, help_text=_("Base currency per hour."))
    badge = models.CharField(_("badge"), max_length=40, null=True, blank=True, unique=True)
    history = History()

    class Meta(MasterRecord.Meta):
        verbose_name = _("employee")
        verbose_name_plural = _("employees")
        permissions = [("view_labour_rate", _("Can see labour rates"))]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(labour_rate__gte=0),
                name="masterdata_employee_rate",
                violation_error_message=_("A labour rate cannot be negative."),
            )
        ]

    def get_absolute_url(self) -> str:
        return reverse("masterdata:employee-detail", args=[self.pk])


class Project(MasterRecord):
    """A piece of work that documents and costs can be gathered under."""

    partner = models.ForeignKey(
        "masterdata.Partner", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("partner")
    )
    history = History()

    class Meta(MasterRecord.Meta):
        verbose_name = _("project")
        verbose_name_plural = _("projects")

    def get_absolute_url(self) -> str:
        return reverse("masterdata:project-detail", args=[self.pk])
