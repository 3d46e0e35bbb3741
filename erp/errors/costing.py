"""Refusals of order costing."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class CostAboveBudget(DomainError):
    code = "cost_above_budget"
    sentence = _(
        "With this %(document)s will cost %(projected)s, %(percent)s %% above the plan of %(planned)s. "
        "Ask somebody who may exceed budgets to post it."
    )


class OverrunNotAccepted(DomainError):
    code = "overrun_not_accepted"
    sentence = _(
        "This brings orders above their budget: %(orders)s. Nothing is posted. Send accept_overrun to post it all the "
        "same; those responsible are told."
    )
