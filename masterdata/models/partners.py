"""Partners (customers and suppliers) with their addresses, contacts and bank accounts."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import AmountField
from core.formats import country
from core.history import History
from core.locks import LockRank
from core.permissions import M, ScopedQuerySet
from masterdata.models.base import MasterRecord, in_chinese


class Territory(MasterRecord):
    """A sales territory, perhaps inside another."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent territory")
    )
    history = History()

    class Meta(MasterRecord.Meta):
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")),
                name="masterdata_territory_parent",
                violation_error_message=_("Nothing lies below itself."),
            )
        ]

    def get_absolute_url(self) -> str:
        return reverse("masterdata:territory-detail", args=[self.pk])


class CustomerClass(MasterRecord):
    """A class of customers that share prices and treatment."""

    history = History()

    class Meta(MasterRecord.Meta):
        verbose_name = _("customer class")
        verbose_name_plural = _("customer classes")

    def get_absolute_url(self) -> str:
        return reverse("masterdata:customer-class-detail", args=[self.pk])


class PartnerQuerySet(ScopedQuerySet[M]):
    """Partners without an owner belong to the company: everybody on the staff sees them."""

    def visible_to(self, user: Any) -> Self:
        scoped = super().visible_to(user)
        if scoped is self or getattr(user, "kind", "") != "staff" or not user.is_active:
            return scoped
        return self.filter(models.Q(owner__isnull=True) | models.Q(pk__in=scoped.order_by().values("pk")))


_PartnerManager = models.Manager.from_queryset(PartnerQuerySet)


class PartnerManager(_PartnerManager[M]):
    """The default manager of partners."""


