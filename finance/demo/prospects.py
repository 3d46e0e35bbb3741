"""The demo company's interest and offers: leads and opportunities over the months, and what lies open today."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum

from crm.models import Campaign, Lead, Opportunity, OpportunityStage
from crm.services import deliveries, leads, opportunities, quotations, sales_orders
from erp.models import StockBalance
from finance.demo.days import add_working_days
from masterdata.models import Item, Partner
from scm.services import requisitions as requests

D = Decimal
Do = Callable[..., Any]


@dataclass(frozen=True)
class LeadFact:
    """A lead taken down ``before`` working days before the last day; after ``until`` more days it ends as ``end``.

    end  "" (still open), "qualified", or a reason of loss.
    """

    before: int
    company: str
    contact: str
    phone: str
    city: str
    source: str
    interest: str
    end: str = ""
    until: int = 3


LEADS = (
    LeadFact(58, "常州技师学院", "丁老师", "13912340011", "常州市", "exhibition", "8 台小型车床", "qualified"),
    LeadFact(55, "Xiamen Harbour Repair", "Lin Hao", "13912340012", "厦门市", "website", "4 台钻床", "price"),
    LeadFact(50, "合肥模具城", "汪经理", "13912340013", "合肥市", "phone", "12 台钻床", "qualified", 5),
    LeadFact(46, "嘉兴五金合作社", "沈会计", "13912340014", "嘉兴市", "mail", "二手设备", "product"),
    LeadFact(41, "天津职业大学", "郭主任", "13912340015", "天津市", "exhibition", "2 台数控铣床", "budget", 8),
    LeadFact(34, "Dalian Marine Workshop", "Sun Rui", "13912340016", "大连市", "referral", "6 台车床", "qualified", 4),
    LeadFact(27, "长沙智造学院", "谭老师", "13912340017", "长沙市", "website", "实训台 20 套", "no_answer", 10),
    LeadFact(19, "南昌航空实训中心", "熊主任", "13912340018", "南昌市", "referral", "3 台数控铣床", "qualified", 5),
    LeadFact(9, "南京晨光职校", "沈老师", "13912340001", "南京市", "exhibition", "实训车间 12 台小型车床"),
    LeadFact(6, "Ningbo Hobby Tools", "Yu Bo", "13912340002", "宁波市", "website", "钻床经销，每月 30 台"),
    LeadFact(4, "苏州大学工程训练中心", "顾主任", "13912340003", "苏州市", "referral", "桌面数控铣床 4 台"),
    LeadFact(2, "Qingdao Boatworks", "Fan Yi", "13912340004", "青岛市", "social", "修船坞用小型车床一台"),
    LeadFact(1, "郑州机电学校", "石老师", "13912340005", "郑州市", "phone", "钻床 10 台，年内交货"),
    LeadFact(0, "昆山精工五金", "潘经理", "13912340006", "昆山市", "website", "BD-7 床身单独采购"),
)


@dataclass(frozen=True)
class DealFact:
    """An opportunity opened ``before`` working days before the last day in a stage (0 = the first).

    end  "" (still open), "won", or a reason of loss, ten working days later.
    """

    customer: str
    title: str
    item: str
    quantity: str
    before: int
    stage: int
    end: str = ""


OPPORTUNITIES = (
    DealFact("C-GZ", "春季展样机", "ML-7", "6", 44, 1, "won"),
    DealFact("C-CD", "检修车间", "DP-16", "14", 38, 1, "price"),
    DealFact("C-SH", "创客角", "CM-3", "2", 30, 2, "won"),
    DealFact("C-HZ", "实训基地二期", "ML-7", "12", 12, 2),
    DealFact("C-BJ", "数控教学线", "CM-3", "5", 8, 1),
    DealFact("C-WH", "钻床更新", "DP-16", "20", 5, 0),
    DealFact("C-GZ", "代理年度框架", "DP-16", "60", 3, 3),
)

SENT = (("C-BJ", (("CM-3", "5"),)), ("C-WH", (("DP-16", "20"), ("ML-7", "2"))), ("C-HZ", (("ML-7", "12"),)))
"""Offers that wait for the customer's answer."""
DRAFTS = (("C-CD", "DP-16", "15", "0"), ("C-GZ", "ML-7", "10", "32"))
"""Offers still being written; the second one is too cheap and wants an approval."""

SPARE_PARTS = (("GB-12", "1"), ("CK-13", "4"))
"""For machines that are not made any more; there is always some of them."""


