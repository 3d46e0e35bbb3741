"""Refusals of order costing."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class CostAboveBudget(DomainError):
    code = "cost_above_budget"
    sentence = _(
        "With this %(document)s will cost %(projected)s, %(percent)s %% above the plan of %(planned)s. "
        "Ask somebody who may exceed budgets to post it."
    )