class Partner(MasterRecord):
    """A company or person we sell to, buy from, or both."""

    class Kind(models.TextChoices):
        COMPANY = "company", _("Company")
        PERSON = "person", _("Person")

    LOCK_RANK = LockRank.PARTNER
    LOCK_PLACE = 0
    SCOPE_OWNER = "owner"

    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    is_customer = models.BooleanField(_("customer"), default=False)
    is_supplier = models.BooleanField(_("supplier"), default=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.COMPANY)
    country = models.CharField(_("country"), max_length=2, default="CN", help_text=_("Two letters: CN, DE, US …"))
    tax_number = models.CharField(_("tax number"), max_length=30, blank=True)
    territory = models.ForeignKey(
        Territory, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("territory")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    customer_class = models.ForeignKey(
        CustomerClass, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("customer class")
    )
    currency = models.ForeignKey("masterdata.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    payment_term = models.ForeignKey(
        "masterdata.PaymentTerm",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("payment terms"),
    )
    credit_limit = AmountField(
        _("credit limit"), null=True, blank=True, help_text=_("Base currency; empty means not checked.")
    )
    sales_price_list = models.ForeignKey(
        "masterdata.PriceList", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("price list")
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    tax = models.ForeignKey(
        "masterdata.Tax",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tax"),
        help_text=_("Overrides the tax of the items."),
    )
    note = models.TextField(_("note"), blank=True)
    pinyin = models.CharField(max_length=600, blank=True, editable=False)
    name_key = models.CharField(max_length=200, blank=True, editable=False, db_index=True)
    name_zh_key = models.CharField(max_length=200, blank=True, editable=False, db_index=True)
    phone_key = models.CharField(max_length=40, blank=True, editable=False, db_index=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        verbose_name=_("merged into"),
    )
    history = History(excluded_fields=["pinyin", "name_key", "name_zh_key", "phone_key"])

    objects = PartnerManager()

    class Meta(MasterRecord.Meta):
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        permissions = [
            ("view_credit_terms", _("Can see credit limits")),
            ("change_credit_terms", _("Can change credit limits and payment terms")),
            ("merge_partner", _("Can merge duplicate partners")),
        ]
        indexes = [models.Index(fields=["owner"], name="masterdata_partner_owner")]
        constraints = [
            models.UniqueConstraint(
                fields=["tax_number"],
                condition=~models.Q(tax_number="") & models.Q(merged_into__isnull=True),
                name="masterdata_partner_tax_number",
                violation_error_message=_("Another partner has this tax number."),
            ),
            models.CheckConstraint(
                condition=models.Q(credit_limit__isnull=True) | models.Q(credit_limit__gte=0),
                name="masterdata_partner_credit",
                violation_error_message=_("A credit limit cannot be negative."),
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["company", "person"]), name="masterdata_partner_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | ~models.Q(merged_into=models.F("id")),
                name="masterdata_partner_merged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.short_name or self.label()}"

    def get_absolute_url(self) -> str:
        return reverse("masterdata:partner-detail", args=[self.pk])


class PartOfPartnerQuerySet(ScopedQuerySet[M]):
    """Rows that are seen by whoever sees their partner."""

    def visible_to(self, user: Any) -> Self:
        return self.filter(partner__in=Partner.objects.visible_to(user))


_PartOfPartnerManager = models.Manager.from_queryset(PartOfPartnerQuerySet)


class PartOfPartnerManager(_PartOfPartnerManager[M]):
    """The default manager of addresses, contacts and bank accounts."""


class PartnerAddress(models.Model):
    """A place of a partner: where invoices go, where goods go, or another one."""

    class Kind(models.TextChoices):
        BILLING = "billing", _("Billing")
        SHIPPING = "shipping", _("Shipping")
        OTHER = "other", _("Other")

    LOCK_RANK: int = LockRank.PARTNER
    LOCK_PLACE: int = 1

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="addresses", verbose_name=_("partner"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.SHIPPING)
    country = models.CharField(_("country"), max_length=2, default="CN")
    province = models.CharField(_("province"), max_length=60, blank=True)
    city = models.CharField(_("city"), max_length=60, blank=True)
    district = models.CharField(_("district"), max_length=60, blank=True)
    street = models.CharField(_("street"), max_length=200)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    contact_name = models.CharField(_("contact"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    is_default = models.BooleanField(_("default"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    history = History()

    objects = PartOfPartnerManager()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering = ["-is_default", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "kind"],
                condition=models.Q(is_default=True),
                name="masterdata_partneraddress_default",
                violation_error_message=_("There is one default address of each kind."),
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["billing", "shipping", "other"]), name="masterdata_partneraddress_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.one_line()

    def get_absolute_url(self) -> str:
        return self.partner.get_absolute_url()

    def one_line(self) -> str:
        """Return the address in one line, in the order its country writes it."""
        if self.country in {"CN", "TW", "HK", "MO", "JP", "KR"} and in_chinese():
            return " ".join(filter(None, [self.province + self.city + self.district + self.street, self.postal_code]))
        place = " ".join(filter(None, [self.postal_code, self.city]))
        return ", ".join(filter(None, [self.street, self.district, place, self.province, country(self.country)]))


class PartnerContact(models.Model):
    """A person at a partner."""

    LOCK_RANK: int = LockRank.PARTNER
    LOCK_PLACE: int = 1

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="contacts", verbose_name=_("partner"))
    name = models.CharField(_("name"), max_length=80)
    position = models.CharField(_("position"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    mobile = models.CharField(_("mobile"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    wechat = models.CharField(_("WeChat"), max_length=60, blank=True)
    is_default = models.BooleanField(_("default"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    history = History()

    objects = PartOfPartnerManager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["-is_default", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner"],
                condition=models.Q(is_default=True),
                name="masterdata_partnercontact_default",
                violation_error_message=_("There is one default contact."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return self.partner.get_absolute_url()


class PartnerBankAccount(models.Model):
    """A bank account of a partner."""

    LOCK_RANK: int = LockRank.PARTNER
    LOCK_PLACE: int = 1

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="bank_accounts", verbose_name=_("partner"))
    bank_name = models.CharField(_("bank"), max_length=120)
    account_name = models.CharField(_("account holder"), max_length=200, blank=True)
    account_number = models.CharField(_("account number"), max_length=40)
    bank_code = models.CharField(_("bank code"), max_length=20, blank=True, help_text=_("CNAPS or SWIFT code."))
    currency = models.ForeignKey(
        "masterdata.Currency", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("currency")
    )
    is_default = models.BooleanField(_("default"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    history = History()

    objects = PartOfPartnerManager()

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ["-is_default", "id"]
        constraints = [
            models.UniqueConstraint(fields=["partner", "account_number"], name="masterdata_partnerbankaccount_once"),
            models.UniqueConstraint(
                fields=["partner"],
                condition=models.Q(is_default=True),
                name="masterdata_partnerbankaccount_default",
                violation_error_message=_("There is one default bank account."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_name} {self.account_number}"

    def get_absolute_url(self) -> str:
        return self.partner.get_absolute_url()