class Prospects:
    """Does what the sales desk does besides orders; ``do`` performs as one of the people."""

    def __init__(self, end: dt.date, do: Do, items: Mapping[str, Item], partners: Mapping[str, Partner]) -> None:
        self.end, self.do, self.items, self.partners = end, do, items, partners
        self.stages = list(OpportunityStage.objects.order_by("sequence", "id"))
        self.fair = Campaign.objects.get(code="CIIF").pk
        self.open_leads: list[tuple[dt.date, Lead, LeadFact]] = []
        self.open_deals: list[tuple[dt.date, Opportunity, str]] = []

    def live(self, day: dt.date) -> None:
        """Take down and follow up what falls on this day."""
        for fact in LEADS:
            if add_working_days(self.end, -fact.before) == day:
                self._take_down(day, fact)
        for deal in OPPORTUNITIES:
            if add_working_days(self.end, -deal.before) == day:
                self._open_deal(day, deal)
        for when, lead, fact in [row for row in self.open_leads if row[0] <= day]:
            self.open_leads.remove((when, lead, fact))
            self._end_lead(day, lead, fact)
        for when, made, ending in [row for row in self.open_deals if row[0] <= day]:
            self.open_deals.remove((when, made, ending))
            if ending == "won":
                self.do("wang", opportunities.win_opportunity, opportunity_id=made.pk)
            else:
                self.do("wang", opportunities.lose_opportunity, opportunity_id=made.pk, lost_reason=ending)

    def _take_down(self, day: dt.date, fact: LeadFact) -> None:
        lead = self.do(
            "wang",
            leads.create_lead,
            company_name=fact.company,
            contact_name=fact.contact,
            phone=fact.phone,
            city=fact.city,
            source=fact.source,
            campaign_id=self.fair if fact.source == "exhibition" else None,
            interest=fact.interest,
            next_contact_date=add_working_days(max(day, self.end), 1) if not fact.end else add_working_days(day, 2),
        )
        if lead and fact.end:
            self.open_leads.append((add_working_days(day, fact.until), lead, fact))

    def _end_lead(self, day: dt.date, lead: Lead, fact: LeadFact) -> None:
        if fact.end == "qualified":
            self.do(
                "wang",
                leads.qualify_lead,
                lead_id=lead.pk,
                amount=D(48000),
                expected_date=add_working_days(day, 40),
                accept_duplicates=True,
            )
        else:
            self.do("wang", leads.lose_lead, lead_id=lead.pk, lost_reason=fact.end)

    def _open_deal(self, day: dt.date, deal: DealFact) -> None:
        item = self.items[deal.item]
        made = self.do(
            "wang",
            opportunities.create_opportunity,
            partner_id=self.partners[deal.customer].pk,
            title=deal.title,
            stage_id=self.stages[min(deal.stage, len(self.stages) - 1)].pk,
            expected_date=add_working_days(day, 35),
            lines=[{"item_id": item.pk, "quantity": D(deal.quantity), "price": item.list_price}],
        )
        if made and deal.end:
            self.open_deals.append((add_working_days(day, 10), made, deal.end))

    def leave_open(self) -> None:
        """Today's desks: offers sent and in writing, a delivery to pick, a department's wish."""
        for customer, lines in SENT:
            quotation = self._quote(customer, [{"item_id": self.items[c].pk, "quantity": D(q)} for c, q in lines])
            if quotation:
                self.do("wang", quotations.send_quotation, quotation_id=quotation.pk)
        for customer, code, quantity, discount in DRAFTS:
            line = {"item_id": self.items[code].pk, "quantity": D(quantity), "discount_percent": D(discount)}
            self._quote(customer, [line])
        self._ask_for_delivery()
        needed = add_working_days(self.end, 6)
        wish = self.do(
            "wu",
            requests.create_requisition,
            needed_date=needed,
            purpose="车间劳保与刀具",
            lines=[{"description": "防护手套", "quantity": D(50), "needed_date": needed}],
        )
        if wish:
            self.do("wu", requests.submit_requisition, requisition_id=wish.pk)

    def _quote(self, customer: str, lines: list[dict[str, Any]], days: int = 25) -> Any:
        return self.do(
            "wang",
            quotations.create_quotation,
            partner_id=self.partners[customer].pk,
            tax_included=False,
            requested_date=add_working_days(self.end, days),
            lines=lines,
        )

    def _ask_for_delivery(self) -> None:
        """Machines and spare parts from stock, asked for today by two customers: they wait to be picked."""
        free = (
            StockBalance.objects.filter(location__kind="storage", item__category__code="FG")
            .values("item__code")
            .annotate(free=Sum(F("on_hand") - F("reserved")))
            .filter(free__gte=4)
            .order_by("-free", "item__code")
        )
        self._deliver_today("C-WH", [(code, D(quantity)) for code, quantity in SPARE_PARTS])
        self._deliver_today("C-HZ", [(row["item__code"], D(2)) for row in free[:2]])

    def _deliver_today(self, customer: str, goods: list[tuple[str, Decimal]]) -> None:
        lines = [{"item_id": self.items[code].pk, "quantity": quantity} for code, quantity in goods]
        quotation = self._quote(customer, lines, days=1) if lines else None
        order = quotation and self.do("wang", quotations.accept_quotation, quotation_id=quotation.pk)
        if order and self.do("wang", sales_orders.confirm_sales_order, order_id=order.pk):
            request = self.do("wang", deliveries.create_delivery_request, order_id=order.pk, ship_date=self.end)
            if request:
                self.do("wang", deliveries.release_delivery_request, request_id=request.pk)
