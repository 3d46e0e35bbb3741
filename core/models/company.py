"""The legal entity whose books this database holds."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.history import History


class Company(models.Model):
    """The one row of settings of the company; kept by the set-up wizard and the settings page."""

    class RevenuePoint(models.TextChoices):
        SHIPMENT = "shipment", _("Shipment")
        SIGN_OFF = "sign_off", _("Sign-off by the customer")
        INVOICE = "invoice", _("Invoice")

    singleton = models.BooleanField(default=True, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=30, blank=True)
    logo = models.ImageField(_("logo"), upload_to="company/", blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    bank_name = models.CharField(_("bank"), max_length=120, blank=True)
    bank_account = models.CharField(_("bank account"), max_length=40, blank=True)
    base_currency = models.CharField(_("base currency"), max_length=3, default="CNY")
    base_decimals = models.PositiveSmallIntegerField(_("decimals of the base currency"), default=2)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    country = models.CharField(_("country"), max_length=2, default="CN")
    pinned_date = models.DateField(
        _("pinned business date"), null=True, blank=True, help_text=_("For demonstrations: the program's today.")
    )
    revenue_point = models.CharField(
        _("revenue point"), max_length=10, choices=RevenuePoint, default=RevenuePoint.SIGN_OFF
    )
    reservation_horizon_days = models.PositiveSmallIntegerField(_("reservation horizon in days"), default=30)
    auto_firm_days = models.PositiveSmallIntegerField(_("automatic firming fence in days"), default=0)
    gs1_prefix = models.CharField(
        _("GS1 company prefix"),
        max_length=10,
        blank=True,
        validators=[RegexValidator(r"^\d{7,10}$")],
        help_text=_("7 to 10 digits; with it boxes and pallets get an SSCC by themselves."),
    )
    allow_self_approval = models.BooleanField(_("one person may approve his own requests"), default=False)
    is_demo = models.BooleanField(default=False, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    LOCK_RANK = 10
    LOCK_PLACE = 1

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("company")
        permissions = [("configure_company", _("Can change the company's settings"))]
        constraints = [models.CheckConstraint(condition=models.Q(singleton=True), name="core_company_singleton")]

    def __str__(self) -> str:
        return self.name_zh if self.name_zh and (get_language() or "").startswith("zh") else self.name
