"""Which account plays which role, loaded once for one posting."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection, models

from core.clock import company
from core.context import forget, remembered
from finance.errors import AccountNotPostable, BooksNotOpen, RoleWithoutAccount
from finance.models import Account, BankAccount, Budget
from finance.states import AccountRole, BudgetState, Dimension
from masterdata.models import Currency, Item, ItemCategory
from masterdata.selectors.currencies import base_currency, base_currency_code

_CHART, _CATEGORIES = "finance.chart", "finance.categories"

REQUIRES = tuple(f"requires_{one}" for one in Dimension)


@dataclass(frozen=True)
class AccountBook:
    """The mapping of roles to accounts, and the base currency, as they stand in this transaction.

    ``base_currency_id`` is the key of the base currency, ``decimals`` its places; ``required`` the dimensions that the
    lines of an account must name (only accounts that ask for some); ``is_budgeted``: some budget is in force.
    """

    by_key: dict[tuple[str, int | None], int]
    parents: dict[int, int | None]
    category_of: dict[int, int | None]
    base_currency_id: int
    decimals: int
    postable: frozenset[int] = field(default_factory=frozenset)
    required: dict[int, tuple[str, ...]] = field(default_factory=dict)
    is_budgeted: bool = False

    def account(self, role: str, item_id: int | None = None) -> int:
        """Return the key of the account of ``role``, for the item's category where that has its own.

        Raises:
            RoleWithoutAccount: no account is mapped to the role.
        """
        category = self.category_of.get(item_id) if item_id else None
        while category is not None:
            found = self.by_key.get((role, category))
            if found is not None:
                return found
            category = self.parents.get(category)
        try:
            return self.by_key[role, None]
        except KeyError:
            raise RoleWithoutAccount(role=str(AccountRole(role).label)) from None

    def require_postable(self, accounts: Iterable[int]) -> None:
        """Refuse accounts that only sum up others or are closed.

        Raises:
            AccountNotPostable: the first such account.
        """
        for account_id in sorted(set(accounts) - self.postable):
            raise AccountNotPostable(account=Account.objects.get(pk=account_id))


def account_book(item_ids: Iterable[int] = ()) -> AccountBook:
    """Load the mapping, with the categories of ``item_ids`` where mappings by category exist (3 to 5 statements).

    Raises:
        BooksNotOpen: no chart of accounts is loaded.
    """
    chart = remembered(_CHART, _chart)
    by_key, postable = chart.by_key, chart.postable
    own = company()
    if not by_key or own is None:
        raise BooksNotOpen()
    parents: dict[int, int | None] = {}
    category_of: dict[int, int | None] = {}
    if any(category is not None for _role, category in by_key):
        parents = remembered(_CATEGORIES, lambda: dict(ItemCategory.objects.values_list("pk", "parent_id")))
        category_of = dict(Item.objects.filter(pk__in=set(item_ids)).values_list("pk", "category_id"))
    return AccountBook(
        by_key=by_key,
        parents=parents,
        category_of=category_of,
        base_currency_id=chart.base_currency_id or base_currency().pk,
        decimals=own.base_decimals,
        postable=frozenset(postable),
        required={pk: dimensions for pk, dimensions in postable.items() if dimensions},
        is_budgeted=chart.is_budgeted,
    )


def forget_accounts() -> None:
    """Drop what the running operation remembers of accounts and mappings, after it changed them."""
    forget(_CHART)


def books_are_open() -> bool:
    """Return whether a chart of accounts is loaded and mapped."""
    return bool(remembered(_CHART, _chart).by_key)


@dataclass(frozen=True)
class _Chart:
    """``by_key``: account by role and category; ``postable``: {account: dimensions it asks for} of those booked on."""

    by_key: dict[tuple[str, int | None], int]
    postable: dict[int, tuple[str, ...]]
    is_budgeted: bool = False
    base_currency_id: int | None = None


def _chart() -> _Chart:
    """Read mapping and accounts, whether a budget is in force and the base currency, in one statement."""
    is_budgeted, base_id = False, None
    by_key: dict[tuple[str, int | None], int] = {}
    postable: dict[int, tuple[str, ...]] = {}
    with connection.cursor() as cursor:
        cursor.execute(*_statement(base_currency_code()))
        rows = cursor.fetchall()
    for pk, is_active, is_leaf, in_force, base, role, category, *asked in rows:
        is_budgeted, base_id = in_force, base
        if role is not None:
            by_key[role, category] = pk
        if is_active and is_leaf and pk not in postable:
            postable[pk] = tuple(str(one) for one, asks in zip(Dimension, asked, strict=True) if asks)
    return _Chart(by_key, postable, is_budgeted, base_id)


@cache
def _statement(base_code: str) -> tuple[str, tuple[Any, ...]]:
    """Return the statement of `_chart` with its values: the same for every posting, so it is compiled once."""
    rows = Account.objects.order_by().annotate(
        is_leaf=~models.Q(pk__in=_parents()),
        in_force=models.Exists(Budget.objects.filter(state=BudgetState.ACTIVE)),
        base=models.Subquery(Currency.objects.filter(code=base_code).values("pk")[:1]),
    )
    known = ("pk", "is_active", "is_leaf", "in_force", "base", "mappings__role", "mappings__category_id")
    text, values = rows.values_list(*known, *REQUIRES).query.sql_with_params()
    return text, tuple(values)


def postable_accounts() -> models.QuerySet[Account]:
    """Return the open accounts that have no accounts below them."""
    return Account.objects.filter(is_active=True).exclude(pk__in=_parents())


def typed_accounts() -> models.QuerySet[Account]:
    """Return the accounts a person may book on: postable and no control account."""
    return postable_accounts().filter(is_control=False)


def _parents() -> models.QuerySet[Account, Any]:
    return Account.objects.filter(parent__isnull=False).values("parent_id")


def accounts_of(*roles: str) -> models.QuerySet[Account]:
    """Return the accounts that play one of ``roles`` for some category."""
    return Account.objects.filter(mappings__role__in=roles).distinct()


def open_bank_accounts() -> models.QuerySet[BankAccount]:
    """Return the company's own accounts that take payments."""
    return BankAccount.objects.filter(is_active=True).select_related("currency", "account")


def family_of(account: Account) -> list[int]:
    """Return the keys of an account and all accounts below it."""
    children: dict[int | None, list[int]] = {}
    for pk, parent in Account.objects.values_list("pk", "parent_id"):
        children.setdefault(parent, []).append(pk)
    found, level = [account.pk], [account.pk]
    while level:
        level = [child for pk in level for child in children.get(pk, [])]
        found += level
    return found
