"""Opening the books of a new company in one step: what the set-up wizard does."""

import datetime as dt
from typing import Any

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.utils.translation import gettext_lazy as _

from core.approvals.models import ApprovalPolicy
from core.approvals.services import save_policy
from core.errors import DomainError
from core.fields import ZERO
from core.models import Company, User
from core.operations import operation
from core.services.company import create_company
from finance.models import BankAccount
from finance.services.charts import load_chart
from finance.services.periods import create_year
from finance.services.statements import load_standard_layouts
from masterdata.services.company import create_warehouse
from masterdata.services.setup import ensure_basics

# document, name, Chinese name, figure that is above nothing, approving role
DEFAULT_POLICIES = (
    ("crm.salesorder", "Above the credit limit", "超信用额度", "over_credit", "finance_manager"),
    ("crm.salesorder", "Below the floor price", "低于最低限价", "below_floor", "sales_manager"),
    ("crm.quotation", "Below the floor price", "低于最低限价", "below_floor", "sales_manager"),
)


class AlreadySetUp(DomainError):
    """The database is not empty."""

    code = "already_set_up"
    sentence = _("There is a company already. Sign in and change it under Settings.")


def is_open() -> bool:
    """Return whether the database is empty: no company and nobody who can sign in."""
    return not Company.objects.exists() and not User.objects.exists()


@operation(permission="core.configure_company")
def set_up_company(
    *,
    company: dict[str, Any],
    chart: str,
    first_period: dt.date,
    warehouse: dict[str, str],
    administrator: dict[str, str],
    actor: Any,
    at: dt.datetime,
) -> User:
    """Create company, basic master data, accounts, the first year from ``first_period`` on, warehouse, administrator.

    company        fields of core.Company. warehouse: code, name, name_zh.
    administrator  username, password, name, language. Returns the administrator.

    Raises:
        AlreadySetUp: the database is not empty.
    """
    if not is_open():
        raise AlreadySetUp()
    row = create_company(values=company, actor=actor, at=at)
    ensure_basics(actor=actor, at=at)
    load_chart(chart=chart, actor=actor, at=at)
    load_standard_layouts(chart=chart, actor=actor, at=at)
    if row.bank_name:
        BankAccount.objects.filter(code="BANK").update(bank_name=row.bank_name, account_number=row.bank_account)
    create_year(year=first_period.year, first_month=first_period.month, actor=actor, at=at)
    create_warehouse(**warehouse, actor=actor, at=at)
    call_command("sync_roles", verbosity=0, quiet=True)
    _default_policies(actor=actor, at=at)
    person = User(
        username=administrator["username"],
        first_name=administrator["name"],
        language=administrator["language"],
        is_superuser=True,
    )
    person.set_password(administrator["password"])
    person.save()
    person.groups.set(Group.objects.filter(role__code="administrator"))
    return person


def _default_policies(*, actor: Any, at: dt.datetime) -> None:
    """Who lets an order above the credit limit, or below the floor price, pass; changed or switched off in Settings."""
    roles = dict(Group.objects.filter(role__isnull=False).values_list("role__code", "pk"))
    for label, name, name_zh, fact, approver in DEFAULT_POLICIES:
        values = {
            "document_label": label,
            "name": name,
            "name_zh": name_zh,
            "fact": fact,
            "operator": ApprovalPolicy.Operator.ABOVE,
            "threshold": ZERO,
            "approver_role_id": roles[approver],
        }
        save_policy(policy_id=None, values=values, actor=actor, at=at)
