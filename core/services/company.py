"""The company's own settings."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.clock import forget_company
from core.documents import lock
from core.errors import DomainError
from core.models.company import Company
from core.models.views import Procedure
from core.operations import operation


class CompanyExists(DomainError):
    """One database is one legal entity."""

    code = "company_exists"
    sentence = _("The company is set up already. Change it under Settings.")


@operation(permission="core.configure_company")
def create_company(*, values: dict[str, Any], actor: Any, at: dt.datetime) -> Company:
    """Open the books of a company in an empty database.

    Raises:
        CompanyExists: there is one already; one database is one legal entity.
    """
    if Company.objects.exists():
        raise CompanyExists()
    row = Company.objects.create(**values)
    transaction.on_commit(forget_company)
    forget_company()
    return row


@operation(permission="core.configure_company")
def change_company(*, values: dict[str, Any], version: int | None, actor: Any, at: dt.datetime) -> Company:
    """Change the company's settings.

    Raises:
        StaleVersion: somebody changed them meanwhile.
    """
    row = lock(Company, Company.objects.values_list("pk", flat=True).get(), version=version)
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    transaction.on_commit(forget_company)
    forget_company()
    return row


@operation(permission="core.configure_company")
def save_procedure(*, step: int, body: str, body_zh: str, actor: Any, at: dt.datetime) -> Procedure:
    """Write how this company works in one step of the main flow."""
    row, _created = Procedure.objects.select_for_update().get_or_create(step=step)
    row.body, row.body_zh = body, body_zh
    row.version += 1
    row.save()
    return row
