"""Imported parts of the demo company: what freight and duty add to their cost, and the forwarder's invoices."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from core.money import round_amount
from finance.selectors.invoiceable import charges_to_invoice
from finance.services import invoices
from masterdata.models import Partner
from scm.models import GoodsReceipt, LandedCost
from scm.services import landed_costs
from scm.states import ChargeKind, GoodsReceiptState, LandedCostState, SpreadBasis

D = Decimal
Do = Callable[..., Any]

AGENT, FORWARDER = "S-IMP", "S-FWD"
DUTY_RATE = D("0.08")
FREIGHT, INSURANCE, PORT = D("420"), D("36"), D("180")
BILLED_AFTER = 12
"""Calendar days after which the forwarder's invoice comes; for the newest delivery it is always outstanding."""


class Imports:
    """Does what buyer and accountant do with charges of imports; ``do`` performs as one of the people."""

    def __init__(self, end: dt.date, do: Do, partners: Mapping[str, Partner]) -> None:
        self.end, self.do, self.partners = end, do, partners

    def live(self, day: dt.date) -> None:
        """Write down and post the charges of what arrived; enter the forwarder's invoices."""
        for receipt in self.without_charges().filter(partner=self.partners[AGENT]):
            made = self.write(
                receipt,
                (ChargeKind.DUTY, SpreadBasis.VALUE, self.duty(receipt), "代垫进口关税"),
                (ChargeKind.FREIGHT, SpreadBasis.QUANTITY, FREIGHT, "海运费"),
                (ChargeKind.INSURANCE, SpreadBasis.VALUE, INSURANCE, "货运保险"),
            )
            if made:
                self.do("zheng", landed_costs.post_landed_cost, landed_cost_id=made.pk)
        before = day - dt.timedelta(days=BILLED_AFTER)
        posted = LandedCost.objects.filter(state=LandedCostState.POSTED).order_by("pk")
        newest = posted.values_list("pk", flat=True).last()
        billed = posted.filter(document_date__lte=before).exclude(pk=newest)
        charges = charges_to_invoice().filter(landed_cost__in=billed)
        keys = list(charges.order_by("charge").values_list("charge", flat=True))
        number = f"ZY{day:%y%m%d}"
        billed_by = keys and self.do("zheng", invoices.invoice_charges, charge_ids=keys, supplier_reference=number)
        for key in billed_by or ():
            self.do("zheng", invoices.post_invoice, invoice_id=key)

    def leave_open(self) -> None:
        """The port's charges of the last deliveries are written down and wait for the accountant."""
        for receipt in self.without_charges().order_by("-document_date", "-pk")[:2]:
            self.write(receipt, (ChargeKind.HANDLING, SpreadBasis.QUANTITY, PORT, "装卸与仓储"))

    def without_charges(self) -> Any:
        return GoodsReceipt.objects.filter(
            state=GoodsReceiptState.POSTED, order__is_subcontract=False, landed_costs__isnull=True
        ).order_by("pk")

    def duty(self, receipt: GoodsReceipt) -> Decimal:
        return round_amount(DUTY_RATE * sum((line.amount for line in receipt.lines.all()), D(0)), 2)

    def write(self, receipt: GoodsReceipt, *charges: tuple[str, str, Decimal, str]) -> LandedCost | None:
        names = ("kind", "basis", "amount", "description")
        found: LandedCost | None = self.do(
            "sun",
            landed_costs.create_landed_cost,
            receipt_ids=[receipt.pk],
            partner_id=self.partners[FORWARDER].pk,
            reference=f"ZYHY{receipt.pk:06d}",
            lines=[dict(zip(names, one, strict=True)) for one in charges],
        )
        return found
