"""Partners with their addresses, contacts and bank accounts; territories and customer classes."""

import unicodedata

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError as InvalidNumber

from masterdata.engines.naming import name_key, phone_key, pinyin_of
from masterdata.errors import DuplicateTaxNumber, InvalidTaxNumber, PossibleDuplicate
from masterdata.models import (
    CustomerClass,
    Partner,
    PartnerAddress,
    PartnerBankAccount,
    PartnerContact,
    Territory,
)
from masterdata.selectors.duplicates import similar_partners
from masterdata.services.bulk import bulk_operation
from masterdata.services.records import Entry, Grid, Record, operations


def _derive(partner: Partner) -> None:
    partner.code = partner.code.strip()
    partner.country = partner.country.strip().upper()
    partner.tax_number = _compact(partner.tax_number)
    partner.pinyin = pinyin_of(partner.name_zh, partner.name, partner.short_name)
    partner.name_key = name_key(partner.name)
    partner.name_zh_key = name_key(partner.name_zh)
    partner.phone_key = phone_key(partner.phone, partner.country)


def _compact(tax_number: str) -> str:
    plain = unicodedata.normalize("NFKC", tax_number).upper()
    return "".join(char for char in plain if char.isalnum())


def _check_partner(partner: Partner, entry: Entry) -> None:
    _check_tax_number(partner)
    if entry.before and not entry.changed(partner, "tax_number", "name_key", "name_zh_key", "phone_key"):
        return
    found = similar_partners(
        name=partner.name,
        name_zh=partner.name_zh,
        tax_number=partner.tax_number,
        phone=partner.phone,
        country=partner.country,
        exclude=partner.pk,
    )
    for one in found:
        if one.is_certain:
            raise DuplicateTaxNumber(partner=one.partner, tax_number=partner.tax_number, field="tax_number")
    if found and not entry.options.get("accept_duplicates"):
        reasons = sorted({reason for one in found for reason in one.reasons})
        raise PossibleDuplicate(partners=[one.partner for one in found], reasons=reasons)


def _check_tax_number(partner: Partner) -> None:
    """Check digit of the unified social credit code (GB 32100-2015) or of the identity card (GB 11643-1999)."""
    if not partner.tax_number or partner.country != "CN":
        return
    kinds = [uscc] if partner.kind == Partner.Kind.COMPANY else [uscc, ric]
    for kind in kinds:
        try:
            kind.validate(partner.tax_number)
        except InvalidNumber:
            continue
        return
    raise InvalidTaxNumber(tax_number=partner.tax_number, field="tax_number")


def _upper_country(address: PartnerAddress) -> None:
    address.country = address.country.strip().upper()


ADDRESS_FIELDS = (
    "kind",
    "country",
    "province",
    "city",
    "district",
    "street",
    "postal_code",
    "contact_name",
    "phone",
    "is_default",
    "is_active",
)
CONTACT_FIELDS = ("name", "position", "phone", "mobile", "email", "wechat", "is_default", "is_active")
BANK_FIELDS = ("bank_name", "account_name", "account_number", "bank_code", "currency", "is_default", "is_active")

TERRITORY = Record(Territory, "territory", ("code", "name", "name_zh", "parent", "is_active"))
CUSTOMER_CLASS = Record(CustomerClass, "customer_class", ("code", "name", "name_zh", "is_active"))
PARTNER = Record(
    Partner,
    "partner",
    (
        "code",
        "name",
        "name_zh",
        "short_name",
        "is_customer",
        "is_supplier",
        "kind",
        "country",
        "tax_number",
        "phone",
        "email",
        "website",
        "language",
        "territory",
        "owner",
        "customer_class",
        "currency",
        "payment_term",
        "credit_limit",
        "sales_price_list",
        "tax",
        "note",
        "is_active",
    ),
    grids=(
        Grid("addresses", PartnerAddress, "partner", ADDRESS_FIELDS),
        Grid("contacts", PartnerContact, "partner", CONTACT_FIELDS),
        Grid("bank_accounts", PartnerBankAccount, "partner", BANK_FIELDS),
    ),
    prepare=_derive,
    check=_check_partner,
    numbered=True,
    options=("accept_duplicates",),
)
ADDRESS = Record(
    PartnerAddress,
    "partner_address",
    ("partner", *ADDRESS_FIELDS),
    prepare=_upper_country,
    only_one=("is_default", ("partner", "kind")),
    right="masterdata.change_partner",
)
CONTACT = Record(
    PartnerContact,
    "partner_contact",
    ("partner", *CONTACT_FIELDS),
    only_one=("is_default", ("partner",)),
    right="masterdata.change_partner",
)
BANK_ACCOUNT = Record(
    PartnerBankAccount,
    "partner_bank_account",
    ("partner", *BANK_FIELDS),
    only_one=("is_default", ("partner",)),
    right="masterdata.change_partnerbankaccount",
)

create_territory, update_territory = operations(TERRITORY)
create_customer_class, update_customer_class = operations(CUSTOMER_CLASS)
create_partner, update_partner = operations(PARTNER)
create_partner_address, update_partner_address = operations(ADDRESS)
create_partner_contact, update_partner_contact = operations(CONTACT)
create_partner_bank_account, update_partner_bank_account = operations(BANK_ACCOUNT)
create_many_partners = bulk_operation(PARTNER)
