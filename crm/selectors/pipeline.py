"""The pipeline: open opportunities by stage, and what they are worth."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, ExpressionWrapper, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from core.context import once_a_page
from core.fields import ZERO
from core.money import round_amount
from crm.models import Campaign, Lead, Opportunity, OpportunityStage, SalesOrder
from crm.selectors.amounts import base_decimals
from crm.states import OpportunityState, SalesOrderState

MONEY = DecimalField(max_digits=24, decimal_places=8)
CARDS_PER_STAGE = 50


@dataclass
class StageColumn:
    """One stage with its open opportunities; amounts net in base currency."""

    stage: OpportunityStage
    count: int = 0
    amount: Decimal = ZERO
    weighted: Decimal = ZERO
    opportunities: list[Opportunity] = field(default_factory=list)


def open_opportunities(user: Any) -> QuerySet[Opportunity]:
    """Return the open opportunities in the reader's scope."""
    return Opportunity.objects.visible_to(user).filter(state=OpportunityState.OPEN)


def stage_columns(opportunities: QuerySet[Opportunity], *, with_cards: bool = False) -> list[StageColumn]:
    """Return one column for each active stage (and each other one in use) with counts and sums over all its cards."""
    sums = {
        row["stage"]: row
        for row in opportunities.order_by()
        .values("stage")
        .annotate(
            count=Count("pk"),
            amount=Sum("base_amount"),
            weighted=Sum(ExpressionWrapper(F("base_amount") * F("probability") / 100, output_field=MONEY)),
        )
    }
    columns = []
    for stage in OpportunityStage.objects.order_by("sequence", "id"):
        row = sums.get(stage.pk)
        if row is None and not stage.is_active:
            continue
        column = StageColumn(stage)
        if row is not None:
            column.count = row["count"]
            column.amount = row["amount"]
            column.weighted = round_amount(row["weighted"], base_decimals())
        columns.append(column)
    if with_cards:
        _deal_cards(columns, opportunities)
    return columns


def _deal_cards(columns: Iterable[StageColumn], opportunities: QuerySet[Opportunity]) -> None:
    rows = opportunities.select_related("partner", "currency", "owner").order_by("expected_date", "-base_amount", "pk")
    for column in columns:
        column.opportunities = list(rows.filter(stage=column.stage)[:CARDS_PER_STAGE])


def open_pipeline(user: Any) -> list[StageColumn]:
    """Return the stages of the open opportunities in the reader's scope, without cards."""
    return once_a_page(("crm.pipeline", user.pk), lambda: stage_columns(open_opportunities(user)))


def weighted_pipeline(user: Any) -> Decimal:
    """Return what the open opportunities are worth, each by its probability, net in base currency."""
    return sum((column.weighted for column in open_pipeline(user)), ZERO)


def campaigns_with_results(campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """Annotate ``leads`` (how many) and ``ordered`` (net, base currency, confirmed and closed orders)."""

    own = {"campaign": OuterRef("pk")}
    leads = Lead.objects.filter(**own).order_by().values("campaign").annotate(n=Count("pk")).values("n")
    worth = ExpressionWrapper(F("net_amount") * F("exchange_rate"), output_field=MONEY)
    ordered = (
        SalesOrder.objects.filter(**own, state__in=[SalesOrderState.CONFIRMED, SalesOrderState.CLOSED])
        .order_by()
        .values("campaign")
        .annotate(total=Sum(worth))
        .values("total")
    )
    return campaigns.annotate(
        leads=Coalesce(Subquery(leads), 0), ordered=Coalesce(Subquery(ordered, output_field=MONEY), ZERO)
    )
