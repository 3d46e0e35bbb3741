"""Keeping the chart of accounts, the mapping of roles, and the company's bank accounts."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from core.documents import lock
from core.fields import ZERO
from core.operations import operation
from finance.errors import (
    AccountInUse,
    AccountNotPostable,
    CodeOutsideParent,
    CodeTaken,
    KindDiffers,
    MappingNeeded,
    UnknownRole,
)
from finance.models import Account, AccountMapping, BankAccount, JournalLine, Payment
from finance.selectors.accounts import forget_accounts, postable_accounts
from finance.states import DEBIT_KINDS, SUBLEDGER_ROLES, AccountRole, BalanceSide, Dimension
from masterdata.models import Currency, ItemCategory


@operation(permission="finance.change_account")
def save_account(
    *,
    account_id: int | None = None,
    version: int | None = None,
    code: str,
    name: str,
    name_zh: str = "",
    kind: str,
    parent_id: int | None = None,
    is_control: bool = False,
    is_active: bool = True,
    direction: str = "",
    dimensions: Sequence[str] = (),
    actor: Any,
    at: dt.datetime,
) -> Account:
    """Create an account, or change its names and standing; code, kind and parent of a used account stay.

    ``dimensions`` are those that every later line must name. Without ``direction`` the balance stands where it does
    for the kind. The code of an account below another begins with that one's.

    Raises:
        StaleVersion: somebody changed it since.
        CodeTaken: another account has the code.
        CodeOutsideParent: the code does not begin with the parent's.
        KindDiffers: the account above is of another kind.
        AccountInUse: it (or its new parent) has entries or plays a role.
    """
    parent = Account.objects.get(pk=parent_id) if parent_id else None
    if Account.objects.filter(code=code).exclude(pk=account_id).exists():
        raise CodeTaken(value=code, field="code")
    if parent is not None and parent.kind != kind:
        raise KindDiffers(kind=str(parent.get_kind_display()), field="kind")
    account = lock(Account, account_id, version=version) if account_id else Account()
    if parent is not None and account.code != code and not code.startswith(parent.code.rstrip("0")):
        raise CodeOutsideParent(code=code, parent=parent.code, field="code")
    moves = account.pk is None or account.parent_id != parent_id
    if parent is not None and moves and _is_used(parent):
        raise AccountInUse(account=parent)
    if account.pk and _is_used(account):
        unchanged = account.code == code and account.kind == kind and account.is_control == is_control
        if not unchanged or moves or (account.is_active and not is_active and _must_stay(account)):
            raise AccountInUse(account=account)
    account.code, account.name, account.name_zh, account.kind = code, name, name_zh, kind
    account.parent, account.is_control, account.is_active = parent, is_control, is_active
    account.direction = direction or (BalanceSide.DEBIT if kind in DEBIT_KINDS else BalanceSide.CREDIT)
    for dimension in Dimension:
        setattr(account, f"requires_{dimension}", dimension in dimensions)
    account.version += 1 if account.pk else 0
    account.save()
    forget_accounts()
    return account


@operation(permission="finance.change_accountmapping")
def save_mapping(
    *, role: str, account_id: int | None, category_id: int | None = None, actor: Any, at: dt.datetime
) -> AccountMapping | None:
    """Say which account plays ``role`` for a category (None: for all); no account takes a category's mapping away.

    Raises:
        UnknownRole: there is no such role.
        MappingNeeded: the general mapping was to be taken away.
        AccountNotPostable: the account sums up others or is closed.
        AccountInUse: the account of a sub-ledger still has a balance and would be forgotten.
    """
    if role not in AccountRole.values:
        raise UnknownRole(role=role, field="role")
    if account_id is None and category_id is None:
        raise MappingNeeded(role=str(AccountRole(role).label), field="account")
    category = ItemCategory.objects.get(pk=category_id) if category_id else None
    account = Account.objects.get(pk=account_id) if account_id else None
    if account is not None and not postable_accounts().filter(pk=account.pk).exists():
        raise AccountNotPostable(account=account)
    mapping = AccountMapping.objects.filter(role=role, category=category).first()
    if mapping is not None:
        mapping = lock(AccountMapping, mapping.pk)
        if mapping.account_id != account_id:
            _refuse_forgotten_balance(mapping)
    if account is None:
        if mapping is not None:
            mapping.delete()
        return None
    if role in SUBLEDGER_ROLES and not account.is_control:
        account = lock(Account, account.pk)
        account.is_control = True
        account.version += 1
        account.save(update_fields=["is_control", "version"])
    mapping = mapping or AccountMapping(role=role, category=category)
    mapping.account = account
    mapping.version += 1 if mapping.pk else 0
    mapping.save()
    forget_accounts()
    return mapping


@operation(permission="finance.change_bankaccount")
def save_bank_account(
    *,
    bank_account_id: int | None = None,
    version: int | None = None,
    code: str,
    name: str,
    name_zh: str = "",
    currency_id: int,
    account_id: int,
    bank_name: str = "",
    account_number: str = "",
    is_active: bool = True,
    actor: Any,
    at: dt.datetime,
) -> BankAccount:
    """Create or change one of the company's own accounts; currency and ledger account of a used one stay.

    Raises:
        StaleVersion: somebody changed it since.
        CodeTaken: another account has the code.
        AccountNotPostable: the ledger account sums up others or is closed.
        AccountInUse: payments were posted on it.
    """
    if BankAccount.objects.filter(code=code).exclude(pk=bank_account_id).exists():
        raise CodeTaken(value=code, field="code")
    bank = lock(BankAccount, bank_account_id, version=version) if bank_account_id else BankAccount()
    account = Account.objects.get(pk=account_id)
    if not postable_accounts().filter(pk=account.pk, is_control=False).exists():
        raise AccountNotPostable(account=account)
    moved = bank.pk and (bank.currency_id != currency_id or bank.account_id != account_id)
    if moved and Payment.objects.filter(bank_account=bank).exists():
        raise AccountInUse(account=bank)
    bank.code, bank.name, bank.name_zh = code, name, name_zh
    bank.currency, bank.account = Currency.objects.get(pk=currency_id), account
    bank.bank_name, bank.account_number, bank.is_active = bank_name, account_number, is_active
    bank.version += 1 if bank.pk else 0
    bank.save()
    return bank


def _balance(account: Account) -> Decimal:
    return JournalLine.objects.filter(account=account).aggregate(total=Sum("amount"))["total"] or ZERO


def _is_used(account: Account) -> bool:
    return account.mappings.exists() or JournalLine.objects.filter(account=account).exists()


def _must_stay(account: Account) -> bool:
    return account.mappings.exists() or _balance(account) != 0


def _refuse_forgotten_balance(mapping: AccountMapping) -> None:
    others = AccountMapping.objects.filter(role=mapping.role, account_id=mapping.account_id).exclude(pk=mapping.pk)
    if mapping.role in SUBLEDGER_ROLES and not others.exists() and _balance(mapping.account):
        raise AccountInUse(account=mapping.account)
